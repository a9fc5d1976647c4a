"""
What forbids a mail: the half of the checker that knows what people and operators said.

It knows when a caller asked, when they heard a yes, and nothing of how that is kept. Where two
words may have come in either order, neither forbids anything.
"""

from collections.abc import Iterator, Sequence

from signet.domain.message import Message
from tests.simulator.client import Call
from tests.simulator.clocks import Draft, closed_throughout
from tests.simulator.evidence import Evidence
from tests.simulator.prepared import ZONES
from tests.simulator.provider import Taken
from tests.simulator.rounds import MOST_SKEW

# The lease, and what a call may take of time after the last look at it.
LONGEST_LEASE = 75.0
# What a call may take, and with it what the clock of a container may be behind.
CALL_TIME = 15.0
LATEST = MOST_SKEW + CALL_TIME
LIFTS = {
    "consent.withdrawn": "consent.granted",
    "consent.granted": "consent.granted",
    "unsubscribe": "consent.granted",
    "rest": "go on",
    "pause": "resume",
    "stop": "restart",
}


def check_obeyed(evidence: Evidence) -> None:
    """I3: nothing leaves under a claim that is later than a word against it, or out of hours."""
    for taken in evidence.inbox.values():
        for mail in taken:
            _left_under_a_claim(evidence, mail)


def _left_under_a_claim(evidence: Evidence, mail: Taken) -> None:
    place = (mail.outgoing.workspace, mail.outgoing.message_id)
    claimed = evidence.claimed_at(mail)
    if claimed is None:
        evidence.say("I2", f"{place} left without a claim")
        # A protocol that claims nothing is given as much time between its look and its mail.
        claimed = mail.handed - LONGEST_LEASE
    if mail.handed - claimed > LONGEST_LEASE and not evidence.slept:
        evidence.say("I3", f"{place} left {mail.handed - claimed:.0f} s after its claim")
    message = evidence.messages.get(place)
    if message is not None and message.workspace == "main":
        _left_unforbidden(evidence, message, mail, claimed=claimed)


def _left_unforbidden(evidence: Evidence, message: Message, mail: Taken, *, claimed: float) -> None:
    if message.not_after and not evidence.slept:
        late = mail.handed - evidence.story.world.loop.seconds(message.not_after)
        if late > LATEST:
            evidence.say("I3", f"{message.id} left {late:.0f} s after it was not to")
    for ban in _bans(evidence, message, mail):
        if _forbade(evidence, ban, claimed=claimed, left=mail.handed):
            evidence.say("I3", f"{message.id} left at {mail.handed:.0f} despite {ban.what}")
    if message.topic is not None and "ruled" in evidence.story.needs and not evidence.slept:
        _left_in_time(evidence, message, claimed=claimed, left=mail.handed)


def _bans(evidence: Evidence, message: Message, mail: Taken) -> Iterator[Call]:
    """Give the calls that forbid a message from the moment when their caller heard a yes."""
    for call in evidence.story.clients.calls:
        about = call.about
        if call.heard is None:
            continue
        withdrawn = call.what == "consent.withdrawn" and message.topic is not None
        if withdrawn and about["profile"] == message.profile_id:
            yield call
        if call.what == "suppress" and _reaches(call, message, mail.outgoing.recipient):
            yield call
        clicked = call.what == "unsubscribe" and about["topic"] == message.topic
        rests = call.what == "rest" and message.topic is not None
        if (clicked or rests) and about["profile"] == message.profile_id:
            yield call
        if call.what in {"pause", "cancel"} and about["campaign"] == message.campaign_id:
            yield call
        # The switch is in the ledger's table: a backup does not know of it.
        if call.what == "stop" and not evidence.forgotten(call.heard):
            yield call


def _reaches(call: Call, message: Message, recipient: str) -> bool:
    """Tell whether a suppression is about a mail: its address, its topic, or whoever owns it."""
    about = call.about
    named = mailbox(about["address"]) == mailbox(recipient)
    if about["reach"] == "topic":
        return named and message.topic is not None
    owned = about["reach"] in {"channel", "global"} and about["profile"] == message.profile_id
    return named or owned


def mailbox(address: str) -> str:
    """Give the mailbox that an address leads to, whatever its case and tag."""
    local, _, domain = address.lower().partition("@")
    return f"{local.partition('+')[0]}@{domain}"


def _forbade(evidence: Evidence, ban: Call, *, claimed: float, left: float) -> bool:
    """Tell whether a ban was in force from before a claim until the mail left."""
    assert ban.heard is not None
    return ban.heard < claimed and not _lifted(evidence, ban, left)


def _lifted(evidence: Evidence, ban: Call, left: float) -> bool:
    """Tell whether a lift may have come between: after the ban was asked for, before the mail."""
    lift = LIFTS.get(ban.what)
    return any(
        call is not ban
        and call.what == lift
        and call.started < left
        and (call.heard is None or call.heard > ban.started)
        and call.tries > 0
        and call.about.get("person") == ban.about.get("person")
        and call.about.get("campaign") == ban.about.get("campaign")
        for call in evidence.story.clients.calls
    )


def _left_in_time(evidence: Evidence, message: Message, *, claimed: float, left: float) -> None:
    """I3: marketing leaves in open hours, and under a consent that has not ended."""
    before, after = allowance(evidence)
    for call in evidence.story.clients.calls:
        ends = call.about.get("expires")
        if ends is None or call.heard is None or call.about["profile"] != message.profile_id:
            continue
        if call.heard < claimed and left - ends > after and not _lifted(evidence, call, left):
            evidence.say("I3", f"{message.id} left {left - ends:.0f} s after the consent ended")
    zones, span = zones_of(evidence, message), (left - after, left + before)
    drafts = in_force(evidence, since=claimed, until=left)
    if all(closed_throughout(draft, zones, span) for draft in drafts):
        evidence.say("I3", f"{message.id} left at {left:.0f}, and it is closed in {zones or '?'}")


def allowance(evidence: Evidence) -> tuple[float, float]:
    """
    Tell by how much a clock may be ahead, and by how much behind with a call on top.

    Where all clocks are right there is no allowance: a call has its time before the hours end.
    """
    return (0.0, 0.0) if "brink" in evidence.story.needs else (MOST_SKEW, LATEST)


def zones_of(evidence: Evidence, message: Message) -> tuple[str, ...]:
    """Tell where the recipient of a message may be, by our stories; nowhere if nobody knows."""
    names = {ident: person for person, ident in evidence.story.ids.items()}
    return ZONES.get(names.get(message.profile_id or "", ""), ())


def in_force(evidence: Evidence, *, since: float, until: float) -> Sequence[Draft]:
    """Give each policy that may have been in force at some moment of a span."""
    calls = [c for c in evidence.story.clients.calls if c.what == "policy" and c.tries > 0]
    heard = [(call.started, call.heard) for call in calls if call.heard is not None]
    found: list[Draft] = [] if any(at < since for _, at in heard) else [{}]
    for call in calls:
        over = call.heard is not None and any(
            begun > call.heard and at < since for begun, at in heard
        )
        if call.started < until and not over:
            found.append(call.about["policy"])
    return found
