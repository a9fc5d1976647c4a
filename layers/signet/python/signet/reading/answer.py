"""What a person wrote in a mail, without what they quote and what machines add."""

import re
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import DateHeader
from email.message import EmailMessage

from signet.reading import mail as mails

LONGEST_TEXT = 50_000
# Quotes are looked for in so much of a text, and without long runs of blanks: the patterns take
# minutes over fifty thousand letters that were chosen against them. A new answer stands on top.
SEARCHED = 5_000
_BLANK_LINES = re.compile(r"\n(?:[ \t]*\n){2,}")
_BLANKS = re.compile(r"[ \t\u00a0]{20,}")
_LANGUAGES = ("en", "de", "cs", "da", "es", "fr", "it", "ja", "ko", "nl", "pl", "sv", "zh")
_MOST_NAMED = 20
_DMARC = re.compile(r"\bdmarc=([a-z]{1,20})\b", re.IGNORECASE)
_VERDICTS = ("X-SES-Spam-Verdict", "X-SES-Virus-Verdict")


@dataclass(frozen=True)
class Answer:
    """
    One mail as a person's word.

    `text` is what is new in it; `html` is given instead where there is no plain text. `answers`
    are the message ids that it refers to, the nearest first. `automatic` mails were written by
    a machine: absence notes, newsletters, read receipts.
    """

    sender: str
    name: str
    subject: str
    text: str
    html: str
    answers: tuple[str, ...]
    automatic: bool
    written_at: datetime | None
    message_id: str
    to: tuple[str, ...]
    attachments: tuple[str, ...]
    verdicts: dict[str, str]


def read(mail: EmailMessage) -> Answer:
    """Read a mail that has been parsed; what is missing or malformed in it is empty."""
    sender = mails.addresses(mail, "From") or mails.addresses(mail, "Sender")
    plain, html = _bodies(mail)
    name, address = sender[0] if len(sender) == 1 else ("", "")
    nearest = mails.message_ids(mails.header(mail, "In-Reply-To"))
    older = reversed(mails.message_ids(mails.header(mail, "References")))
    return Answer(
        sender=address,
        name=name,
        subject=mails.header(mail, "Subject"),
        text=unquoted(plain),
        html="" if plain.strip() else html,
        answers=tuple(dict.fromkeys([*nearest, *older])),
        automatic=is_automatic(mail),
        written_at=_date(mail),
        message_id=next(iter(mails.message_ids(mails.header(mail, "Message-ID"))), ""),
        to=tuple(address for _, address in mails.addresses(mail, "To")[:_MOST_NAMED]),
        attachments=tuple(_attachments(mail)),
        verdicts=verdicts(mail),
    )


def is_automatic(mail: EmailMessage) -> bool:
    """Tell whether a machine wrote the mail, by the headers that such machines set."""
    submitted = mails.header(mail, "Auto-Submitted").lower().partition(";")[0].strip()
    return (
        submitted not in {"", "no"}
        or mails.header(mail, "Precedence").lower() in {"bulk", "junk", "list", "auto_reply"}
        or mails.header(mail, "Return-Path") == "<>"
        or any(mails.header(mail, name) for name in ("List-Id", "List-Unsubscribe", "X-Autoreply"))
        or mail.get_content_type() == "multipart/report"
    )


def unquoted(text: str) -> str:
    """Give a text without quoted mails and signature; the whole where nothing would be left."""
    whole = text[:LONGEST_TEXT].replace("\r\n", "\n").strip()
    whole = _BLANKS.sub(" ", _BLANK_LINES.sub("\n\n", whole))
    if not whole:
        return ""
    # 57 ms that only a stage that reads mail should pay.
    from mailparser_reply import EmailReplyParser  # noqa: PLC0415

    searched = whole[:SEARCHED]
    found = EmailReplyParser(languages=list(_LANGUAGES)).parse_reply(searched)
    new = (found or "").strip()
    # What goes on to the end of the search goes on behind it.
    unfinished = len(whole) > SEARCHED and searched.strip().endswith(new)
    return whole if not new or unfinished else new


def _bodies(mail: EmailMessage) -> tuple[str, str]:
    found = {"text/plain": "", "text/html": ""}
    for part in mails.parts(mail):
        kind = part.get_content_type()
        if kind in found and not found[kind] and part.get_content_disposition() != "attachment":
            found[kind] = mails.text_of(part)
    return found["text/plain"], found["text/html"]


def _attachments(mail: EmailMessage) -> list[str]:
    names: list[str] = []
    for part in mails.parts(mail):
        try:
            name = part.get_filename()
        except mails.UNREADABLE:
            name = None
        if name and len(names) < _MOST_NAMED:
            names.append(str(name)[:200])
    return names


def verdicts(mail: EmailMessage) -> dict[str, str]:
    """Give what the provider judged; its own headers stand above any that a sender wrote."""
    found = {
        name.removeprefix("X-SES-").lower().replace("-", "_"): mails.header(mail, name)
        for name in _VERDICTS
    }
    judged = _DMARC.search(mails.header(mail, "Authentication-Results"))
    found["dmarc_verdict"] = judged[1].upper() if judged else ""
    return {name: verdict for name, verdict in found.items() if verdict}


def _date(mail: EmailMessage) -> datetime | None:
    if not mails.header(mail, "Date"):
        return None
    try:
        found = mail["Date"]
        moment = found.datetime if isinstance(found, DateHeader) else None
    except mails.UNREADABLE:
        return None
    return moment if moment is None or moment.tzinfo else None
