"""
Every error of ours, classified by what the caller should do next.

SignetError
├── Rejected        the caller is wrong; correct the input
│   ├── TooLarge    the caller sent too much at once
│   └── Denied      the caller may not do this
├── Missing         there is no such thing, or not for this caller
├── Conflict        somebody else was first; read again and decide
│   └── Duplicate   it has been done already; nothing is left to do
├── Transient       try again later, unchanged
│   ├── Contended   others write the same now; try again at once
│   └── Throttled   try again later, and more slowly
├── Permanent       do not try again
│   └── Poison      this input can never be handled
├── InDoubt         it may or may not have happened; never repeat blindly
└── Misconfigured   wake someone
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self


@dataclass(frozen=True, slots=True)
class FieldError:
    """Name one field and what is wrong with it."""

    field: str
    message: str


class SignetError(Exception):
    """The root of every error this project raises on purpose."""


class Rejected(SignetError):
    """
    The caller's input is wrong.

    Args:
        message: What is wrong, in one sentence.
        fields: The fields at fault, if any can be named.
    """

    def __init__(self, message: str, fields: Sequence[FieldError] = ()) -> None:
        super().__init__(message)
        self.message = message
        self.fields = tuple(fields)

    @classmethod
    def field(cls, name: str, message: str) -> Self:
        """Reject one field by its name."""
        return cls(f"{name}: {message}", (FieldError(name, message),))


class TooLarge(Rejected):
    """The input is larger than the documented limit."""


class Denied(Rejected):
    """The caller is known and may not do this."""


class Missing(SignetError):
    """There is no such thing in the caller's workspace."""


class Conflict(SignetError):
    """Somebody else changed it first."""


class Duplicate(Conflict):
    """It has been done already."""


class Transient(SignetError):
    """It may work later, unchanged."""


class Contended(Transient):
    """Others write the same rows at this moment, and nothing was written: it can be done anew."""


class Throttled(Transient):
    """It was refused for coming too fast; nothing was done."""


class Permanent(SignetError):
    """It will never work."""


class Poison(Permanent):
    """The input cannot be understood; it goes to the dead letters at first sight."""


class InDoubt(SignetError):
    """The answer was lost: it may or may not have happened."""


class Misconfigured(SignetError):
    """The deployment lacks something that only an operator can give."""
