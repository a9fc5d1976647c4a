"""
Real bounces of many mail systems, as flufl.bounce collected them (bad input 42).

Its own tests name who did not get the mail, for a while or for good. We read fewer of its
dialects and put the others aside; but nobody is named who is not named there.
"""

import json
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from signet.errors import Rejected
from signet.reading import mail, returned
from signet.reading.report_fields import Returned
from tests.functions.arrival_world import World

# Bounces that are taken for ordinary mails, and why no rule should catch them.
LET_THROUGH = {
    "a gateway's own name, and an envelope that names somebody": (
        "bounce_02 microsoft_03 simple_20 simple_22 simple_36"
    ),
    "no sender, and a subject that others have too": "simple_35",
    "a refusal in the form of a read receipt": "simple_38",
}
# What tells of no recipient: answers, notes, and bounces that name nobody.
OF_NOBODY = "bounce_01 dumbass_01 groupwise_03 qmail_08 simple_43"
# Reads as a form, and its one address is no address any more.
DEFACED = "simple_42"
# Their senders are no addresses, so the door refuses them after all.
NO_SENDER = "bounce_01 simple_35 simple_36"
AT_ONCE = 10


@dataclass(frozen=True)
class Bounce:
    """One file: what it holds, whom it is about, and what our reader makes of it."""

    name: str
    raw: bytes
    delayed: frozenset[str]
    failed: frozenset[str]
    became: str
    found: Returned | None


@pytest.fixture(scope="module")
def bounces(corpora: Callable[[str], Path]) -> list[Bounce]:
    """Read every bounce of the set once."""
    folder = corpora("flufl-bounce")
    told: dict[str, list[list[str]]] = json.loads((folder / "failures.json").read_text("utf-8"))
    return [_bounce(folder / name, *about) for name, about in sorted(told.items())]


def _bounce(path: Path, delayed: list[str], failed: list[str]) -> Bounce:
    raw = path.read_bytes()
    became, found = "quarantined", None
    try:
        found = returned.read(mail.parse(raw))
        became = "read" if found else "mail"
    except Rejected:
        pass
    waiting, gone = (frozenset(one.lower() for one in some) for some in (delayed, failed))
    return Bounce(path.stem, raw, delayed=waiting, failed=gone, became=became, found=found)


def test_each_real_bounce_is_read_or_quarantined(
    bounces: list[Bounce], show: Callable[[str], None]
) -> None:
    """Only what cannot be told from a person's mail is taken for one, for a reason each."""
    real = [one for one in bounces if one.delayed or one.failed]
    count = Counter(one.became for one in real)
    show(f"bounces of flufl.bounce: {dict(count)} of {len(real)} real ones")

    assert (112, {"read": 46, "quarantined": 59, "mail": 7}) == (len(real), dict(count))
    let_through = " ".join(LET_THROUGH.values()).split()
    assert sorted(let_through) == [one.name for one in real if one.became == "mail"]


def test_nobody_else_is_named(bounces: list[Bounce]) -> None:
    """Each entry is about a recipient who did not get the mail; its addresses are alternatives."""
    named = 0
    for one in bounces:
        for entry in one.found.entries if one.found else ():
            given = {address.lower() for address in entry.addresses}
            assert one.name == DEFACED if not given else given & (one.delayed | one.failed)
            named += bool(given)

    assert named > len([one for one in bounces if one.found])


def test_all_are_named_where_one_is(bounces: list[Bounce]) -> None:
    """A bounce that is read is read whole."""
    for one in bounces:
        entries = one.found.entries if one.found and one.name != DEFACED else ()
        given = {address.lower() for entry in entries for address in entry.addresses}
        assert not entries or one.delayed | one.failed <= given, one.name


def test_warning_is_no_bounce_and_gone_is_for_good(bounces: list[Bounce]) -> None:
    """Whom the mail may still reach has not bounced, and who is gone failed for good."""
    outcomes = Counter[tuple[str, bool]]()
    for one in bounces:
        for entry in one.found.entries if one.found else ():
            waits = bool({address.lower() for address in entry.addresses} & one.delayed)
            assert ("delayed" if waits else "bounced") == entry.outcome, one.name
            assert not (waits and entry.gone), one.name
            outcomes[entry.outcome, entry.gone] += 1

    assert {("delayed", False), ("bounced", False), ("bounced", True)} == set(outcomes)


def test_mail_about_no_recipient_is_never_read_as_a_bounce(bounces: list[Bounce]) -> None:
    """An answer, a note and a bounce that names nobody settle nothing."""
    of_nobody = [one for one in bounces if not one.delayed | one.failed]

    assert OF_NOBODY.split() == [one.name for one in of_nobody]
    assert {"mail"} == {one.became for one in of_nobody}


def test_mail_of_a_daemon_is_never_a_persons(bounces: list[Bounce]) -> None:
    """Whatever it is called and however it is sent, it is read or quarantined."""
    daemons = (b"mailer-daemon@", b"mdaemon@")
    theirs = [
        one.became
        for one in bounces
        for line in one.raw.partition(b"\n\n")[0].lower().splitlines()
        if line.startswith(b"from:") and any(daemon in line for daemon in daemons)
    ]

    assert len(theirs) > len(bounces) / 2
    assert {"read", "quarantined"} == set(theirs)


def test_door_settles_nothing_by_bounces_of_others(
    bounces: list[Bounce], show: Callable[[str], None]
) -> None:
    """None is about a message of ours: each is quarantined or an event, and none comes back."""
    world = World()
    news = [world.mail(one.raw, key=f"inbound/main/{one.name}") for one in bounces]

    again = [world.receive(*news[at : at + AT_ONCE]) for at in range(0, len(news), AT_ONCE)]

    assert [] == [name for names in again for name in names]
    assert ([], []) == (world.settled, world.letters.bodies)
    events = {event.id for event in world.all_events}
    show(f"bounces of flufl.bounce that the door takes for mails: {len(events)} of {len(bounces)}")
    let_through = {one.name for one in bounces if one.became == "mail"}
    assert let_through - set(NO_SENDER.split()) == events
