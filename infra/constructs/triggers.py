"""What wakes a stage besides its own queue: the events stream, provider events, the clock."""

from collections.abc import Sequence

import aws_cdk as cdk
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_lambda_event_sources as sources
from aws_cdk import aws_sqs as sqs

from infra.constructs import grants
from infra.constructs.data import Shelf, Store
from infra.constructs.stage import Stage

STREAM_BATCH = 1000
OLDEST_CHANGE_HOURS = 23
GATHER_SECONDS = 1
# A window, however short, is what makes Lambda name the shard in the event.
WINDOW_SECONDS = 10


def follow_messages(stage: Stage, store: Store, dead: sqs.Queue) -> None:
    """Feed a stage with the changes of message rows and the new event rows, in large batches."""
    lambda_.EventSourceMapping(
        stage,
        "Stream",
        target=stage.function,
        event_source_arn=store.table.table_stream_arn,
        batch_size=STREAM_BATCH,
        bisect_batch_on_error=True,
        filters=[
            lambda_.FilterCriteria.filter(
                {"dynamodb": {"Keys": {"sk": {"S": lambda_.FilterRule.or_("message", "event")}}}}
            )
        ],
        max_batching_window=cdk.Duration.seconds(GATHER_SECONDS),
        on_failure=sources.SqsDlq(dead),
        report_batch_item_failures=True,
        # A record that cannot be read is laid aside by the function itself; what fails otherwise
        # is tried until just before the stream forgets it.
        max_record_age=cdk.Duration.hours(OLDEST_CHANGE_HOURS),
        starting_position=lambda_.StartingPosition.TRIM_HORIZON,
        tumbling_window=cdk.Duration.seconds(WINDOW_SECONDS),
    )
    grants.allow_stream(stage.role, store)
    dead.grant_send_messages(stage.role)


def hear_provider_events(stage: Stage) -> None:
    """Queue every event of the mail provider for a stage."""
    events.Rule(
        stage,
        "ProviderEvents",
        description="What becomes of sent mail.",
        event_pattern=events.EventPattern(source=["aws.ses"]),
        targets=[targets.SqsQueue(stage.queue, dead_letter_queue=stage.dead_letters)],
    )


def hear_arrivals(stage: Stage, shelf: Shelf, prefixes: Sequence[str]) -> None:
    """Queue the news of every object that arrives under some prefixes of a bucket."""
    events.Rule(
        stage,
        "Arrivals",
        description="A file or a mail has arrived.",
        event_pattern=events.EventPattern(
            source=["aws.s3"],
            detail_type=["Object Created"],
            detail={
                "bucket": {"name": [shelf.bucket.bucket_name]},
                "object": {"key": [{"prefix": prefix} for prefix in prefixes]},
            },
        ),
        targets=[targets.SqsQueue(stage.queue, dead_letter_queue=stage.dead_letters)],
    )


def hear_sources(stage: Stage, *, partner_bus: str) -> None:
    """
    Queue what the ready-made sources put on a bus.

    Args:
        stage: Who reads it.
        partner_bus: The bus of Salesforce, which exists when its partner source was accepted;
            empty where there is none.
    """
    heard = {
        # Most events of a call name nobody; only those that do are of use.
        "CallEvents": events.EventPattern(
            source=["aws.connect"],
            detail_type=["Amazon Connect Contact Event"],
            detail={"customerId": events.Match.exists()},
        ),
        "CallRecords": events.EventPattern(detail_type=["Amazon Connect Contact Record"]),
        "Mentions": events.EventPattern(
            detail={"specversion": ["1.0"], "type": ["social.mention.created"]}
        ),
    }
    for name, pattern in heard.items():
        _queue(stage, name, pattern)
    if partner_bus:
        bus = events.EventBus.from_event_bus_name(stage, "PartnerBus", partner_bus)
        changes = events.EventPattern(source=events.Match.prefix("aws.partner/"))
        _queue(stage, "Changes", changes, bus=bus)


def _queue(
    stage: Stage, name: str, pattern: events.EventPattern, *, bus: events.IEventBus | None = None
) -> None:
    events.Rule(
        stage,
        name,
        description=f"What a source tells: {name}.",
        event_bus=bus,
        event_pattern=pattern,
        targets=[targets.SqsQueue(stage.queue, dead_letter_queue=stage.dead_letters)],
    )


def wake(stage: Stage, duty: str, *, every: cdk.Duration) -> None:
    """Call a stage again and again and name the duty."""
    events.Rule(
        stage,
        f"{duty.capitalize()}Schedule",
        description=f"Wakes the duty {duty}.",
        schedule=events.Schedule.rate(every),
        targets=[
            targets.LambdaFunction(
                stage.function, event=events.RuleTargetInput.from_object({"duty": duty})
            )
        ],
    )
