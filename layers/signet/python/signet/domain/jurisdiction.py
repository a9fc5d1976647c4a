"""Ask law and hours about a message: on which basis, with which address, and when."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from signet.domain.consent import Consent
from signet.domain.hours import closing, next_opening, open_at
from signet.domain.law import Jurisdiction, jurisdiction, known, law
from signet.domain.message import Rule
from signet.domain.permission import Question
from signet.domain.policy import REFUSE, Hours, PolicyDraft
from signet.domain.zones import is_zone, zone_named

__all__ = ["hours_rule", "known", "legal_hours", "legal_rules", "sale_opt_out"]
SERVICE = "service message"


def legal_rules(
    version: str | None, asked: Question, consent: Consent | None, *, postal_address: str
) -> tuple[Rule, ...]:
    """
    Ask the law of the recipient's country on which basis, and with which address, we may write.

    Args:
        version: The version of the legal rules, the newest if None.
        asked: The message.
        consent: The recipient's word on its channel and topic.
        postal_address: Where the sender can be written to, empty where nobody said.

    Returns:
        The rules `basis` and `postal_address`; none for a service message.

    Raises:
        Misconfigured: The version is pinned and not there.
    """
    if asked.topic is None:
        return ()
    read = law(version).version
    where = jurisdiction(version, asked.place.country)
    told = {"country": asked.place.country, "law": where.name}
    return (
        _basis_rule(where, asked, consent).model_copy(
            update={"version": read, "inputs": told | {"basis": _basis(consent)}}
        ),
        _address_rule(where, asked, postal_address).model_copy(
            update={"version": read, "inputs": told}
        ),
    )


def legal_hours(version: str | None, asked: Question) -> tuple[Hours, ...]:
    """
    Give the closed hours that the law adds for a message; none for a service message.

    Raises:
        Misconfigured: The version is pinned and not there.
    """
    if asked.topic is None:
        return ()
    return _concerning(jurisdiction(version, asked.place.country).closed, asked)


def sale_opt_out(version: str | None, country: str) -> bool:
    """
    Tell whether an opt-out of selling and sharing has to be honoured in a country.

    Raises:
        Misconfigured: The version is pinned and not there.
    """
    return jurisdiction(version, country).sale_opt_out


def hours_rule(policy: PolicyDraft, version: str, asked: Question) -> Rule:
    """
    Ask whether a message may leave now, on the recipient's own clock.

    Args:
        policy: Whose quiet hours, send windows and word on an unknown zone count; it pins the
            legal rules whose hours are added.
        version: What the record calls the wording of the rule.
        asked: The message.

    Returns:
        The rule `hours`. A refusal with `until` passes then; one without never will.

    Raises:
        Misconfigured: The policy pins legal rules that are not there.
    """
    if asked.topic is None:
        return Rule(rule="hours", verdict="pass", reason=SERVICE, version=version)
    hours = _Asked(
        closed=_concerning(policy.quiet_hours, asked) + legal_hours(policy.jurisdictions, asked),
        windows=_concerning(policy.send_windows, asked),
        at=asked.at,
        not_after=asked.not_after,
    )
    if not hours.closed and not hours.windows:
        return Rule(rule="hours", verdict="pass", version=version)
    return _known_or_not(hours, asked.place.zones, policy.unknown_zone).model_copy(
        update={"version": version}
    )


@dataclass(frozen=True, slots=True)
class _Asked:
    """The hours that concern a message, and its moments."""

    closed: tuple[Hours, ...]
    windows: tuple[Hours, ...]
    at: datetime
    not_after: datetime | None

    def verdict(self, zones: Sequence[str]) -> Rule:
        """Say whether it is open in all zones, and until when that stands."""
        told = _clock(
            next((zone for zone in zones if not self._open(zone)), zones[0]), zones, self.at
        )
        if open_at(self.closed, self.windows, zones=zones, at=self.at):
            until = closing(self.closed, self.windows, zones=zones, at=self.at)
            return Rule(rule="hours", verdict="pass", inputs=told, until=until)
        opening = next_opening(self.closed, self.windows, zones=zones, at=self.at)
        late = opening and self.not_after and opening >= self.not_after
        if opening is None or late:
            reason = "no_window_before_not_after" if late else "no_open_hour"
            return Rule(rule="hours", verdict="refuse", reason=reason, inputs=told)
        quiet = not open_at(self.closed, (), zones=zones, at=self.at)
        reason = "quiet_hours" if quiet else "outside_send_window"
        return Rule(rule="hours", verdict="refuse", reason=reason, inputs=told, until=opening)

    def _open(self, zone: str) -> bool:
        return open_at(self.closed, self.windows, zones=(zone,), at=self.at)


def _known_or_not(hours: _Asked, zones: tuple[str, ...], unknown: str) -> Rule:
    """Ask in the zones of a person, and as for anybody where those say nothing."""
    if zones and all(is_zone(zone) for zone in zones):
        found = hours.verdict(zones)
        if len(zones) == 1 or found.reason != "no_open_hour":
            return found
    if unknown == REFUSE:
        told = {"zones": str(len(zones))}
        return Rule(rule="hours", verdict="refuse", reason="zone_unknown", inputs=told)
    return hours.verdict((unknown,))


def _clock(zone: str, zones: Sequence[str], at: datetime) -> dict[str, str]:
    """Tell the time where it was decided; the number of zones stands for all their names."""
    local = at.astimezone(zone_named(zone)).isoformat(timespec="minutes")
    several = {"zones": str(len(zones))} if len(zones) > 1 else {}
    return {"zone": zone, "local": local} | several


def _concerning(hours: Sequence[Hours], asked: Question) -> tuple[Hours, ...]:
    return tuple(one for one in hours if one.concerns(asked.channel, asked.topic))


def _basis(consent: Consent | None) -> str:
    return consent.basis if consent is not None and consent.status == "granted" else ""


def _basis_rule(where: Jurisdiction, asked: Question, consent: Consent | None) -> Rule:
    basis = _basis(consent)
    if consent is None or not basis:
        return Rule(rule="basis", verdict="refuse", reason="no_basis")
    if not where.permits(basis, asked.channel):
        return Rule(rule="basis", verdict="refuse", reason=f"basis_not_permitted:{basis}")
    longest = where.longest.get(basis)
    ends = consent.at + longest if longest is not None else None
    if ends is not None and asked.at >= ends:
        return Rule(rule="basis", verdict="refuse", reason=f"basis_expired:{basis}")
    return Rule(rule="basis", verdict="pass", until=ends)


def _address_rule(where: Jurisdiction, asked: Question, postal_address: str) -> Rule:
    if asked.channel in where.postal_address and not postal_address.strip():
        return Rule(rule="postal_address", verdict="refuse", reason="no_postal_address")
    return Rule(rule="postal_address", verdict="pass")
