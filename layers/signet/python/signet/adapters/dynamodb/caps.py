"""
What counts against frequency caps, on DynamoDB: one row per person, beside their consents.

The row has, by campaign, channel and topic, the messages that took a place with their moments,
and how long they are to be remembered: as long as the longest window of the caps that they asked.
So it is one kilobyte up to about twenty messages, and never more than the caps themselves can
count. Where people who never engage are to be left in peace, it also counts what they got since
they were last heard of.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from signet.adapters.dynamodb import keys
from signet.domain.cap import Cap, Use, exceeded
from signet.errors import Transient
from signet.ports import Reservation, Unanswered
from signet.ports.store import NEW, Equal, Item, Store, Update, UpTo

SORT = "caps"
MICROSECOND = timedelta(microseconds=1)
# Whoever else writes the row is another message to the same person in the same moment.
_ATTEMPTS = 10
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# A message that comes again is counted once, as long as so many others have not come since.
_LAST = 8
_SILENCE = ("unanswered", "since", "last")
# Of each group: places by message, in microseconds since 1970, and seconds to remember them.
Uses = dict[str, dict[str, Any]]


class DynamoCaps:
    """The places under caps; each is taken under a message's id, so that a repeat takes no more."""

    def __init__(self, table: Store) -> None:
        self._table = table

    def reserve(
        self, workspace: str, everyone: Sequence[str], wanted: Reservation
    ) -> Cap | Unanswered | None:
        """Take a place under every cap, or give the cap that leaves none, or the silence."""
        pk, *others = (keys.profile(workspace, profile_id) for profile_id in everyone)
        # Nobody writes the rows of profiles that were merged away: one read of them is enough.
        elsewhere = self._elsewhere(others, wanted)
        for _ in range(_ATTEMPTS):
            row = self._table.get((pk, SORT)) or {}
            silence = _silence(row, wanted)
            if (unanswered := _given_up(silence, wanted)) is not None:
                return unanswered
            uses = _remembered(row.get("uses", {}), wanted)
            known = (*_places(uses), *elsewhere)
            full = exceeded(wanted.caps, known, wanted.use, now=wanted.at)
            if full is not None:
                return full
            _take(uses, wanted)
            revision = row.get("revision", 0)
            new = {"pk": pk, "sk": SORT, "revision": revision + 1, "uses": uses}
            new |= _counted(silence, wanted)
            if self._table.put(new, condition=Equal("revision", revision) if row else NEW):
                return None
        raise Transient(f"the caps of a person were written {_ATTEMPTS} times meanwhile")

    def _elsewhere(
        self, others: Sequence[str], wanted: Reservation
    ) -> tuple[tuple[Use, datetime], ...]:
        """Give what the person got under other profiles, before these became one with them."""
        rows = self._table.get_many([(pk, SORT) for pk in others]) if others else {}
        return tuple(
            place
            for row in rows.values()
            for place in _places(_remembered(row.get("uses", {}), wanted))
        )

    def broken(self, workspace: str, profile_id: str, *, at: datetime) -> bool:
        """Forget a silence that began before this moment; False where there is none."""
        began_before = UpTo("since", keys.stamp(at))
        change = Update(removes=_SILENCE, adds={"revision": 1}, condition=began_before)
        return self._table.update((keys.profile(workspace, profile_id), SORT), change)


def _silence(row: Item, wanted: Reservation) -> Item:
    """Give what the row says of a silence, unless the person was heard of since it began."""
    kept = {name: row[name] for name in _SILENCE if name in row}
    heard = wanted.heard_at is not None and kept.get("since", "") < keys.stamp(wanted.heard_at)
    return {} if heard else kept


def _given_up(silence: Item, wanted: Reservation) -> Unanswered | None:
    """Tell of a silence that is longer, and of more messages, than the policy bears."""
    if wanted.sunset is None or not silence or wanted.message_id in silence["last"]:
        return None
    since, many = keys.moment(silence["since"]), silence["unanswered"]
    over = many >= wanted.sunset.messages and wanted.at - since >= wanted.sunset.after
    return Unanswered(many, since) if over else None


def _counted(silence: Item, wanted: Reservation) -> Item:
    """Count one more message without an answer; without such a policy nothing is counted."""
    if wanted.sunset is None or wanted.message_id in silence.get("last", ()):
        return silence
    return {
        "unanswered": silence.get("unanswered", 0) + 1,
        "since": silence.get("since", keys.stamp(wanted.at)),
        "last": [*silence.get("last", ()), wanted.message_id][-_LAST:],
    }


def _remembered(kept: Item, wanted: Reservation) -> Uses:
    """Give the places of other messages that some window may still hold."""
    found = {}
    for group, known in kept.items():
        oldest = _stamp(wanted.at - timedelta(seconds=known["for"]))
        places = {
            message_id: at
            for message_id, at in known["at"].items()
            if at >= oldest and message_id != wanted.message_id
        }
        if places:
            found[group] = {"for": known["for"], "at": places}
    return found


def _places(uses: Uses) -> Iterator[tuple[Use, datetime]]:
    for group, known in uses.items():
        use = _use(group)
        yield from ((use, _EPOCH + at * MICROSECOND) for at in known["at"].values())


def _take(uses: Uses, wanted: Reservation) -> None:
    if not wanted.caps:
        return
    kept = uses.setdefault(_group(wanted.use), {"for": 0, "at": {}})
    longest = max(cap.within for cap in wanted.caps)
    kept["for"] = max(kept["for"], int(longest.total_seconds()) + 1)
    kept["at"][wanted.message_id] = _stamp(wanted.at)


def _group(use: Use) -> str:
    return keys.join(use.campaign_id, use.channel or "", use.topic or "")


def _use(group: str) -> Use:
    """Read a group; older rows have campaigns alone, of which the rest is not known."""
    campaign_id, *more = keys.split(group)
    return Use(campaign_id, *more) if more else Use(campaign_id, channel=None, topic=None)


def _stamp(at: datetime) -> int:
    return (at - _EPOCH) // MICROSECOND
