"""
Bounces and complaints that come as mails: RFC 3464, RFC 5965, and two older forms.

Only the outermost form of a mail counts. Whoever forwards a bounce, quotes one, or has a machine
answer that they are away, sends something that holds the words of a bounce and is none.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from email.message import EmailMessage
from typing import Literal

from signet.domain.address import is_mailbox
from signet.errors import Rejected
from signet.reading import mail as mails

Outcome = Literal["bounced", "delayed", "complained"]
# The header by which a mail of ours is known again; a provider may replace its Message-ID.
OUR_HEADER = "X-Message"
# The address is wrong, or its mailbox is gone; everything else may be different tomorrow.
_GONE = re.compile(r"5\.(?:1\.(?:1|2|3|6|10)|2\.1)")
_STATUS = re.compile(r"(?<![\d.])([245]\.\d{1,3}\.\d{1,3})(?![\d.])")
_BLAMES = frozenset({"abuse", "fraud", "opt-out"})
_MOST_RECIPIENTS = 50
_LONGEST_FIELD = 1_000
_QMAIL = "Hi. This is the "
_QMAIL_COPY = "--- Below this line is a copy of the message."
_EXIM_COPY = re.compile(r"^-{4,} This is a copy of .{0,100}-{4,}$", re.MULTILINE)
_QMAIL_ENTRY = re.compile(r"^<([^<>\s]+)>:\n(.+?)(?:\n\n|\Z)", re.MULTILINE | re.DOTALL)
_REPORTERS = frozenset({"mailer-daemon", "postmaster", "mail-daemon", "mdaemon"})
_SUBJECTS = re.compile(
    r"undeliver|delivery (?:status|failure|has failed)|failure notice|returned mail"
    r"|mail delivery failed|delivery incomplete|unzustellbar",
    re.IGNORECASE,
)


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


def read(mail: EmailMessage) -> Returned | None:
    """
    Read a mail that has come back, or a complaint about one.

    Returns:
        None for a mail that is neither.

    Raises:
        Rejected: It is one by its looks, and cannot be read as any.
    """
    texts = {part.get_content_type(): part for part in reversed(list(mails.parts(mail)))}
    if mail.get_content_type() == "multipart/report":
        for kind in ("text/delivery-status", "text/global-delivery-status"):
            if kind in texts:
                return _delivery_report(mail, mails.text_of(texts[kind]))
        if "text/feedback-report" in texts:
            return _complaint(mail, mails.text_of(texts["text/feedback-report"]))
        if "text/disposition-notification" in texts:
            return None
    return _older_form(mail)


def _delivery_report(mail: EmailMessage, report: str) -> Returned:
    blocks = [_fields(block) for block in re.split(r"\n[ \t]*\n", report.strip(), maxsplit=200)]
    found = [entry for block in blocks if (entry := _entry(block)) is not None]
    if not 0 < len(found) <= _MOST_RECIPIENTS:
        raise Rejected("the delivery report tells of no recipient who did not get the mail")
    return Returned(tuple(found), *_original(mail))


def _entry(fields: dict[str, str]) -> Entry | None:
    action, status = fields.get("action", "").lower(), fields.get("status", "")
    if action not in {"failed", "delayed"}:
        return None
    addresses = (_typed(fields.get(name, "")) for name in ("original-recipient", "final-recipient"))
    code = next(iter(_STATUS.findall(status)), "")
    said = fields.get("diagnostic-code", "")
    return Entry(
        addresses=tuple(dict.fromkeys(one for one in addresses if one)),
        outcome="bounced" if action == "failed" else "delayed",
        gone=action == "failed" and _is_gone(code, said),
        detail=f"{action} {code}".strip(),
    )


def _is_gone(code: str, said: str) -> bool:
    """Judge by the status; where it is a general one, by the remote end's own in its answer."""
    if code.startswith("5") and not code.endswith(".0"):
        return _GONE.fullmatch(code) is not None
    inner = _STATUS.findall(said)
    return code.startswith("5") and bool(inner) and all(_GONE.fullmatch(one) for one in inner)


