"""What reports about mails have in common: entries, and lines of `Name: value`."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from email.message import EmailMessage
from typing import Literal

from signet.domain.address import is_mailbox
from signet.reading import mail as mails

Outcome = Literal["bounced", "delayed", "complained"]
# The header by which a mail of ours is known again; a provider may replace its Message-ID.
OUR_HEADER = "X-Message"
# The address is wrong, or its mailbox is gone; everything else may be different tomorrow.
_GONE = re.compile(r"5\.(?:1\.(?:1|2|3|6|10)|2\.1)")
_STATUS = re.compile(r"(?<![\d.])([245]\.\d{1,3}\.\d{1,3})(?![\d.])")
_LONGEST_FIELD = 1_000
MOST_RECIPIENTS = 50


@dataclass(frozen=True)
class Entry:
    """What became of the mail to one recipient: their addresses as given, and what was said."""

    addresses: tuple[str, ...]
    outcome: Outcome
    gone: bool = False
    detail: str = ""


@dataclass(frozen=True)
class Returned:
    """A bounce or a complaint: its entries, and the ids by which the original may be known."""

    entries: tuple[Entry, ...]
    message_ids: tuple[str, ...]
    our_ids: tuple[str, ...]


def codes_in(said: str) -> list[str]:
    """Give the enhanced status codes in a text."""
    found: list[str] = _STATUS.findall(said)
    return found


def says_gone(said: str) -> bool:
    """Tell whether all codes in a text say that an address or its mailbox is not there any more."""
    codes = codes_in(said)
    return bool(codes) and all(_GONE.fullmatch(code) for code in codes)


def ids_in(fields: dict[str, str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Find the ids of the original mail among its headers."""
    ours = fields.get(OUR_HEADER.lower(), "")
    return tuple(mails.message_ids(fields.get("message-id", ""))), (ours,) if ours else ()


def original(mail: EmailMessage) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Find the ids in the original mail, or in its headers alone, that a report carries."""
    for part in mails.parts(mail):
        inner = mails.carried(part)
        if inner is not None:
            ids = mails.message_ids(mails.header(inner, "Message-ID"))
            ours = mails.header(inner, OUR_HEADER)
            return tuple(ids), (ours,) if ours else ()
        if part.get_content_type() in {"text/rfc822-headers", "message/rfc822-headers"}:
            return ids_in(fields_of(mails.text_of(part)))
    return (), ()


def fields_of(block: str) -> dict[str, str]:
    """Read `Name: value` lines, folded ones too; the first of a name stands."""
    found: dict[str, str] = {}
    for name, value in _pairs(block.splitlines()[:500]):
        found.setdefault(name, value)
    return found


def _pairs(lines: Sequence[str]) -> Iterator[tuple[str, str]]:
    name, value = "", ""
    for line in [*lines, ":"]:
        if line[:1] in {" ", "\t"}:
            value = f"{value} {line.strip()}"[:_LONGEST_FIELD]
            continue
        if name:
            yield name, value
        before, _, after = line.partition(":")
        name, value = before.strip().lower(), after.strip()[:_LONGEST_FIELD]


def typed(value: str) -> str:
    """Read `rfc822; address` and the bare address that some write instead."""
    address = value.rpartition(";")[2].strip().strip("<>").strip()
    return address if is_mailbox(address) else ""
