"""
What the law wants of marketing, country by country: data, one file for each version.

A version is our reading of the law on a day. A file that was released never changes, because
workspaces pin it; a new reading is a new file. Nothing here is legal advice.
"""

from datetime import timedelta
from functools import cache
from importlib import resources

from pydantic import BaseModel, ConfigDict, Field

from signet.domain.policy import Hours
from signet.errors import Misconfigured

ANY = "any"
# Where nobody looked at the law: what all of them would allow.
OTHER = "other"
CONSENT_ONLY = ("consent",)


class Jurisdiction(BaseModel):
    """
    What holds in some countries.

    Args:
        name: What decision records call it.
        countries: ISO 3166 codes.
        laws: Where it is written.
        bases: For each channel the bases on which marketing may be sent, `any` for all; consent
            alone for a channel that is not named.
        longest: How long a basis counts from the day on which it arose, where it ends.
        closed: Hours in which no marketing is sent.
        postal_address: The channels whose marketing names a postal address of the sender.
        sale_opt_out: Whether an opt-out of selling and sharing has to be honoured, a signal of
            the browser (GPC) included.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    countries: tuple[str, ...] = ()
    laws: tuple[str, ...] = Field(min_length=1)
    bases: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    longest: dict[str, timedelta] = Field(default_factory=dict)
    closed: tuple[Hours, ...] = ()
    postal_address: tuple[str, ...] = ()
    sale_opt_out: bool = True

    def permits(self, basis: str, channel: str) -> bool:
        """Tell whether marketing may be sent on a basis."""
        allowed = self.bases.get(channel, CONSENT_ONLY)
        return basis in allowed or ANY in allowed


class Law(BaseModel):
    """A version of the whole, and the day on which the law was read."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    version: str
    read_on: str
    jurisdictions: tuple[Jurisdiction, ...]


def known(version: str) -> bool:
    """Tell whether a version exists, for whoever is about to pin it."""
    return version in _files()


def versions() -> tuple[str, ...]:
    """Give all versions, the newest last."""
    return _files()


@cache
def law(version: str | None) -> Law:
    """
    Give a version, the newest if None.

    Raises:
        Misconfigured: It is pinned and not there.
    """
    name = _files()[-1] if version is None else version
    if name not in _files():
        raise Misconfigured(f"there is no version {name} of the legal rules")
    return Law.model_validate_json(resources.files(__name__).joinpath(f"{name}.json").read_bytes())


@cache
def jurisdiction(version: str | None, country: str) -> Jurisdiction:
    """
    Find what holds in a country; the strictest where it is not known.

    Raises:
        Misconfigured: The version is pinned and not there.
    """
    by_country = {code: one for one in law(version).jurisdictions for code in one.countries}
    return by_country.get(country) or next(
        one for one in law(version).jurisdictions if one.name == OTHER
    )


@cache
def _files() -> tuple[str, ...]:
    names = (file.name for file in resources.files(__name__).iterdir())
    return tuple(sorted(name.removesuffix(".json") for name in names if name.endswith(".json")))
