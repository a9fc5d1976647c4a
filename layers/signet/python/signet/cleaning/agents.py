"""Devices and programs by the user agent that they sent."""

from functools import lru_cache
from typing import Literal

from pydantic import BaseModel, ConfigDict

Device = Literal["phone", "tablet", "computer", "robot", "program", "other"]
LONGEST = 1024
_COMPUTERS = frozenset({"Windows", "Mac OS X", "Linux", "Ubuntu", "Chrome OS", "Fedora", "Debian"})
# Libraries that programs use to fetch pages; nobody sits before them.
_PROGRAMS = ("curl", "wget", "python", "okhttp", "go-http", "java/", "apache-http", "axios", "node")


class Agent(BaseModel):
    """What a user agent says of itself; each part is None where it says nothing."""

    model_config = ConfigDict(frozen=True)

    device: Device
    model: str | None = None
    brand: str | None = None
    system: str | None = None
    client: str | None = None
    client_version: str | None = None


@lru_cache(maxsize=2048)
def read(user_agent: str) -> Agent | None:
    """Read a user agent; an empty one, or one longer than any browser's, says nothing."""
    if not user_agent.strip() or len(user_agent) > LONGEST:
        return None
    import ua_parser  # noqa: PLC0415 - hundreds of expressions

    found = ua_parser.parse(user_agent)
    client, system, device = found.user_agent, found.os, found.device
    kind = _kind(user_agent, device.family if device else "", system.family if system else "")
    thing = device if kind not in {"robot", "program"} else None
    version = None if client is None else ".".join(filter(None, (client.major, client.minor)))
    return Agent(
        device=kind,
        model=thing.model if thing else None,
        brand=thing.brand if thing else None,
        system=system.family if system else None,
        client=client.family if client else None,
        client_version=version or None,
    )


def _kind(user_agent: str, family: str, system: str) -> Device:
    if family == "Spider":
        return "robot"
    if user_agent.lower().startswith(_PROGRAMS):
        return "program"
    if family in {"iPad", "Kindle"} or "Tablet" in user_agent:
        return "tablet"
    if system == "Android":
        return "phone" if "Mobile" in user_agent else "tablet"
    if system in {"iOS", "Windows Phone"}:
        return "phone"
    return "computer" if system in _COMPUTERS else "other"
