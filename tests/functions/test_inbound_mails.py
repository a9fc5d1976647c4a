"""Mails that people write: read within bounds, joined to the right person (bad input 43)."""

import time
import tracemalloc
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from signet.errors import Rejected
from signet.reading import answer, mail
from tests.functions.arrival_world import MESSAGE, World
from tests.unit.arrivals.writing import text

SAMPLE = Path(__file__).resolve().parents[2] / "events" / "preprocess" / "inbound_mail.eml"
HEAD = b"From: Ada <ada@example.org>\nSubject: Hello\n"
SECONDS = 10
MEGABYTES = 150


def nested(levels: int) -> bytes:
    """Write parts within parts."""
    parts = (
        b'Content-Type: multipart/mixed; boundary="b%d"\n\n--b%d\n' % (n, n) for n in range(levels)
    )
    return HEAD + b"".join(parts) + b"Content-Type: text/plain\n\nHello\n"


def carried(levels: int) -> bytes:
    """Write mails within mails."""
    return HEAD + b"Content-Type: message/rfc822\n\n" * levels + b"Subject: x\n\nHello\n"


def side_by_side(count: int) -> bytes:
    """Write parts beside parts."""
    part = b"--b\nContent-Type: text/plain\n\nHello\n"
    return HEAD + b'Content-Type: multipart/mixed; boundary="b"\n\n' + part * count + b"--b--\n"


TORTURE: dict[str, Callable[[], bytes]] = {
    "1,000 nested parts": lambda: nested(1000),
    "1,000 mails in mails": lambda: carried(1000),
    "20 nested parts and lines to match": lambda: nested(20) + b"x\n" * 240_000,
    "30,000 parts": lambda: side_by_side(30_000),
    "a digest of 20,000": lambda: (
        HEAD + b"Content-Type: multipart/digest; boundary=b\n\n" + b"--b\n\nA: b\n\nc\n" * 20_000
    ),
    "5,000,000 lines": lambda: HEAD + b"\n" * 5_000_000,
    "a header of nine megabytes": lambda: HEAD + b"X-A: " + b"a" * 9_000_000 + b"\n\nHello\n",
    "100,000 headers": lambda: HEAD + b"X-A: b\n" * 100_000 + b"\nHello\n",
    "a type of a megabyte": lambda: (
        HEAD + b"Content-Type: text/plain" + b"; a=b" * 200_000 + b"\n\nHello\n"
    ),
    "more than ten megabytes": lambda: HEAD + b"\n" + b"Hello " * 1_700_000,
    "no headers": lambda: b"\n\nHello",
    "nothing": lambda: b"",
    "no sender": lambda: b"Subject: Hello\n\nHello\n",
    "a sender that is none": lambda: b"From: nobody at all\n\nHello\n",
    "two senders": lambda: b"From: a@example.org, b@example.org\n\nHello\n",
    "a sender of 15,000 brackets": lambda: b"From: " + b"(" * 15_000 + b"\n\nHello\n",
    "NUL everywhere": lambda: b"\x00" * 100_000,
}
# What is hard to read, and is read all the same.
HARD: dict[str, Callable[[], bytes]] = {
    "20,000 times On": lambda: HEAD + b"\n" + b"On " * 20_000,
    "ten megabytes of words": lambda: HEAD + b"\n" + b"Hello " * 1_600_000,
    "130,000 lines of base64": lambda: (
        HEAD + b"Content-Transfer-Encoding: base64\n\n" + (b"YWJj" * 18 + b"\n") * 130_000
    ),
    "a report of 60,000 blocks": lambda: (
        HEAD + b"Content-Type: message/delivery-status\n\n" + b"A: b\n\n" * 60_000
    ),
    "800 addressees": lambda: (
        HEAD + b"To: " + b", ".join(b"u%d@example.org" % n for n in range(800)) + b"\n\nHello\n"
    ),
    "punycode of a quarter megabyte": lambda: (
        HEAD + b"Content-Type: text/plain; charset=punycode\n\n" + b"a-b" * 80_000
    ),
    "a charset that does not exist": lambda: (
        HEAD + b"Content-Type: text/plain; charset=klingon\n\nHello\n"
    ),
    "nested as far as it may": lambda: nested(18),
}  # fmt: skip

