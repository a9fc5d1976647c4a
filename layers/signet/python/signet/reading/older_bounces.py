"""
Bounces from before there was a form for them, from those who report.

Exim names in a header who did not get the mail. The others have paragraphs that begin with
`<address>:`, above a line of hyphens and a copy of the original, or beside it as a part.
"""

import re
from email.message import EmailMessage

from signet.domain.address import is_mailbox
from signet.errors import Rejected
from signet.reading import mail as mails
from signet.reading.report_fields import (
    MOST_RECIPIENTS,
    Entry,
    Returned,
    fields_of,
    ids_in,
    original,
    says_gone,
)
from signet.reading.reporters import is_reporter, seems_returned

_EXIM_COPY = re.compile(r"^-{4,} This is a copy of .{0,100}-{4,}$", re.MULTILINE)
_COPY = re.compile(r"^---.{0,200}$", re.MULTILINE)
_PARAGRAPH = re.compile(r"^<([^<>\s]{1,320})>:(.*?)(?=\n[ \t]*\n|\Z)", re.MULTILINE | re.DOTALL)
# Whoever still tries has returned nothing yet.
_WAITS = re.compile(r"delay|retried|not yet|warning", re.IGNORECASE)


def read_older(mail: EmailMessage) -> Returned | None:
    """
    Read a bounce that is plain text.

    Returns:
        None for a mail that is none.

    Raises:
        Rejected: It is one by its looks, and cannot be read.
    """
    if is_reporter(mail):
        found = _told(mail)
        if found is None:
            raise Rejected("the mail looks like a bounce, in no form that can be read")
        return found
    if mails.header(mail, "Auto-Submitted").lower().startswith("auto-replied"):
        return None
    if seems_returned(mail):
        raise Rejected("the mail looks like a bounce, and comes from nobody who reports")
    if mail.get_content_type() == "multipart/report":
        raise Rejected("the mail is a report that holds none")
    return None


def _told(mail: EmailMessage) -> Returned | None:
    plain = next((p for p in mails.parts(mail) if p.get_content_type() == "text/plain"), None)
    text = mails.text_of(plain).replace("\r\n", "\n") if plain is not None else ""
    failed = mails.header(mail, "X-Failed-Recipients")
    told, *copies = (_EXIM_COPY if failed else _COPY).split(text, maxsplit=1)
    said = [(one.strip(), told) for one in failed.split(",")] if failed else _said(mail, told)
    entries = tuple(
        Entry((address,), "bounced", says_gone(words), "failed")
        for address, words in said[:MOST_RECIPIENTS]
        if is_mailbox(address)
    )
    ids = ids_in(fields_of("".join(copies).strip().partition("\n\n")[0]))
    return Returned(entries, *(ids if any(ids) else original(mail))) if entries else None


def _said(mail: EmailMessage, told: str) -> list[tuple[str, str]]:
    """Give what is said of each recipient in a paragraph of its own."""
    found = [(one[1], one[2]) for one in _PARAGRAPH.finditer(told)]
    before = told.partition("\n<")[0]
    waits = _WAITS.search(mails.header(mail, "Subject")) or _WAITS.search(before)
    return [] if waits else found
