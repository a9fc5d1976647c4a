"""Suppressions on DynamoDB: one item per address, which also counts its bounces and complaints."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from signet.adapters.dynamodb import keys
from signet.adapters.dynamodb.paging import after, gathered, place, position
from signet.domain.suppression import REASONS, Strike, Suppression, Which
from signet.errors import Transient
from signet.ports import Page
from signet.ports.people import ANY, Tally
from signet.ports.store import Absent, Condition, Equal, Every, Key, Store, Update, Value

SUPPRESSED = "suppression"
# One attribute for each channel, scope, topic and reason; older rows have one for each reason, or
# topic and reason.
_NAMED = "s:"
_PREFIXES = (_NAMED, "r:", "t:")
_STRIKES = "n:"
_ATTEMPTS = 5


class SuppressionRows:
    """The suppressions, of which nothing but a handle tells whose they are."""

    def __init__(self, table: Store) -> None:
        self._table = table

    def suppress(self, workspace: str, suppression: Suppression, *, renew: bool = False) -> None:
        """
        Suppress an address for a reason and a scope.

        Doing it twice for the same ones keeps the first, or with `renew` the moment of the last.

        Raises:
            Transient: Others wrote the same again and again.
        """
        where, name = suppressed(workspace, suppression.handle), _name(suppression)
        sets: dict[str, Value] = {"handle": suppression.handle, name: _value(suppression)}
        if self._table.update(where, Update(sets=sets, condition=Absent(name))) or not renew:
            return
        for _ in range(_ATTEMPTS):
            standing = (self._table.get(where) or {}).get(name)
            if standing is not None and datetime.fromisoformat(standing["at"]) >= suppression.at:
                return
            unmoved = Absent(name) if standing is None else Equal((name, "at"), standing["at"])
            if self._table.update(where, Update(sets=sets, condition=unmoved)):
                return
        raise Transient(f"the same suppression was written {_ATTEMPTS} times meanwhile")

    def release(self, workspace: str, handle: str, which: Which = ANY) -> tuple[Suppression, ...]:
        """
        Lift those suppressions of an address that are meant, and give them.

        What led to them counts no more. What is written meanwhile stays.

        Raises:
            Transient: Others wrote the same again and again.
        """
        where = suppressed(workspace, handle)
        for _ in range(_ATTEMPTS):
            item = self._table.get(where) or {}
            meant = {name: one for name, one in _named(item) if which.takes(one)}
            if not meant:
                return ()
            reasons = {one.reason for one in meant.values()}
            counted = [_STRIKES + what for what, reason in REASONS.items() if reason in reasons]
            unmoved = Every(tuple(Equal((name, "at"), item[name]["at"]) for name in meant))
            # The row stays, be it empty: to delete it would also take what nobody has read.
            if self._table.update(where, Update(removes=(*meant, *counted), condition=unmoved)):
                return tuple(meant.values())
        raise Transient(f"the same suppressions were written {_ATTEMPTS} times meanwhile")

    def standing(self, workspace: str, *handles: str) -> tuple[Suppression, ...]:
        """Read the suppressions of addresses, consistently, in one call."""
        places = [suppressed(workspace, handle) for handle in handles]
        rows = self._table.get_many(places)
        return tuple(one for where in places for one in suppressions(rows.get(where, {})))

    def count(self, workspace: str, handle: str, tally: Tally) -> None:
        """
        Count a strike against an address, and suppress it where that makes too many.

        Raises:
            Transient: Others counted again and again.
        """
        where, name = suppressed(workspace, handle), _STRIKES + tally.occasion
        for _ in range(_ATTEMPTS):
            item = self._table.get(where) or {}
            strikes = _strikes(item, name)
            if tally.strike.message_id not in {known.message_id for known in strikes}:
                strikes = sorted((*strikes, tally.strike), key=lambda known: known.at)
            sets = _counted(item, name, strikes[-tally.most :]) | {
                _name(one): _value(one) for one in tally.then(strikes) if _name(one) not in item
            }
            if not sets:
                return
            unmoved: Condition = Equal(name, item[name]) if name in item else Absent(name)
            change = Update(sets={"handle": handle, **sets}, condition=unmoved)
            if self._table.update(where, change):
                return
        raise Transient(f"the same address was counted {_ATTEMPTS} times meanwhile")

    def suppressions(self, workspace: str, *, limit: int, position: str | None) -> Page:
        """List the suppressions of a workspace by reading on through the table."""
        return self._page(workspace, limit, after(position) or {})

    def _page(self, workspace: str, limit: int, start: dict[str, Any]) -> Page:
        prefix = keys.suppression(workspace, "")
        found = self._rest(start)
        start.pop("name", None)
        page = gathered(self._table, (prefix, SUPPRESSED), limit=limit, start=start or None)
        found += [(item, *one) for item in page.items for one in _named(item)]
        shown = tuple(one for _, _, one in found[:limit])
        if len(found) <= limit:
            return Page(shown, position(page.last))
        # An address may have several suppressions, and the page may end between two of them.
        item, name, _ = found[limit - 1]
        return Page(shown, position(place((item["pk"], SUPPRESSED)) | {"name": name}))

    def _rest(self, start: dict[str, Any]) -> list[tuple[dict[str, Any], str, Suppression]]:
        """Give what is left of the address in whose middle the last page ended."""
        if "name" not in start:
            return []
        item = self._table.get((start["pk"], start["sk"])) or {}
        return [(item, name, one) for name, one in _named(item) if name > start["name"]]


def suppressed(workspace: str, handle: str) -> Key:
    """Give the key of an address' row."""
    return keys.suppression(workspace, handle), SUPPRESSED


def suppressions(item: Mapping[str, Any]) -> tuple[Suppression, ...]:
    """Read the row of an address: one suppression per channel, scope, topic and reason."""
    return tuple(one for _, one in _named(item))


def _named(item: Mapping[str, Any]) -> list[tuple[str, Suppression]]:
    return [
        (name, Suppression(handle=item["handle"], **value))
        for name, value in sorted(item.items())
        if name.startswith(_PREFIXES)
    ]


def _name(found: Suppression) -> str:
    # Only the reason, which comes last, may have a colon.
    return f"{_NAMED}{found.channel}:{found.scope}:{found.topic or ''}:{found.reason}"


def _value(found: Suppression) -> dict[str, Any]:
    return found.model_dump(mode="json", exclude={"handle"})


def _strikes(item: Mapping[str, Any], name: str) -> list[Strike]:
    parts = (written.split(" ", 1) for written in item.get(name, ()))
    return [Strike(message_id=mid, at=datetime.fromisoformat(at + "+00:00")) for at, mid in parts]


def _counted(item: Mapping[str, Any], name: str, strikes: Sequence[Strike]) -> dict[str, Any]:
    written = [f"{keys.stamp(strike.at)} {strike.message_id}" for strike in strikes]
    return {} if written == item.get(name) else {name: written}
