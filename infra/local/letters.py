"""One mail that left, kept as it was, and what a person would see of it."""

import re
from dataclasses import dataclass, field
from datetime import datetime
from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.message import EmailMessage, Message
from email.parser import BytesHeaderParser
from functools import cached_property
from html import unescape
from typing import Any

_LINK = re.compile(r"""(?:href|src)\s*=\s*["']([^"']+)["']""", re.IGNORECASE)


@dataclass(frozen=True)
class Parsed:
    """What the bytes of a mail say."""

    sender: str
    subject: str
    text: str
    html: str
    headers: tuple[tuple[str, str], ...]
    attachments: int

    def links(self, part: str) -> list[str]:
        """Give the links in the HTML that contain `part`."""
        found = [unescape(link) for link in _LINK.findall(self.html)]
        return [link for link in found if part in link]


@dataclass
class Letter:
    """One sent mail."""

    id: str
    raw: bytes
    sender: str
    identity: str
    to: tuple[str, ...]
    sent_at: datetime
    configuration_set: str = ""
    tags: dict[str, str] = field(default_factory=dict)

    @property
    def parsed(self) -> Parsed:
        """Read the bytes, anew each time: the outbox may hold many."""
        return parse(self.raw)

    @property
    def top(self) -> Message:
        """Read the headers alone, as they were written: a twentieth of the work of `parsed`."""
        return BytesHeaderParser(policy=policy.compat32).parsebytes(self.raw)

    def view(self) -> dict[str, Any]:
        """Show the mail as the local API lists it."""
        seen = self.parsed
        headers: dict[str, Any] = {}
        for name, value in seen.headers:
            headers.setdefault(name, value)
        return {
            "id": self.id,
            "channel": "email",
            "to": ", ".join(self.to),
            "from": seen.sender or self.sender,
            "subject": seen.subject,
            "text": seen.text,
            "html": seen.html,
            "headers": headers,
            "message_id": self.tags.get("message_id") or headers.get("Message-ID", ""),
            "tags": self.tags,
            "sent_at": self.sent_at.strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        }


class Builder:
    """A mail given in parts (SES' `Simple`), before it is bytes."""

    def __init__(self, content: dict[str, Any]) -> None:
        """Take the content as SES does."""
        self._content = content

    @cached_property
    def message(self) -> EmailMessage:
        """Build the mail."""
        mail, body = EmailMessage(policy=policy.SMTP), self._content.get("Body", {})
        mail["Subject"] = self._content.get("Subject", {}).get("Data", "")
        for header in self._content.get("Headers", []):
            mail[header["Name"]] = header["Value"]
        mail.set_content(body.get("Text", {}).get("Data", ""))
        if "Html" in body:
            mail.add_alternative(body["Html"]["Data"], subtype="html")
        return mail

    def bytes(self, sender: str, to: tuple[str, ...]) -> bytes:
        """Write the mail."""
        self.message["From"], self.message["To"] = sender, ", ".join(to)
        return self.message.as_bytes()


def parse(raw: bytes) -> Parsed:
    """Read a mail's bytes as the standard library does."""
    mail = message_from_bytes(raw, policy=policy.default)
    return Parsed(
        sender=str(mail["From"] or ""),
        subject=str(mail["Subject"] or ""),
        text=content(mail, "plain"),
        html=content(mail, "html"),
        headers=tuple((name, str(value)) for name, value in mail.items()),
        attachments=sum(1 for _ in mail.iter_attachments()) if mail.is_multipart() else 0,
    )


def readable(header: object) -> str:
    """Read a header's encoded words."""
    return str(make_header(decode_header(str(header or ""))))


def content(mail: EmailMessage, kind: str) -> str:
    """Give the text of the part of this kind."""
    part = mail.get_body(preferencelist=(kind,))
    return str(part.get_content()) if part is not None else ""
