"""What people ask for in what they send holds before the event is done."""

import json
from datetime import timedelta
from typing import Any

import pytest

from signet.domain.events import Event
from signet.domain.feedback import STOP_REQUEST
from signet.domain.message import Message
from signet.domain.source import Source, events_of
from signet.domain.suppression import Suppression
from signet.domain.work import ApplyEvents, read_as
from signet.usecases import ready_made
from tests.fixed_clock import NOON
from tests.functions.arrival_world import World
from tests.unit.arrivals.writing import text

ADA, NUMBER = "ada@example.org", "+447700900123"
MESSAGE = "abcdefghijklmnopqrstuvwxyz234567"
FORM = Source(workspace="main", name="shop", **ready_made.completed({"ready_made": "web_form"}))
TWILIO = Source.model_validate(
    {
        "workspace": "main",
        "name": "texts",
        **ready_made.completed({"ready_made": "twilio_sms"}),
        "signature": {"scheme": "none"},
    }
)


@pytest.fixture
def world() -> World:
    """Give an empty world."""
    return World()


def says(world: World, body: str, *, minute: int = 0, again: int = 1, **fields: str) -> None:
    """Let Ada send a text message, some times over."""
    sent = {"From": NUMBER, "Body": body, "MessageSid": f"SM{minute}{body}"} | fields
    at = NOON + timedelta(minutes=minute)
    pack = ApplyEvents(events=tuple(events_of(TWILIO, sent, received_at=at)))
    for _ in range(again):
        assert [] == world.receive(pack.model_dump_json())


def standing(world: World, *place: str) -> list[Suppression]:
    """Give the suppressions of an address."""
    handle = world.sealer.handle("main", *(place or ("phone", NUMBER)))
    return list(world.permissions.look("main", "nobody", handle).suppressions)


def requests(world: World) -> list[str]:
    """Give what waits for a person, as the list of feedback has it."""
    from signet.adapters.dynamodb.feedback import DynamoFeedbackIndex
    from signet.ports.feedback import Span

    index = DynamoFeedbackIndex(world.events_table, world.sealer)
    return [one.id for one in index.walk("main", [("topic", STOP_REQUEST)], span=Span())]


@pytest.mark.parametrize(
    "body", ["Stop!", "STOP ALL", "\uff33\uff34\uff2f\uff30", "stop 🛑", "ARRÊT"]
)
def test_a_keyword_suppresses_the_number_once(world: World, body: str) -> None:
    """Whatever is sent there, over the whole channel; a repeat is nothing new (bad input 45)."""
    says(world, body, again=3)

    (found,) = standing(world)
    assert ("sms", "channel", "keyword:STOP", NOON) == (
        found.channel, found.scope, found.reason, found.at,
    )  # fmt: skip
    assert [] == requests(world)


def test_free_text_suppresses_and_waits_for_a_person(world: World) -> None:
    """`please stop` is obeyed meanwhile, and read by somebody."""
    says(world, "please stop", again=3)

    assert [("asked", "channel")] == [(one.reason, one.scope) for one in standing(world)]
    assert 1 == len(requests(world))


@pytest.mark.parametrize("body", ["thank you", "HELP", "at the end of the day", ""])
def test_other_texts_suppress_nothing(world: World, body: str) -> None:
    """A text that asks for nothing is an ordinary one."""
    says(world, body)

    assert [] == standing(world) == requests(world)


def test_what_the_provider_took_for_a_stop_is_one(world: World) -> None:
    """It knows words in languages that we do not, and sends nothing from then on."""
    says(world, "опрема", OptOutType="STOP")

    assert ["keyword:STOP"] == [one.reason for one in standing(world)]


def test_start_lifts_keywords_and_nothing_else(world: World) -> None:
    """What a person decided, or somebody asked in their own words, stays."""
    manual = Suppression(
        handle=world.sealer.handle("main", "phone", NUMBER),
        channel="sms",
        reason="manual",
        at=NOON,
    )
    world.permissions.suppress("main", manual)
    says(world, "stop")
    says(world, "leave me alone", minute=1)

    says(world, "START", minute=2)

    assert {"manual", "asked"} == {one.reason for one in standing(world)}


def test_an_older_start_lifts_no_newer_stop(world: World) -> None:
    """Texts may come in another order than they were sent."""
    says(world, "stop", minute=1)
    says(world, "stop", minute=5)
    says(world, "start", minute=3)

    assert [NOON + timedelta(minutes=5)] == [one.at for one in standing(world)]
    says(world, "start", minute=6)
    assert [] == standing(world)


