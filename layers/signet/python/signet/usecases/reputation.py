"""Stop a workspace that too many mails bounce or are complained about, before the provider does."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from signet.domain.gate import overrun
from signet.ports import Counters, Switch

_DAY = timedelta(days=1)
_WATCHED = ("hard_bounces", "reached:sent", "reached:delivered", "reached:complained")


def watch(
    workspaces: Iterable[str], *, at: datetime, counters: Counters, switch: Switch
) -> dict[str, str]:
    """
    Shut the gate of each workspace whose rates of two days are too bad.

    Effects: switch.
    Idempotent: a gate that is shut stays so for its first reason.

    Returns:
        Why each workspace was stopped that was.
    """
    stopped: dict[str, str] = {}
    for workspace in workspaces:
        forgiven = switch.forgiven(workspace)
        found = seen(workspace, at=at, counters=counters)
        reason = overrun(_total(found, forgiven))
        if reason:
            switch.stop(workspace, reason, at=at)
            stopped[workspace] = reason
    return stopped


def seen(workspace: str, *, at: datetime, counters: Counters) -> dict[str, int]:
    """Give the watched counters of yesterday and today, by day and name."""
    scopes = [f"day:{(at - _DAY).date()}", f"day:{at.date()}"]
    return {
        f"{scope}:{name}": amount
        for scope, found in counters.read(workspace, scopes).items()
        for name, amount in found.items()
        if name in _WATCHED
    }


def _total(found: Mapping[str, int], forgiven: Mapping[str, int]) -> dict[str, int]:
    total: dict[str, int] = {}
    for key, amount in found.items():
        name = key.split(":", 2)[2]
        total[name] = total.get(name, 0) + amount - forgiven.get(key, 0)
    return total
