"""A mail from outside, read within bounds."""

import re
from collections.abc import Iterator
from email import policy
from email.headerregistry import AddressHeader
from email.message import EmailMessage
from email.parser import BytesParser

from signet.errors import Rejected
from signet.reading import bounds

LARGEST_TEXT_BYTES = 262_144

# Kinds whose content the parser would take apart block by block, each into a message of its own.
_REPORTS = re.compile(
    rb"(message)(/)(?=(?:global-)?(?:delivery-status|disposition-notification)|feedback-report)",
    re.IGNORECASE,
)
_MESSAGE_ID = re.compile(r"<[^<>\s]{1,500}>")
# Text encodings that take far longer than their length, or are none.
_ODD_CHARSETS = frozenset({"idna", "punycode", "unicode_escape", "raw_unicode_escape", "utf-7"})
# What the library's parser raises over some malformed headers.
UNREADABLE = (
    AttributeError, LookupError, TypeError, ValueError, AssertionError, RecursionError,
    NotImplementedError,
)  # fmt: skip


def parse(raw: bytes) -> EmailMessage:
    """
    Read a mail.

    Raises:
        TooLarge: It is larger than ten megabytes.
        Rejected: It has too many lines, parts or levels, headers too long, or cannot be read.
    """
    plain = bounds.within(raw)
    try:
        mail = BytesParser(EmailMessage, policy=policy.default).parsebytes(_as_text(plain))
        _demand_flat(mail)
    except UNREADABLE as error:
        raise Rejected(f"the mail cannot be read: {type(error).__name__}") from error
    if not mail.keys():
        raise Rejected("the mail has no headers")
    return mail


def header(mail: EmailMessage, name: str) -> str:
    """Give a header in one line, the first of its name; empty where there is none."""
    raw = next((str(value) for key, value in mail.raw_items() if key.lower() == name.lower()), "")
    if not raw or len(raw) > bounds.LONGEST_HEADER:
        return ""
    try:
        return " ".join(str(mail[name]).split())
    except UNREADABLE:
        return ""


def addresses(mail: EmailMessage, name: str) -> list[tuple[str, str]]:
    """Give display name and address of each mailbox of a header; none where it is malformed."""
    if not header(mail, name):
        return []
    try:
        found = mail[name]
        if isinstance(found, AddressHeader):
            return [(one.display_name, one.addr_spec) for one in found.addresses]
    except UNREADABLE:
        pass
    return []


def message_ids(value: str, *, most: int = 50) -> list[str]:
    """Give the message ids in a header, in order and once each."""
    return list(dict.fromkeys(_MESSAGE_ID.findall(value)))[:most]


def text_of(part: EmailMessage) -> str:
    """Give the text of a part in whatever encoding it is, at most a quarter of a megabyte."""
    try:
        content = part.get_payload(decode=True)
        charset = (part.get_content_charset() or "utf-8").lower().replace("-", "_")
    except UNREADABLE:
        return ""
    if not isinstance(content, bytes):
        return ""
    kept = content[:LARGEST_TEXT_BYTES]
    odd = {name.replace("-", "_") for name in _ODD_CHARSETS}
    try:
        return kept.decode("utf-8" if charset in odd else charset, "replace")
    except (LookupError, ValueError):
        return kept.decode("utf-8", "replace")


def parts(mail: EmailMessage) -> Iterator[EmailMessage]:
    """Give every part that holds no others, in order; what a carried mail holds is its own."""
    waiting = [mail]
    while waiting:
        part = waiting.pop(0)
        kind = part.get_content_maintype()
        inner = part.get_payload()
        if kind == "multipart" and isinstance(inner, list):
            waiting[:0] = [one for one in inner if isinstance(one, EmailMessage)]
        else:
            yield part


def carried(part: EmailMessage) -> EmailMessage | None:
    """Give the mail that a part carries, or None."""
    inner = part.get_payload()
    if part.get_content_maintype() != "message" or not isinstance(inner, list) or not inner:
        return None
    return inner[0] if isinstance(inner[0], EmailMessage) else None


def _as_text(plain: bytes) -> bytes:
    """Let the parser see reports as texts, which they are; the headers alone are changed."""
    return bounds.CONTENT.sub(lambda found: _REPORTS.sub(rb"text\2", found[0]), plain)


def _demand_flat(mail: EmailMessage) -> None:
    waiting, count = [(mail, 1)], 0
    while waiting:
        part, depth = waiting.pop()
        count += 1
        if count > bounds.MOST_PARTS or depth > bounds.DEEPEST:
            raise Rejected(
                f"the mail has more than {bounds.MOST_PARTS} parts or {bounds.DEEPEST} levels"
            )
        inner = part.get_payload()
        if isinstance(inner, list):
            waiting += [(one, depth + 1) for one in inner if isinstance(one, EmailMessage)]
