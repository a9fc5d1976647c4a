"""
The invariants, checked after a schedule has healed.

The checker sees only what an outsider can: the provider's inbox, the rows, the log of changes with
its times, and what the callers heard. It knows nothing of the protocol but its promise.
"""

import json
from collections import Counter
from collections.abc import Sequence
from typing import Any

from signet.domain.message import RANK, Message
from signet.domain.report import changes
from tests.simulator.bans import check_obeyed
from tests.simulator.client import Call
from tests.simulator.evidence import Evidence, Violation
from tests.simulator.origins import check_people
from tests.simulator.prepared import CAP
from tests.simulator.provider import Taken
from tests.simulator.queues import DEAD
from tests.simulator.story import Story
from tests.simulator.waits import check_waits

ENDED = frozenset(
    {"sent", "delayed", "delivered", "bounced", "complained", "skipped", "expired", "cancelled",
     "rejected", "failed", "unresolved"}
)  # fmt: skip
ACCEPTED = frozenset({"sent", "delayed", "delivered", "bounced", "complained"})
REFUSED = frozenset({"skipped", "expired", "cancelled", "rejected", "failed"})
FIRST_REFUSED = RANK["skipped"]
EARLIER = "an earlier attempt is unknown"
CALLS_AT_MOST, CALLS_PER_MESSAGE = 6_000, 1_000
# Ten minutes, less what the clocks of two containers may differ.
SHORTEST_QUIET = 300.0


def check(story: Story) -> list[Violation]:
    """Check every invariant of a story that has come to rest."""
    evidence = Evidence(story)
    _accepted_ends(evidence)
    check_people(evidence)
    _handed_over_at_most(evidence)
    check_obeyed(evidence)
    check_waits(evidence)
    _within_caps(evidence)
    _kept_apart(evidence)
    _ledger_and_inbox_agree(evidence)
    _never_back(evidence)
    if story.restored_at is None:
        _counters_agree(evidence)
    _queues_are_empty(evidence)
    _work_is_bounded(evidence)
    return evidence.violations


def _accepted_ends(evidence: Evidence) -> None:
    """I1: what a caller heard accepted is done, or laid aside where it can be seen."""
    story = evidence.story
    for place, message in evidence.messages.items():
        if message.status not in ENDED:
            evidence.say("I1", f"{place} is still {message.status}")
    heard = [call for call in story.clients.calls if call.heard is not None]
    for call in heard:
        restored = story.restored_at is not None and (call.heard or 0) <= story.restored_at
        if not restored:
            _accepted_call_ends(evidence, call)


def _accepted_call_ends(evidence: Evidence, call: Call) -> None:
    known = {m.event_key for m in evidence.messages.values()}
    for campaign, kind in (("news", "orders"), ("care", "signups"), ("flash", "flash")):
        for event_id in call.about.get(kind, ()):
            key = _event_row(evidence, call.about["workspace"], event_id)
            if key is None and not evidence.laid_aside(event_id):
                evidence.say("I1", f"event {event_id} was accepted and is nowhere")
            elif key is not None and key not in known and _runs(evidence, call, campaign):
                evidence.say("I1", f"event {event_id} made no message of {campaign}")
    if call.what == "message":
        message_id = _body(call)["id"]
        if ("main", message_id) not in evidence.messages:
            evidence.say("I1", f"message {message_id} was accepted and is nowhere")


def _runs(evidence: Evidence, call: Call, name: str) -> bool:
    """Tell whether a campaign certainly ran: nobody ever cancelled it."""
    workspace = call.about["workspace"]
    campaign_id = evidence.story.ids[f"{workspace}.{name}"]
    calls = evidence.story.clients.calls
    return not any(c.what == "cancel" and c.about["campaign"] == campaign_id for c in calls)


def _event_row(evidence: Evidence, workspace: str, event_id: str) -> str | None:
    """Give the key of a closed event, by the id that its client gave it."""
    return evidence.closed.get((workspace, event_id))


def _handed_over_at_most(evidence: Evidence) -> None:
    """I2: `once` is accepted at most once, `assured` at most twice and only as the ledger says."""
    for place, taken in evidence.inbox.items():
        message = evidence.messages.get(place)
        if message is not None:
            _as_often_as_its_class_allows(evidence, message, taken)
        elif evidence.story.restored_at is None:
            evidence.say("I2", f"{place} was handed over and has no row")
    for place, message in evidence.messages.items():
        if message.epoch > (message.message_class == "assured"):
            evidence.say("I2", f"{place} of class {message.message_class} is in {message.epoch}")
    causes = Counter((m.workspace, m.event_key, m.campaign_id) for m in evidence.messages.values())
    for cause, number in causes.items():
        if number > 1:
            evidence.say("I2", f"{cause} made {number} messages")


def _as_often_as_its_class_allows(
    evidence: Evidence, message: Message, taken: Sequence[Taken]
) -> None:
    most = 2 if message.message_class == "assured" and message.epoch > 0 else 1
    if len(taken) > most:
        evidence.say("I2", f"{message.id} of {message.message_class} left {len(taken)} times")
    elif len(taken) == most == 2:
        _repeated_with_reason(evidence, (message.workspace, message.id), taken)


