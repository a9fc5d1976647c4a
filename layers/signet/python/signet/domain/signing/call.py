"""What a signature may be over, and what every scheme asks of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, ClassVar
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from signet.domain import calls

Secret = Annotated[str, StringConstraints(min_length=8, max_length=512)]
Origin = Annotated[
    str, StringConstraints(pattern=r"^https?://[a-z0-9.-]{1,253}(:[0-9]{1,5})?$", max_length=270)
]
MOST_SECRETS = 2
_LONGEST_NUMBER = 16


class Forged(Exception):
    """A call is not signed by whom it should be; the reason is for the log alone."""


@dataclass(frozen=True, slots=True)
class SignedCall:
    """
    One call as it came.

    `url` is the address that the sender called, with its query; header names are in lower case;
    `body` are the very bytes.
    """

    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes
    at: datetime

    def header(self, name: str) -> str:
        """
        Give a header; those that prove something are in ASCII.

        Raises:
            Forged: It is not there, or no such text.
        """
        found = self.headers.get(name.lower(), "")
        if not found or not found.isascii():
            raise Forged("a header is missing")
        return found

    def recent(self, value: object, window: timedelta) -> None:
        """
        Let a time pass that is within a window of now, before or after.

        Raises:
            Forged: It is farther away, or no time.
        """
        if isinstance(value, str) and value.isascii() and value.isdecimal():
            value = int(value) if len(value) <= _LONGEST_NUMBER else None
        moment = calls.moment(value)
        if moment is None:
            raise Forged("the time is none")
        if abs(self.at - moment) > window:
            raise Forged("the time is too far away")

    def url_at(self, origin: str | None) -> str:
        """Give the address as it is under another origin: a proxy may hide the public one."""
        if origin is None:
            return self.url
        parts = urlsplit(self.url)
        return origin + parts.path + (f"?{parts.query}" if parts.query else "")


class Scheme(BaseModel):
    """The base of every scheme."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    keyed: ClassVar[bool] = False
    proves: ClassVar[bool] = True


class Keyed(Scheme):
    """A scheme with a shared secret; two of them while one takes the place of the other."""

    keyed: ClassVar[bool] = True

    secrets: tuple[Secret, ...] = Field(default=(), max_length=MOST_SECRETS, repr=False)

    def verify(self, call: SignedCall, keys: tuple[str, ...]) -> str | None:
        """
        Let a call pass that one of the keys signed; give the id of the delivery, if it has one.

        Raises:
            Forged: None of them did.
        """
        raise NotImplementedError