def test_a_text_that_cannot_be_obeyed_is_not_done(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The event stays on the queue until the suppression stands."""
    from signet.errors import Transient

    def away(*_: object, **__: object) -> None:
        raise Transient("the table is away")

    with monkeypatch.context() as broken:
        broken.setattr(world.permissions, "suppress", away)
        sent = {"From": NUMBER, "Body": "stop", "MessageSid": "SM1"}
        pack = ApplyEvents(events=tuple(events_of(TWILIO, sent, received_at=NOON)))
        assert ["0"] == world.receive(pack.model_dump_json())
    assert [] == world.all_events

    world.receive(pack.model_dump_json())

    assert 1 == len(standing(world)) == len(world.all_events)


def ours(world: World, *, topic: str | None = "news") -> Message:
    """Let a message to Ada be on its way."""
    message = Message(
        workspace="main",
        id=MESSAGE,
        status="sent",
        template="t",
        topic=topic,
        recipient=world.sealer.handle("main", "email", ADA),
        planned_at=NOON,
    )
    world.ledger.plan(message)
    return message


def answers(world: World, body: str, *, again: int = 1, **headers: str) -> None:
    """Let somebody answer our message by mail."""
    raw = text(body, **{"In_Reply_To": f"<{MESSAGE}@example.org>", **headers})
    for _ in range(again):
        assert [] == world.receive(world.mail(raw))


@pytest.mark.parametrize("topic", ["news", None])
def test_a_mail_that_says_one_word_leaves_the_topic(world: World, topic: str | None) -> None:
    """The address to which the message went, whoever answers from wherever."""
    ours(world, topic=topic)

    answers(world, "Unsubscribe.\n", From="Somebody <else@example.org>", again=2)

    (found,) = standing(world, "email", ADA)
    wanted = ("address", None) if topic is None else ("topic", "news")
    assert ("keyword:STOP", "email", *wanted) == (
        found.reason, found.channel, found.scope, found.topic,
    )  # fmt: skip
    assert [] == standing(world, "email", "else@example.org") == requests(world)


@pytest.mark.parametrize(
    ("subject", "body"),
    [
        ("Re: Our news", "Please stop sending me these.\n\nAda"),
        ("Re: Our news", "stop\n\nI really mean it, and so does my sister who says so."),
        ("Please unsubscribe me", "Thank you."),
        ("Please take me off your list", ""),
    ],
)
def test_a_mail_that_asks_is_obeyed_and_read(world: World, subject: str, body: str) -> None:
    """Free text suppresses, and waits for a person."""
    ours(world)

    answers(world, body, Subject=subject, again=2)

    assert [("asked", "news")] == [(one.reason, one.topic) for one in standing(world, "email", ADA)]
    assert 1 == len(requests(world))


@pytest.mark.parametrize(
    ("subject", "body", "headers"),
    [
        ("Re: Please stop by our shop", "With pleasure!", {}),
        ("Re: Unsubscribe", "How do I pay?", {}),
        ("AW: Stop", "Was kostet das?", {}),
        ("Away", "stop", {"Auto_Submitted": "auto-replied"}),
        ("Hello", "The last bus stop was closed.", {}),
    ],
)
def test_other_mails_suppress_nothing(
    world: World, subject: str, body: str, headers: dict[str, str]
) -> None:
    """Our own subject, a machine's answer, and a word in a sentence are no wish."""
    ours(world)

    answers(world, body, Subject=subject, **headers)

    assert [] == standing(world, "email", ADA) == requests(world)


def test_a_mail_that_asks_and_answers_nothing_of_ours_is_read(world: World) -> None:
    """Nobody is suppressed by a sender that anybody may write; a person looks."""
    raw = text("please stop writing to me", From=f"Ada <{ADA}>")

    world.receive(world.mail(raw))

    assert [] == standing(world, "email", ADA)
    assert 1 == len(requests(world))


def filled_in(**context: Any) -> Event:
    """Give the event of a form that Ada sent."""
    (event,) = events_of(FORM, {"email": ADA, "name": "Ada"}, received_at=NOON)
    return event.model_copy(update={"context": event.context | context})


def test_a_browser_that_forbids_sharing_is_obeyed_once(world: World) -> None:
    """Known by the form, recorded for the person, told in their timeline, and written once."""
    pack = ApplyEvents(events=(filled_in(gpc=True),)).model_dump_json()
    world.receive(pack)
    (person,) = world.people
    world.receive(pack)
    later = filled_in(gpc=True).model_copy(update={"id": "another"})

    world.receive(ApplyEvents(events=(later,)).model_dump_json())

    (said,) = world.permissions.look("main", person.id).consents
    assert ("any", "sale_and_sharing", "withdrawn", "gpc", "source:shop") == (
        said.channel, said.topic, said.status, said.basis, said.source,
    )  # fmt: skip
    told = [read_as(body, ApplyEvents) for body in world.again.bodies if "sale_and" in body]
    assert 1 == len(told)


@pytest.mark.parametrize("context", [{}, {"gpc": False}, {"gpc": "1"}])
def test_a_form_without_the_signal_opts_nobody_out(world: World, context: Any) -> None:
    """Silence is no opt-out, and neither is what a client writes itself."""
    world.receive(ApplyEvents(events=(filled_in(**context),)).model_dump_json())

    (person,) = world.people
    assert () == world.permissions.look("main", person.id).consents


def test_the_sample_of_twilio_is_heard() -> None:
    """The ready-made source itself is how a text message comes."""
    sample = next(one for one in ready_made.catalogue() if one.name == "twilio_sms").sample
    world = World()
    pack = ApplyEvents(events=tuple(events_of(TWILIO, sample, received_at=NOON)))

    world.receive(json.loads(json.dumps(pack.model_dump_json())))

    assert ["keyword:STOP"] == [one.reason for one in standing(world)]
