"""
Time zones by their names, as the locked version of the time zone database has them.

A machine's own database is not asked: it may be missing or years old, and the same hours would be
open on one machine and closed on another.
"""

from functools import cache, lru_cache
from importlib import resources
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

# A placeholder for machines that nobody has set up.
_NO_ZONES = frozenset({"Factory"})


def is_zone(name: str) -> bool:
    """Tell whether the time zone database has a zone of this name, written like this."""
    return name in zone_names()


@cache
def zone_names() -> frozenset[str]:
    """Give the names of all zones, those that are kept for old times' sake included."""
    listed = resources.files("tzdata").joinpath("zones").read_text("utf-8")
    return frozenset(listed.split()) - _NO_ZONES


@lru_cache(maxsize=1024)
def zone_named(name: str) -> ZoneInfo:
    """
    Give the rules of a zone's clock.

    Raises:
        ZoneInfoNotFoundError: There is no such zone.
    """
    if not is_zone(name):
        raise ZoneInfoNotFoundError(f"there is no time zone {name}")
    with resources.files("tzdata").joinpath("zoneinfo", *name.split("/")).open("rb") as rules:
        return ZoneInfo.from_file(rules, key=name)
