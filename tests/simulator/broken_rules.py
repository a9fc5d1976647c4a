"""Rules that do not rule, for the mutants; each gets the real one and replaces it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

Make = Callable[[Any], Any]


def without(*names: str) -> Make:
    """Ask all rules but some."""

    def make(real: Any) -> Any:
        return lambda *given: tuple(rule for rule in real(*given) if rule.rule not in names)

    return make


def in_zones(choose: Callable[[tuple[str, ...]], tuple[str, ...]]) -> Make:
    """Read the hours off other clocks than those of the recipient."""

    def make(real: Any) -> Any:
        return lambda hours, zones, unknown: real(hours, choose(zones), unknown)

    return make


def early(real: Any) -> Any:
    """Find an opening half an hour before it is there."""

    def opening(*given: Any, at: Any, **named: Any) -> Any:
        found = real(*given, at=at, **named)
        return found and max(found - timedelta(minutes=30), at)

    return opening


def never_due(real: Any) -> Any:
    """Hold a message that was refused, and look at it no more."""

    def verdict(*given: Any, **named: Any) -> Any:
        found = real(*given, **named)
        return replace(found, due_at=None) if found.status == "held" else found

    return verdict


def deaf_to(scope: str) -> Make:
    """Hear of no suppression that reaches so far."""

    def make(real: Any) -> Any:
        return lambda self, *given, **named: self.scope != scope and real(self, *given, **named)

    return make


def as_spelled(real: Any) -> Any:
    """Look an address up as it is spelled on the mail, and in no other form."""
    return lambda ready: _knowing(real(ready), mailbox="")


def alone(real: Any) -> Any:
    """Look no other address of the same person up."""
    return lambda ready: _knowing(real(ready), also=())


def _knowing(mail: Any, **less: Any) -> Any:
    return replace(mail, handles=replace(mail.handles, **less))


def stale_policy(real: Any) -> Any:
    """Read the policy once per container."""

    def look(self: Any, workspace: str, campaign_ids: Any) -> Any:
        gate = real(self, workspace, campaign_ids)
        known = self.__dict__.setdefault("_policies", {})
        return replace(gate, policy=known.setdefault(workspace, gate.policy))

    return look