def _repeated_with_reason(
    evidence: Evidence, place: tuple[str, str], taken: Sequence[Taken]
) -> None:
    """See that a repeat follows a quiet period, in which a canary was seen to arrive."""
    first, second = sorted(mail.handed for mail in taken)
    if second - first < SHORTEST_QUIET:
        evidence.say("I2", f"{place} was repeated after {second - first:.0f} s")
    world = evidence.story.world
    canaries = [t.at for t in world.provider.inbox if t.outgoing.workspace == "-"]
    if not any(first < at < second for at in canaries):
        evidence.say("I2", f"{place} was repeated without knowing that events arrive")


def _within_caps(evidence: Evidence) -> None:
    """I3: nobody gets more mails of a capped campaign than its cap allows."""
    story = evidence.story
    if "capped" in story.needs:
        had = [evidence.messages[place] for place in evidence.inbox if place in evidence.messages]
        news = Counter(m.profile_id for m in had if m.campaign_id == story.ids["main.news"])
        for person, number in news.items():
            if number > CAP["most"]:
                evidence.say("I3", f"{person} had {number} mails of a campaign with a cap")


def _kept_apart(evidence: Evidence) -> None:
    """I4: no mail goes to a person of another workspace, or says another's words."""
    for place, taken in evidence.inbox.items():
        for mail in taken:
            own, raw = f"@{place[0]}.example", mail.outgoing.raw
            others = {b"main", b"other"} - {place[0].encode()}
            foreign = any(b"@" + other + b".example" in raw for other in others)
            if not mail.outgoing.recipient.endswith(own) or foreign:
                evidence.say("I4", f"{place} went to {mail.outgoing.recipient}")


def _ledger_and_inbox_agree(evidence: Evidence) -> None:
    """I5: what the ledger calls sent was accepted; what it calls refused was not."""
    for place, message in evidence.messages.items():
        accepted = place in evidence.inbox
        if message.status in ACCEPTED and not accepted:
            evidence.say("I5", f"{place} is {message.status} and nobody took it")
        if message.status in REFUSED and accepted and EARLIER not in message.reason:
            evidence.say("I5", f"{place} is {message.status} ({message.reason}) and was taken")
        if EARLIER in message.reason and message.message_class != "assured":
            evidence.say("I5", f"{place} of class once speaks of an earlier attempt")


def _never_back(evidence: Evidence) -> None:
    """I5: from sent on, a later status never yields to an earlier one."""
    for before, after in evidence.story.world.events.changes:
        if before is None or after is None or after["sk"] != "message":
            continue
        was, now = RANK[before["status"]], RANK[after["status"]]
        if RANK["sent"] <= was < FIRST_REFUSED and now < was:
            evidence.say("I5", f"{after['id']} went from {before['status']} to {after['status']}")


def _counters_agree(evidence: Evidence) -> None:
    """I8: the counters are the fold of the ledger."""
    rows = evidence.story.world.events.rows
    for (workspace, scope), amounts in sorted(_wanted(evidence).items()):
        row = rows.get((f"{workspace}#n#{scope}", "counters"), {})
        found = {n: v for n, v in row.items() if n not in {"pk", "sk"} and v}
        if found != {n: v for n, v in amounts.items() if v}:
            evidence.say("I8", f"{workspace} {scope}: {found} instead of {dict(amounts)}")


def _wanted(evidence: Evidence) -> dict[tuple[str, str], Counter[str]]:
    """Fold the ledger as it is."""
    wanted: dict[tuple[str, str], Counter[str]] = {}
    for message in evidence.messages.values():
        scopes = ["all", f"day:{message.planned_at.date()}"]
        scopes += [f"campaign:{message.campaign_id}"] if message.campaign_id else []
        for scope in scopes:
            found = wanted.setdefault((message.workspace, scope), Counter())
            for name, amount in changes(None, message):
                found[name] += amount
    for row in evidence.story.world.events.rows.values():
        for scope in ("all", f"day:{row['occurred_at'][:10]}") if row["sk"] == "event" else ():
            wanted.setdefault((row["workspace"], scope), Counter())["events"] += 1
    return wanted


def _queues_are_empty(evidence: Evidence) -> None:
    """I9: every queue message is done, or a row that says why it is not."""
    for name, queue in evidence.story.world.queues.items():
        if queue.entries:
            kind = "dead letters" if name.endswith(DEAD) else "work"
            evidence.say("I9", f"{len(queue.entries)} messages of {kind} are left in {name}")


def _work_is_bounded(evidence: Evidence) -> None:
    """I13: faults make more work, not endless work."""
    most = CALLS_AT_MOST + CALLS_PER_MESSAGE * len(evidence.messages)
    if evidence.story.world.calls > most:
        evidence.say("I13", f"{evidence.story.world.calls} calls for {len(evidence.messages)}")


def _body(call: Call) -> Any:
    return json.loads(call.answer["body"])