LARGE = {
    name: raw
    for name, raw in (TORTURE | HARD).items()
    if name in {"5,000,000 lines", "30,000 parts", "130,000 lines of base64", "100,000 headers",
                "a header of nine megabytes", "ten megabytes of words"}
}  # fmt: skip


@pytest.mark.parametrize("what", TORTURE)
def test_what_is_too_much_lies_in_quarantine_in_no_time(what: str) -> None:
    """Time and memory stay bounded, whatever somebody sends us."""
    raw = TORTURE[what]()
    world = World()
    news = world.mail(raw)
    began = time.perf_counter()

    assert [] == world.receive(news)

    assert time.perf_counter() - began < SECONDS
    (item,) = world.laid_aside()
    assert ("mail", news) == (item.door, item.sample)
    assert ([], []) == (world.people, world.letters.bodies)


@pytest.mark.parametrize("what", HARD)
def test_what_is_hard_is_read_in_bounded_time(what: str) -> None:
    """A long mail is no attack."""
    raw = HARD[what]()
    world = World()
    began = time.perf_counter()

    assert [] == world.receive(world.mail(raw))

    assert time.perf_counter() - began < SECONDS
    assert [] == [item.reason for item in world.laid_aside()]
    assert ["Mail Received"] == [event.name for event in world.all_events]


@pytest.mark.parametrize("raw", [*LARGE.values()], ids=[*LARGE])
def test_a_large_mail_takes_bounded_memory(raw: Callable[[], bytes]) -> None:
    """A function has room for one of these beside itself."""
    made = raw()
    tracemalloc.start()
    with suppress(Rejected):
        answer.read(mail.parse(made))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert peak < MEGABYTES * 1_000_000


def received(raw: bytes, *, world: World | None = None) -> Any:
    """Give the one event that a mail became."""
    world = world or World()
    assert [] == world.receive(world.mail(raw))
    assert [] == [item.reason for item in world.laid_aside()]
    (event,) = world.all_events
    return event


def test_an_answer_names_the_message_that_it_answers() -> None:
    """By the Message-ID that we wrote, the nearest first, if the message is ours."""
    world = World()
    world.send("ada@example.org", message_id="sample" + "a" * 26)

    event = received(SAMPLE.read_bytes(), world=world)

    assert "sample" + "a" * 26 == event.properties["message_id"]
    assert "signet.mail.received" == event.type
    assert {"spam_verdict": "PASS", "virus_verdict": "PASS", "dmarc_verdict": "PASS"} == {
        name: value for name, value in event.properties.items() if name.endswith("_verdict")
    }


def test_an_answer_to_nothing_of_ours_keeps_what_it_answers() -> None:
    """A provider's own Message-ID tells nothing to us, and is kept."""
    raw = text("Yes.", In_Reply_To=f"<{MESSAGE}@example.org> <0100019c@email.amazonses.com>")

    event = received(raw)

    assert "message_id" not in event.properties
    assert "<0100019c@email.amazonses.com>" in event.properties["in_reply_to"]


@pytest.mark.parametrize(
    ("body", "new"),
    [
        ("Yes.\n\nOn Mon, 1 Jan 2026 at 10:00, A <a@example.org> wrote:\n> No?", "Yes."),
        ("Ja.\n\nAm Mo., 1. Jan. 2026 um 10:00 Uhr schrieb A <a@example.org>:\n> Nein?", "Ja."),
        ("Oui.\n\nLe lun. 1 janv. 2026 à 10:00, A <a@example.org> a écrit :\n> Non ?", "Oui."),
        ("Yes.\n\n-----Original Message-----\nFrom: A\nSent: Mon\nTo: B\nSubject: C\n\nNo", "Yes."),
        ("Only this.", "Only this."),
        ("> Only a quote", "> Only a quote"),
        ("", ""),
    ],
)  # fmt: skip
def test_quotes_are_taken_off(body: str, new: str) -> None:
    """What is new is what the person said; where nothing is, all is kept."""
    assert new == answer.unquoted(body)


def test_a_long_answer_keeps_its_end() -> None:
    """Quotes are looked for at the top only, and that cuts nothing off."""
    body = "word " * 4000

    assert body.strip() == answer.unquoted(body)


