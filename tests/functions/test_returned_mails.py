"""Bounces and complaints that come as mails settle their message, or nothing (bad input 42)."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from signet.errors import Rejected
from signet.reading import answer, mail, returned
from signet.reading.report_fields import MOST_RECIPIENTS
from tests.functions.arrival_world import MESSAGE, World
from tests.unit.arrivals.corpus import MAILS, REPORTS, UNTIED

Damage = tuple[int, int, bytes]
EVERY = [*(raw for raw, _, _ in REPORTS.values()), *(raw for raw, _ in MAILS.values()),
         *UNTIED.values()]  # fmt: skip


@pytest.mark.parametrize("what", REPORTS)
def test_a_report_of_our_message_settles_it(what: str) -> None:
    """Only a bounce for ever of the very address, or a complaint, suppresses."""
    raw, status, suppress = REPORTS[what]
    world = World()
    world.send()

    assert [] == world.receive(world.mail(raw))

    assert [] == [item.reason for item in world.laid_aside()]
    (work,) = world.settled
    event = work.event
    assert ("main", MESSAGE, status, suppress) == (
        event.workspace,
        event.message_id,
        event.status,
        event.suppress,
    )
    assert [] == world.people


@pytest.mark.parametrize("what", MAILS)
def test_a_mail_that_only_speaks_of_bounces_is_a_mail(what: str) -> None:
    """It settles nothing, it suppresses nobody, and what a machine wrote is no feedback."""
    raw, automatic = MAILS[what]
    world = World()
    world.send()

    assert [] == world.receive(world.mail(raw))

    assert ([], []) == (world.settled, [item.reason for item in world.laid_aside()])
    (event,) = world.all_events
    assert automatic == event.properties["automatic"]
    assert automatic == ("feedback" not in event.context)


@pytest.mark.parametrize("what", UNTIED)
def test_a_report_that_cannot_be_tied_lies_in_quarantine(what: str) -> None:
    """Guessing would leave alone the wrong address."""
    world = World()
    world.send()

    assert [] == world.receive(world.mail(UNTIED[what]))

    (item,) = world.laid_aside()
    assert ("mail", "source:inbound_mail") == (item.door, item.source)
    assert ([], [], []) == (world.settled, world.people, world.letters.bodies)


def test_the_corpus_is_varied() -> None:
    """Different systems write differently."""
    assert len(REPORTS) > 25
    assert len(MAILS) + len(UNTIED) > 20


@settings(max_examples=300, deadline=None)
@given(
    st.sampled_from(EVERY),
    st.lists(
        st.tuples(st.integers(0, 3000), st.integers(0, 40), st.binary(max_size=12)), max_size=5
    ),
)
def test_a_damaged_mail_is_read_or_refused(
    raw: bytes, damage: list[tuple[int, int, bytes]]
) -> None:
    """Whatever is cut out or put in, nothing else than a refusal comes up, and few are named."""
    for at, cut, put in damage:
        raw = raw[:at] + put + raw[at + cut :]
    try:
        found = mail.parse(raw)
        back = returned.read(found)
        said = answer.read(found) if back is None else None
    except Rejected:
        return
    assert said is not None or (back is not None and 0 < len(back.entries) <= MOST_RECIPIENTS)


@pytest.mark.parametrize(
    "judged",
    [
        b"X-SES-Spam-Verdict: FAIL\n",
        b"X-SES-Virus-Verdict: FAIL\n",
        b"Authentication-Results: amazonses.com; dmarc=fail header.from=mx.example.org;\n",
    ],
)
def test_a_report_that_the_provider_judged_false_lies_in_quarantine(judged: bytes) -> None:
    """Whoever knows the id of a message could have somebody left alone."""
    raw = next(raw for raw, _, suppress in REPORTS.values() if suppress)
    world = World()
    world.send()

    assert [] == world.receive(world.mail(judged + raw))

    assert [] == world.settled
    (item,) = world.laid_aside()
    assert "cannot be believed" in item.reason
