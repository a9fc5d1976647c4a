"""
The finished mail as bytes.

Written by hand because it is twenty times faster than the library's message classes; the tests
read every result back with the library and compare.
"""

import binascii
import re
from datetime import datetime
from email.utils import format_datetime
from hashlib import sha256

from pydantic import BaseModel, ConfigDict

from signet.errors import FieldError, Rejected
from signet.templating.addresses import address, mailbox
from signet.templating.headers import folded, header_refusal, unstructured

ALLOWED_HEADERS = {
    name.lower(): name
    for name in (
        "Auto-Submitted",
        "Feedback-ID",
        "Precedence",
        "Reply-To",
        "X-Campaign",
        "X-Entity-Ref-ID",
        "X-Message",
    )
}
MESSAGE_ID = re.compile(r"<[A-Za-z0-9.!#$%&'*+/=?^_`{|}~\-]+@[A-Za-z0-9.\-]+>")
URL = re.compile(r"https?://[!-;=?-~]{1,900}")
NEWLINE = re.compile(r"\r\n|\r|\n")
BASE64_LINE = 57
FREE_TEXT = 998

LONGEST_MESSAGE_ID = 250


class Mail(BaseModel):
    """
    One mail to one recipient.

    `sender` is `Name <address>` or an address; `recipient` an address; `headers` may only name
    headers of the allow-list. At least one of `html` and `text` is given.
    """

    model_config = ConfigDict(frozen=True)

    sender: str
    recipient: str
    subject: str
    html: str | None = None
    text: str | None = None
    message_id_header: str
    date: datetime
    list_unsubscribe_url: str | None = None
    headers: dict[str, str] = {}


def to_bytes(mail: Mail) -> bytes:
    """
    Write a mail as RFC 5322 bytes; the same mail gives the same bytes.

    Raises:
        Rejected: A header would carry something else than it says; names the field.
    """
    lines = _headers(mail)
    content, body = _content(mail)
    head = b"".join((*lines.values(), content, b"\r\n"))
    of_content = ["Content-Type", "Content-Transfer-Encoding"][: content.count(b"\nContent") + 1]
    _confirm(head, [*lines, *of_content])
    return head + body


def _headers(mail: Mail) -> dict[str, bytes]:
    lines = {
        "From": mailbox("sender", mail.sender).header("From"),
        "To": folded("To", [address("recipient", mail.recipient)]),
        "Subject": _free("Subject", mail.subject, field="subject"),
        "Message-ID": _message_id(mail.message_id_header),
        "Date": _date(mail.date),
        "MIME-Version": b"MIME-Version: 1.0\r\n",
    }
    if mail.list_unsubscribe_url is not None:
        lines["List-Unsubscribe"] = _unsubscribe(mail.list_unsubscribe_url)
        lines["List-Unsubscribe-Post"] = b"List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"
    for name, value in mail.headers.items():
        known = ALLOWED_HEADERS.get(name.lower())
        if known is None or known in lines:
            raise Rejected.field(f"headers.{name}", "is not among the allowed headers")
        lines[known] = _extra(known, value)
    return lines


def _extra(name: str, value: str) -> bytes:
    field = f"headers.{name}"
    if name == "Reply-To":
        return mailbox(field, value).header(name)
    return _free(name, value, field=field)


def _free(name: str, value: str, *, field: str) -> bytes:
    refusal = header_refusal(value)
    if refusal is None and len(value) > FREE_TEXT:
        refusal = f"is longer than {FREE_TEXT} characters"
    if refusal:
        raise Rejected.field(field, refusal)
    return unstructured(name, value)


def _message_id(value: str) -> bytes:
    if not MESSAGE_ID.fullmatch(value) or len(value) > LONGEST_MESSAGE_ID:
        raise Rejected.field("message_id_header", "must look like <id@domain>")
    return f"Message-ID: {value}\r\n".encode("ascii")


def _date(moment: datetime) -> bytes:
    if moment.tzinfo is None:
        raise Rejected.field("date", "has no time zone")
    return f"Date: {format_datetime(moment)}\r\n".encode("ascii")


def _unsubscribe(url: str) -> bytes:
    if not URL.fullmatch(url):
        raise Rejected.field("list_unsubscribe_url", "must be an http or https address")
    return f"List-Unsubscribe: <{url}>\r\n".encode("ascii")


def _content(mail: Mail) -> tuple[bytes, bytes]:
    kinds = (("plain", mail.text), ("html", mail.html))
    parts = [_part(kind, body) for kind, body in kinds if body is not None]
    if not parts:
        raise Rejected.field("text", "is missing; a mail needs html or text")
    if len(parts) == 1:
        return parts[0]
    digest = sha256(b"".join(body for _, body in parts)).hexdigest()[:32]
    # "=_" occurs in neither quoted-printable nor base64, so no body can contain the border.
    border = f"=_{digest}"
    head = f'Content-Type: multipart/alternative;\r\n boundary="{border}"\r\n'.encode()
    fence = f"--{border}".encode()
    pieces = [fence + b"\r\n" + head + b"\r\n" + body + b"\r\n" for head, body in parts]
    return head, b"".join(pieces) + fence + b"--\r\n"


def _part(kind: str, body: str) -> tuple[bytes, bytes]:
    lines = NEWLINE.sub("\r\n", body)
    try:
        raw = lines.encode()
    except UnicodeEncodeError:
        fault = FieldError("html" if kind == "html" else "text", "contains half a character")
        raise Rejected(f"{fault.field}: {fault.message}", (fault,)) from None
    dense = (len(raw) - len(lines)) * 4 > len(lines)
    encoding = "base64" if dense else "quoted-printable"
    head = f"Content-Type: text/{kind}; charset=utf-8\r\nContent-Transfer-Encoding: {encoding}\r\n"
    return head.encode(), _base64(raw) if dense else _quoted_printable(raw)


def _base64(raw: bytes) -> bytes:
    line = binascii.b2a_base64
    starts = range(0, len(raw), BASE64_LINE)
    return b"\r\n".join(line(raw[at : at + BASE64_LINE], newline=False) for at in starts)


def _quoted_printable(raw: bytes) -> bytes:
    # The first line end decides what the library breaks lines with, hence the one in front.
    return binascii.b2a_qp(b"\r\n" + raw, istext=True)[2:]


def _confirm(head: bytes, intended: list[str]) -> None:
    """Read the finished headers back; anything but the intended list means an injection."""
    lines = head[:-2].split(b"\r\n")[:-1]
    found = [line.split(b":", 1)[0].decode("ascii") for line in lines if line[:1] != b" "]
    stray = head.count(b"\r") != head.count(b"\r\n") or head.count(b"\n") != head.count(b"\r\n")
    if stray or found != intended or not all(lines):
        raise Rejected("the mail's headers would not read back as they were written")
