"""Time zones by their names in the time zone database, of the machine or of the tzdata package."""

from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

# What some machines have beside the zones: their own setting, a placeholder, and copies of which
# one counts leap seconds.
_NO_ZONES = frozenset({"localtime", "posixrules", "Factory"})
_COPIES = ("posix/", "right/")


def is_zone(name: str) -> bool:
    """Tell whether the time zone database has a zone of this name, written like this."""
    if name in _NO_ZONES or name.startswith(_COPIES):
        return False
    try:
        zone_named(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


@lru_cache(maxsize=1024)
def zone_named(name: str) -> ZoneInfo:
    """
    Give the rules of a zone's clock.

    Raises:
        ZoneInfoNotFoundError: There is no such zone.
    """
    return ZoneInfo(name)
