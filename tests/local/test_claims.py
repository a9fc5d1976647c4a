"""Claim first, look after: what deliver does with every answer a provider can give."""

import base64
import hashlib
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest

from infra.local.cloud import LocalCloud
from signet.adapters.dynamodb.ledger import DynamoLedger
from signet.adapters.dynamodb.permissions import DynamoPermissions
from signet.adapters.dynamodb.table import Table
from signet.adapters.sealer import RootSealer
from signet.domain.message import Message
from signet.domain.permission import Consent, Suppression
from signet.domain.work import DeliverMessage, DeliverMessages
from signet.errors import InDoubt, Permanent, Transient
from signet.ids import SystemRandom
from signet.ports import Outgoing
from signet.usecases.deliver import Desk, deliver
from tests.fixed_clock import FixedClock

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
RAW = b"Subject: Hello\r\n\r\nHello"


@dataclass
class FakeMailer:
    """A provider that answers as it is told, and counts."""

    answer: Exception | str = "provider-1"
    sent: list[Outgoing] = field(default_factory=list)

    def send(self, outgoing: Outgoing) -> str:
        """Take a mail, or raise."""
        self.sent.append(outgoing)
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


@dataclass
class World:
    """A desk over real stores, with a provider and a clock of ours."""

    desk: Desk
    mailer: FakeMailer
    clock: FixedClock
    ledger: DynamoLedger
    permissions: DynamoPermissions

    def status(self) -> str:
        """Give the message's status."""
        found = self.ledger.get("main", "m1")
        assert found is not None
        return found.status


@pytest.fixture
def world() -> Iterator[World]:
    """Plan one message and stand ready to deliver it."""
    with LocalCloud():
        client: Any = boto3.client("dynamodb")
        names = client.list_tables()["TableNames"]
        tables = {
            n: Table(client, next(t for t in names if n in t)) for n in ("Events", "Profiles")
        }
        sealer = RootSealer(b"0" * 64, SystemRandom())
        ledger = DynamoLedger(tables["Events"])
        permissions = DynamoPermissions(tables["Profiles"], sealer)
        mailer, clock = FakeMailer(), FixedClock(NOW)
        desk = Desk(
            ledger=ledger,
            permissions=permissions,
            mailer=mailer,
            objects=None,  # type: ignore[arg-type]  # small bodies ride the queue
            sealer=sealer,
            clock=clock,
            random=SystemRandom(),
            sender="Signet <hello@example.org>",
        )
        yield World(desk, mailer, clock, ledger, permissions)


def _planned(world: World, **fields: Any) -> DeliverMessages:
    message = Message(
        workspace="main", id="m1", template="t", profile_id="p1", recipient="h1", planned_at=NOW
    )
    world.ledger.plan(message.model_copy(update=fields))
    sealed = world.desk.sealer.seal("main", "m1", zlib.compress(b"ada@example.org\n" + RAW))
    item = DeliverMessage(
        workspace="main",
        message_id="m1",
        template_version=1,
        recipient="h2",
        rendered_at=NOW,
        body_hash=hashlib.sha256(RAW).hexdigest(),
        body=base64.b64encode(sealed).decode(),
    )
    return DeliverMessages(messages=(item,))


def test_a_message_is_handed_over_once_however_often_the_work_comes(world: World) -> None:
    """The second claim finds the first; the recorded address is the one on the mail."""
    work = _planned(world)
    for _ in range(3):
        deliver(work, world.desk)

    found = world.ledger.get("main", "m1")
    assert found is not None
    assert ("sent", "provider-1", "h2") == (found.status, found.provider_id, found.recipient)
    assert [("ada@example.org", RAW)] == [(o.recipient, o.raw) for o in world.mailer.sent]


def test_the_look_asks_about_the_address_on_the_mail(world: World) -> None:
    """An address that changed after the plan is looked at as it is now."""
    work = _planned(world)
    world.permissions.suppress("main", Suppression(handle="h2", reason="bounce", at=NOW))

    deliver(work, world.desk)

    assert ("skipped", []) == (world.status(), world.mailer.sent)


@pytest.mark.parametrize("status", ["granted", "withdrawn", None])
def test_marketing_needs_the_consent_of_this_moment(world: World, status: Any) -> None:
    """With a topic only a granted consent lets a message pass."""
    work = _planned(world, topic="news")
    if status is not None:
        consent = Consent(channel="email", topic="news", status=status, at=NOW)
        world.permissions.record_consent("main", "p1", consent)

    deliver(work, world.desk)

    assert ("sent" if status == "granted" else "skipped") == world.status()


def test_a_refusal_for_a_while_holds_the_message_for_the_next_try(world: World) -> None:
    """Throttling is definite: nothing was taken, so the same work may try again."""
    work = _planned(world)
    world.mailer.answer = Transient("TooManyRequestsException")
    with pytest.raises(Transient):
        deliver(work, world.desk)
    assert "held" == world.status()
    world.mailer.answer = "provider-2"

    deliver(work, world.desk)

    assert "sent" == world.status()


@pytest.mark.parametrize(
    ("answer", "status"), [(Permanent("MessageRejected"), "rejected"), (InDoubt("?"), "in_doubt")]
)
def test_other_answers_are_never_followed_by_a_second_try(
    world: World, answer: Exception, status: str
) -> None:
    """A refusal for ever and a lost answer both end the work."""
    work = _planned(world)
    world.mailer.answer = answer
    for _ in range(3):
        deliver(work, world.desk)

    assert (status, 1) == (world.status(), len(world.mailer.sent))


def test_a_claim_past_its_lease_is_doubted_not_taken_over(world: World) -> None:
    """Whoever held it may have handed it over before dying."""
    work = _planned(world)
    world.mailer.answer = RuntimeError("the process was killed")
    with pytest.raises(RuntimeError):
        deliver(work, world.desk)
    deliver(work, world.desk)
    assert "claimed" == world.status()
    world.clock.advance(timedelta(minutes=2))

    deliver(work, world.desk)

    assert ("in_doubt", 1) == (world.status(), len(world.mailer.sent))


def test_a_message_past_its_time_expires(world: World) -> None:
    """What is too late is not sent."""
    work = _planned(world, not_after=NOW - timedelta(seconds=1))

    deliver(work, world.desk)

    assert ("expired", []) == (world.status(), world.mailer.sent)
