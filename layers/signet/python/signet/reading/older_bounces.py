"""Bounces from before there was a form for them: the texts of qmail and of Exim."""

import re
from email.message import EmailMessage

from signet.domain.address import is_mailbox
from signet.errors import Rejected
from signet.reading import mail as mails
from signet.reading.report_fields import Entry, Returned, fields_of, ids_in, says_gone

_MOST_RECIPIENTS = 50
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


def read_older(mail: EmailMessage) -> Returned | None:
    """
    Read a bounce that is plain text.

    Returns:
        None for a mail that is none.

    Raises:
        Rejected: It is one by its looks, and cannot be read.
    """
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
    gone = says_gone(parted[0])
    entries = tuple(Entry((a,), "bounced", gone, "failed") for a in addresses if is_mailbox(a))
    return Returned(entries, *ids_in(fields_of(copy.strip().partition("\n\n")[0])))


def _qmail(text: str) -> Returned:
    told, _, copy = text.partition(_QMAIL_COPY)
    entries = tuple(
        Entry((address,), "bounced", says_gone(said), "failed")
        for address, said in _QMAIL_ENTRY.findall(told)[:_MOST_RECIPIENTS]
        if is_mailbox(address)
    )
    lines = copy.strip()
    return Returned(entries, *ids_in(fields_of(lines.partition("\n\n")[0])))


def _reports(mail: EmailMessage) -> bool:
    sender = (mails.addresses(mail, "From") or [("", mails.header(mail, "From"))])[0][1]
    return sender.strip("<>").partition("@")[0].lower() in _REPORTERS
