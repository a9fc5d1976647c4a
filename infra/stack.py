"""The stack, in the order in which a datum travels it."""

from pathlib import Path
from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_events as events
from aws_cdk import aws_logs as logs
from constructs import Construct

from infra.constructs import grants
from infra.constructs.api import Api
from infra.constructs.code import Code
from infra.constructs.data import Data
from infra.constructs.email import Email
from infra.constructs.observability import (
    tell,
    watch_dead_letters,
    watch_quarantine,
    watch_stream,
)
from infra.constructs.outside import INBOUND, allow_inbound_mail, role_of_devices
from infra.constructs.queues import dead_letters
from infra.constructs.stage import Size, Stage
from infra.constructs.triggers import (
    follow_messages,
    hear_arrivals,
    hear_provider_events,
    hear_sources,
    wake,
)

RETENTION = {
    7: logs.RetentionDays.ONE_WEEK,
    30: logs.RetentionDays.ONE_MONTH,
    90: logs.RetentionDays.THREE_MONTHS,
    365: logs.RetentionDays.ONE_YEAR,
}
DOOR = Size(timeout_seconds=10, memory_mb=512)
CONTROL = Size(timeout_seconds=30, memory_mb=512)
WORKER = Size(timeout_seconds=60, memory_mb=1769)
SWEEPER = Size(timeout_seconds=60, memory_mb=512)
CONCURRENCY = 10
MINUTE = cdk.Duration.minutes(1)
# The provider's rate is the narrowest place: fewer senders, each with full batches.
SENDERS = 5

READ = grants.READ
WRITE = grants.WRITE
BOTH = (*READ, *WRITE)
ALL = (*BOTH, *grants.REMOVE)