def test_an_html_mail_is_read_as_text() -> None:
    """There is no plain part to prefer."""
    raw = text("<p>Very <b>good</b>.</p>", Content_Type="text/html; charset=utf-8")

    found = received(raw).context["feedback"]

    assert ("reply", "Very good.") == (found["kind"], found["excerpt"])


def test_names_of_other_alphabets_are_kept() -> None:
    """Encoded words are read in all headers that are kept."""
    raw = text(
        "Да.",
        Subject="=?utf-8?b?0J7RgtCy0LXRgg==?=",
        From="=?utf-8?q?J=C3=BCrgen?= <j@example.org>",
        Content_Type="text/plain; charset=utf-8",
    )

    event = received(raw)

    assert ("Ответ", "Jürgen") == (event.properties["subject"], event.traits["mail_name"])
    assert "Да." == event.context["feedback"]["excerpt"]


def test_attachments_are_named_and_not_read() -> None:
    """The mail itself stays in its bucket for a month."""
    raw = (
        b"From: ada@example.org\nContent-Type: multipart/mixed; boundary=b\n\n"
        b"--b\nContent-Type: text/plain\n\nHere it is.\n"
        b'--b\nContent-Type: text/plain\nContent-Disposition: attachment; filename="a.txt"\n'
        b"\nsecret\n"
        b"--b--\n"
    )

    event = received(raw)

    assert ["a.txt"] == event.properties["attachments"]
    assert "secret" not in event.model_dump_json()


def test_a_mail_with_a_virus_lies_in_quarantine() -> None:
    """The provider's own verdict stands above any that the sender wrote below it."""
    world = World()
    raw = b"X-SES-Virus-Verdict: FAIL\nX-SES-Virus-Verdict: PASS\n" + text("Hello")

    world.receive(world.mail(raw))

    assert ["virus" in item.reason for item in world.laid_aside()] == [True]


@pytest.mark.parametrize("key", ["inbound/m1", "inbound/main/m1"])
def test_a_mail_without_a_workspace_is_the_home_workspaces(key: str) -> None:
    """One receipt rule with the prefix `inbound/` is enough."""
    world = World()

    world.receive(world.mail(text("Hello"), key=key))

    assert ["m1"] == [event.id for event in world.all_events]


def test_a_mail_of_another_workspace_is_not_ours() -> None:
    """Its own source has to be registered there."""
    world = World()

    world.receive(world.mail(text("Hello"), key="inbound/other/m1"))

    assert [] == world.people
    assert ["other"] == [item.workspace for item in world.laid_aside("other")]


@pytest.mark.parametrize("key", ["inbound/a/b/c", "inbound/", "inbound/UPPER/m1"])
def test_an_object_at_an_odd_place_lies_in_quarantine(key: str) -> None:
    """Nobody knows whose it is."""
    world = World()

    world.receive(world.mail(text("Hello"), key=key))

    assert ["detail.object.key" in item.reason for item in world.laid_aside()] == [True]


def test_the_providers_trial_is_no_mail() -> None:
    """SES writes an object of its own when a receipt rule is made."""
    world = World()

    world.receive(world.mail(b"hello", key="inbound/main/AMAZON_SES_SETUP_NOTIFICATION"))

    assert ([], []) == (world.laid_aside(), world.people)


def test_a_mail_that_is_gone_lies_in_quarantine() -> None:
    """The bucket forgets mails after a month."""
    world = World()
    news = world.mail(text("Hello"))
    news["detail"]["object"]["key"] = "inbound/main/gone"

    world.receive(news)

    assert ["not there" in item.reason for item in world.laid_aside()] == [True]


def test_a_mail_that_is_announced_as_too_large_is_not_fetched() -> None:
    """SES takes forty megabytes, and a function's memory is for ten mails at once."""
    world = World()
    news = world.mail(text("Hello"), size=40_000_000)
    world.intake.get = None  # type: ignore[method-assign, assignment]

    world.receive(news)

    assert ["larger than" in item.reason for item in world.laid_aside()] == [True]


def test_bounds_are_named() -> None:
    """Whoever reads the reason knows what was too much."""
    with pytest.raises(Rejected, match="more than 20 parts that hold others"):
        mail.parse(nested(30))
    with pytest.raises(Rejected, match="more than 200 parts"):
        mail.parse(side_by_side(250))
    assert mail.parse(side_by_side(190)) is not None