def _complaint(mail: EmailMessage, report: str) -> Returned:
    fields = _fields(report)
    kind = fields.get("feedback-type", "").lower()
    if kind not in _BLAMES:
        raise Rejected(f"the feedback report is no complaint: {kind[:50] or 'it has no type'}")
    named = _typed(fields.get("original-rcpt-to", ""))
    entry = Entry((named,) if named else (), "complained", detail=f"feedback report {kind}")
    return Returned((entry,), *_original(mail))


def _older_form(mail: EmailMessage) -> Returned | None:
    if mails.header(mail, "Auto-Submitted").lower().startswith("auto-replied"):
        return None
    plain = next((p for p in mails.parts(mail) if p.get_content_type() == "text/plain"), None)
    text = mails.text_of(plain) if plain is not None else ""
    failed = mails.header(mail, "X-Failed-Recipients")
    if failed and _reports(mail):
        return _exim(failed, text)
    if text.startswith(_QMAIL) and _QMAIL_COPY in text and _reports(mail):
        return _qmail(text)
    nobody = mails.header(mail, "Return-Path") == "<>" or _reports(mail)
    if nobody and _SUBJECTS.search(mails.header(mail, "Subject")):
        raise Rejected("the mail looks like a bounce, in no form that can be read")
    if mail.get_content_type() == "multipart/report":
        raise Rejected("the mail is a report that holds none")
    return None


def _exim(failed: str, text: str) -> Returned:
    parted = _EXIM_COPY.split(text, maxsplit=1)
    copy = parted[1] if len(parted) > 1 else ""
    addresses = [one.strip() for one in failed.split(",")][:_MOST_RECIPIENTS]
    gone = _said_gone(parted[0])
    entries = tuple(Entry((a,), "bounced", gone, "failed") for a in addresses if is_mailbox(a))
    return Returned(entries, *_ids(_fields(copy.strip().partition("\n\n")[0])))


def _qmail(text: str) -> Returned:
    told, _, copy = text.partition(_QMAIL_COPY)
    entries = tuple(
        Entry((address,), "bounced", _said_gone(said), "failed")
        for address, said in _QMAIL_ENTRY.findall(told)[:_MOST_RECIPIENTS]
        if is_mailbox(address)
    )
    lines = copy.strip()
    return Returned(entries, *_ids(_fields(lines.partition("\n\n")[0])))


def _said_gone(said: str) -> bool:
    codes = _STATUS.findall(said)
    return bool(codes) and all(_GONE.fullmatch(code) for code in codes)


def _original(mail: EmailMessage) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Find the ids in the original mail, or in its headers alone, that a report carries."""
    for part in mails.parts(mail):
        inner = mails.carried(part)
        if inner is not None:
            ids = mails.message_ids(mails.header(inner, "Message-ID"))
            ours = mails.header(inner, OUR_HEADER)
            return tuple(ids), (ours,) if ours else ()
        if part.get_content_type() in {"text/rfc822-headers", "message/rfc822-headers"}:
            return _ids(_fields(mails.text_of(part)))
    return (), ()


def _ids(fields: dict[str, str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    ours = fields.get(OUR_HEADER.lower(), "")
    return tuple(mails.message_ids(fields.get("message-id", ""))), (ours,) if ours else ()


def _reports(mail: EmailMessage) -> bool:
    sender = (mails.addresses(mail, "From") or [("", mails.header(mail, "From"))])[0][1]
    return sender.strip("<>").partition("@")[0].lower() in _REPORTERS


def _fields(block: str) -> dict[str, str]:
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


def _typed(value: str) -> str:
    """Read `rfc822; address` and the bare address that some write instead."""
    address = value.rpartition(";")[2].strip().strip("<>").strip()
    return address if is_mailbox(address) else ""