class SignetStack(cdk.Stack):
    """Everything Signet runs on."""

    def __init__(
        self, scope: Construct, construct_id: str, *, deps: Path, context: dict[str, Any]
    ) -> None:
        """
        Lay the pipeline.

        Args:
            scope: the app.
            construct_id: the stack's name.
            deps: the folder of the deps layer.
            context: `sender_domain`, `sender`, `log_retention_days` (7, 30, 90 or 365),
                `alarm_topic`, the ARN of the SNS topic that alarms tell, or nothing, and
                `salesforce_bus`, the name of its partner's event bus, or nothing.
        """
        super().__init__(
            scope,
            construct_id,
            analytics_reporting=False,
            description="Customer communication that can prove itself.",
            synthesizer=cdk.DefaultStackSynthesizer(generate_bootstrap_version_rule=False),
        )
        self._retention = RETENTION[int(context["log_retention_days"])]
        self._sender = str(context["sender"])
        self._partner_bus = str(context["salesforce_bus"])
        self._code = Code(self, "Code", deps=deps, retention=self._retention)
        self.data = Data(self, "Data")
        self.bus = events.EventBus(self, "Bus", description="Facts: what happened.")
        self.api = Api(self, "Api", retention=self._retention)
        self.email = Email(self, "Email", domain=str(context["sender_domain"]))
        self._create_stages()
        self._take_in()
        self._prepare()
        self._send()
        self._report()
        self._control()
        self._upkeep()
        self._watch()
        self._outputs()
        if context["alarm_topic"]:
            tell(self, str(context["alarm_topic"]))

    def _allocate_logical_id(self, cfn_element: cdk.CfnElement) -> str:
        """Name resources by their path alone, so that a template can be read aloud."""
        return logical_id(cfn_element.node.path)

    def _create_stages(self) -> None:
        """Create the seven functions and the four work queues."""
        self.ingest = Stage(self, "ingest", code=self._code, size=DOOR)
        self.preprocess = Stage(self, "preprocess", code=self._code, size=WORKER, queue=True)
        self.render = Stage(self, "render", code=self._code, size=WORKER, queue=True)
        self.deliver = Stage(self, "deliver", code=self._code, size=WORKER, queue=True)
        self.report = Stage(self, "report", code=self._code, size=WORKER, queue=True)
        self.admin = Stage(self, "admin", code=self._code, size=CONTROL)
        self.upkeep = Stage(self, "upkeep", code=self._code, size=SWEEPER, queue=True)
        self.workers = (self.preprocess, self.render, self.deliver, self.report)
        self.api.routes(intake=self.ingest.function, everything_else=self.admin.function)

    def _take_in(self) -> None:
        """Ingest: accept calls, and write at once what cannot wait."""
        stage, data = self.ingest, self.data
        stage.uses("PROFILES_TABLE", data.profiles, BOTH)
        stage.uses("EVENTS_TABLE", data.events, BOTH)
        stage.uses("CATALOG_TABLE", data.catalog, READ)
        stage.uses("IDEMPOTENCY_TABLE", data.idempotency, ALL)
        stage.opens(data.secret)
        stage.sends_to(self.preprocess, self.report)
        stage.knows(PUBLIC_URL=self.api.url)
        stage.alarms_at("SignatureRefused", line="signature refused")

    def _prepare(self) -> None:
        """Preprocess and render: from a fact to the text of a message."""
        stage, data = self.preprocess, self.data
        stage.does_work(concurrency=CONCURRENCY)
        stage.uses("PROFILES_TABLE", data.profiles, BOTH)
        stage.uses("EVENTS_TABLE", data.events, BOTH)
        stage.uses("CATALOG_TABLE", data.catalog, READ)
        stage.keeps("INTAKE_BUCKET", data.intake, (*grants.GET, *grants.PUT))
        stage.keeps("FEEDBACK_BUCKET", data.feedback, (*grants.GET, *grants.PUT))
        stage.opens(data.secret)
        # A bounce that comes as a mail is settled where the provider's own events are.
        stage.sends_to(self.preprocess, self.render, self.report)
        hear_arrivals(stage, data.intake, ["imports/", INBOUND])
        hear_sources(stage, partner_bus=self._partner_bus)
        allow_inbound_mail(data.intake)
        self.devices = role_of_devices(self, stage.queue)
        stage.alarms_at("StopRequested", line="stop requested")

        stage = self.render
        stage.does_work(concurrency=CONCURRENCY)
        stage.uses("PROFILES_TABLE", data.profiles, READ)
        stage.uses("EVENTS_TABLE", data.events, BOTH)
        stage.uses("CATALOG_TABLE", data.catalog, READ)
        stage.keeps("CONTENT_BUCKET", data.content, (*grants.GET, *grants.PUT))
        stage.opens(data.secret)
        stage.sends_to(self.render, self.deliver)
        stage.knows(PUBLIC_URL=self.api.url, SENDER=self._sender)

    def _send(self) -> None:
        """Deliver: claim, look at permissions once more, hand over."""
        stage, data = self.deliver, self.data
        stage.does_work(concurrency=SENDERS)
        # Places under frequency caps are kept beside the consents, and a restore of the ledger
        # does not take them back.
        stage.uses("PROFILES_TABLE", data.profiles, BOTH)
        stage.uses("EVENTS_TABLE", data.events, BOTH)
        stage.uses("CATALOG_TABLE", data.catalog, READ)
        stage.keeps("CONTENT_BUCKET", data.content, grants.GET)
        stage.opens(data.secret)
        stage.sends_to(self.deliver)
        stage.knows(CONFIGURATION_SET=self.email.configuration_set, SENDER=self._sender)
        self.email.allow_sending(stage.role)

    def _report(self) -> None:
        """Report: settle messages, count, fill the lake, tell the facts."""
        stage, data = self.report, self.data
        stage.does_work(concurrency=CONCURRENCY)
        # Bounces and complaints are counted beside the suppressions, as the policy wants it.
        stage.uses("PROFILES_TABLE", data.profiles, BOTH)
        stage.uses("EVENTS_TABLE", data.events, BOTH)
        stage.uses("CATALOG_TABLE", data.catalog, READ)
        stage.keeps("LAKE_BUCKET", data.lake, grants.PUT)
        stage.opens(data.secret)
        stage.knows(BUS_NAME=self.bus.event_bus_name)
        self.bus.grant_put_events_to(stage.role)
        self.email.allow_suppressing(stage.role)
        hear_provider_events(stage)
        self.stream_letters = dead_letters(stage, "StreamDeadLetters")
        watch_dead_letters(stage, self.stream_letters, name="StreamDeadLettersAlarm")
        follow_messages(stage, data.events, self.stream_letters)
        watch_stream(stage, stage.function)
        stage.alarms_at("SendingStopped", line="sending stopped")

    def _control(self) -> None:
        """Admin: the control plane, which may also list people and send dead letters back."""
        stage, data = self.admin, self.data
        stage.uses("PROFILES_TABLE", data.profiles, (*BOTH, *grants.LIST))
        stage.uses("EVENTS_TABLE", data.events, ALL)
        stage.uses("CATALOG_TABLE", data.catalog, BOTH)
        stage.uses("IDEMPOTENCY_TABLE", data.idempotency, ALL)
        stage.keeps("CONTENT_BUCKET", data.content, (*grants.GET, *grants.PUT))
        stage.keeps("INTAKE_BUCKET", data.intake, (*grants.GET, *grants.PUT))
        stage.keeps("FEEDBACK_BUCKET", data.feedback, grants.GET)
        stage.opens(data.secret)
        stage.sends_to(*self.workers, self.upkeep)
        stage.knows(PUBLIC_URL=self.api.url, SENDER=self._sender)

    def _upkeep(self) -> None:
        """Upkeep: look after what waits, and turn dead letters into rows."""
        stage, data = self.upkeep, self.data
        stage.does_work(concurrency=CONCURRENCY)
        # Whom a broadcast to everybody is for.
        stage.uses("PROFILES_TABLE", data.profiles, grants.LIST)
        stage.uses("EVENTS_TABLE", data.events, BOTH)
        stage.uses("CATALOG_TABLE", data.catalog, READ)
        stage.keeps("CONTENT_BUCKET", data.content, (*grants.GET, *grants.PUT))
        stage.keeps("LAKE_BUCKET", data.lake, grants.GET)
        stage.opens(data.secret)
        stage.sends_to(self.preprocess, self.render, self.deliver, stage)
        stage.knows(CONFIGURATION_SET=self.email.configuration_set, SENDER=self._sender)
        self.email.allow_sending(stage.role)
        wake(stage, "sweep", every=MINUTE)
        wake(stage, "beat", every=MINUTE)
        wake(stage, "forget", every=cdk.Duration.days(1))
        for worker in (*self.workers, stage):
            name = f"{worker.name.capitalize()}Letters"
            stage.reads_queue(worker.dead_letters, name, concurrency=CONCURRENCY)
        stage.reads_queue(self.stream_letters, "StreamLetters", concurrency=CONCURRENCY)
        stage.alarms_at("DeadLetterKept", line="dead letter kept")
        stage.alarms_at("LedgerBehind", line="ledger behind the beat")

    def _watch(self) -> None:
        """Watch what the doors quarantine, whichever of them it is."""
        for stage in (self.ingest, self.preprocess, self.report):
            stage.adds_up("Quarantined", line="quarantined", value="$.count")
        watch_quarantine(self, "Quarantined")

    def _outputs(self) -> None:
        """Say what a person needs after a deployment."""
        outputs = {
            "ApiUrl": self.api.url,
            "ProfilesTable": self.data.profiles.table.table_name,
            "EventsTable": self.data.events.table.table_name,
            "CatalogTable": self.data.catalog.table.table_name,
            "IdempotencyTable": self.data.idempotency.table.table_name,
            "IntakeBucket": self.data.intake.bucket.bucket_name,
            "IntakeQueue": self.preprocess.queue.queue_url,
            "DevicesRole": self.devices.role_arn,
        }
        for name, value in outputs.items():
            cdk.CfnOutput(self, name, value=value)


def logical_id(path: str) -> str:
    """Join a construct's path into one readable name, without the stack and CDK's fillers."""
    parts = [part for part in path.split("/")[1:] if part not in ("Resource", "Default")]
    return "".join("".join(letter for letter in part if letter.isalnum()) for part in parts)
