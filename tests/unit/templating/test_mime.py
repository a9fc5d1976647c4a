"""Mails read back by the standard library as they were meant."""

import re
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.utils import parseaddr
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from signet.domain.scripts import is_mixed
from signet.errors import Rejected
from signet.templating.headers import CONTROL, header_refusal
from signet.templating.mime import Mail, to_bytes

AT = datetime(2025, 3, 1, 12, 30, tzinfo=UTC)
MAIL = Mail(
    sender="Grüße, Zoë 💌 <hello@example.org>".replace(",", ""),
    recipient="ann@example.com",
    subject="Your order",
    html="<p>Grüße</p>",
    text="Grüße",
    message_id_header="<m1@example.org>",
    date=AT,
    list_unsubscribe_url="https://s.example/u/abc",
    headers={"X-Message": "m1"},
)
TEXT = st.text(alphabet=st.characters(exclude_categories=["Cs"]))
HEADER = TEXT.filter(lambda text: header_refusal(text) is None and len(text) <= 998)


def mail(**changes: Any) -> Mail:
    """Give the mail with some fields changed."""
    return MAIL.model_copy(update=changes)


def parsed(of: Mail) -> EmailMessage:
    """Write a mail and read it with the standard library."""
    message = message_from_bytes(to_bytes(of), policy=policy.default)
    assert isinstance(message, EmailMessage)
    return message


def body(message: EmailMessage, kind: str) -> str:
    """Give one part's text with plain line ends."""
    part = message.get_body((kind,))
    assert part is not None
    return str(part.get_content()).replace("\r\n", "\n")


def unified(text: str) -> str:
    """Give a text with plain line ends, as a mail keeps them."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def test_mail_reads_back_as_it_was_meant() -> None:
    """Every header and both parts arrive."""
    message = parsed(MAIL)

    assert [
        "From", "To", "Subject", "Message-ID", "Date", "MIME-Version", "List-Unsubscribe",
        "List-Unsubscribe-Post", "X-Message", "Content-Type",
    ] == message.keys()  # fmt: skip
    assert "Grüße Zoë 💌 <hello@example.org>" == message["From"]
    assert ["ann@example.com"] == [address.addr_spec for address in message["To"].addresses]
    assert AT == message["Date"].datetime
    assert "<https://s.example/u/abc>" == message["List-Unsubscribe"]
    assert "List-Unsubscribe=One-Click" == message["List-Unsubscribe-Post"]
    assert ("Grüße", "<p>Grüße</p>") == (body(message, "plain"), body(message, "html"))
    assert not message.defects


@given(HEADER)
@settings(max_examples=300, deadline=None)
def test_any_subject_reads_back(subject: str) -> None:
    """A subject of any legal characters survives encoding and folding."""
    raw = to_bytes(mail(subject=subject))
    message = message_from_bytes(raw, policy=policy.default)

    assert subject == message["Subject"]
    assert all(len(line) <= 78 for line in raw.split(b"\r\n"))


def plain_name(name: str) -> bool:
    """Tell whether a display name needs no quotes, and pretends nothing."""
    honest = not any(map(is_mixed, re.split(r"[\s.]", name)))
    return honest and not set('@"\\<>()[]:;,') & set(name) and name == name.strip() != ""


@given(HEADER.filter(plain_name))
@settings(max_examples=200, deadline=None)
def test_any_sender_name_reads_back(name: str) -> None:
    """A display name of any legal characters survives, as RFC 2047 reads it."""
    raw = to_bytes(mail(sender=f"{name} <hello@example.org>"))
    header = message_from_bytes(raw, policy=policy.compat32)["From"]
    found, address = parseaddr(header)
    unfolded = found.replace("\r\n", "")

    assert (name, "hello@example.org") == (str(make_header(decode_header(unfolded))), address)


def modern_name(name: str) -> bool:
    """Tell whether the modern policy gives a name back: it has its own idea of blanks."""
    short = name.isascii() or len(name) < 12
    return plain_name(name) and short and not re.search(r"\s\s", name)


@given(HEADER.filter(modern_name))
@example("0\xa00")
@settings(max_examples=200, deadline=None)
def test_sender_name_reads_back_with_the_modern_policy(name: str) -> None:
    """The modern policy puts a blank between encoded words, and makes one blank of two."""
    sender = parsed(mail(sender=f"{name} <hello@example.org>"))["From"].addresses

    assert [(name, "hello@example.org")] == [(one.display_name, one.addr_spec) for one in sender]


@given(TEXT, TEXT)
@settings(max_examples=300, deadline=None)
def test_any_body_reads_back(text: str, html: str) -> None:
    """A body of any characters survives, with line ends made uniform."""
    raw = to_bytes(mail(text=text, html=html))
    message = message_from_bytes(raw, policy=policy.default)
    assert isinstance(message, EmailMessage)

    assert (unified(text), unified(html)) == (body(message, "plain"), body(message, "html"))
    assert raw.count(b"\n") == raw.count(b"\r\n") == raw.count(b"\r")
    assert all(len(line) <= 78 for line in raw.split(b"\r\n"))


def test_naughty_strings_read_back(naughty_strings: list[str]) -> None:
    """Each known naughty string survives as body, and as subject unless it is refused."""
    for text in naughty_strings:
        subject = text if header_refusal(text) is None else "s"
        message = parsed(mail(text=text, html=text, subject=subject))

        assert (unified(text), subject) == (body(message, "plain"), message["Subject"])


def test_same_mail_gives_the_same_bytes() -> None:
    """A mail can be written again years later and be compared."""
    assert to_bytes(MAIL) == to_bytes(MAIL.model_copy())
    assert to_bytes(MAIL) != to_bytes(mail(text="other"))


@pytest.mark.parametrize(("kind", "absent"), [("plain", "html"), ("html", "text")])
def test_mail_of_one_part_has_no_border(kind: str, absent: str) -> None:
    """One part is written without the multipart around it."""
    message = parsed(mail(**{absent: None}))

    assert f"text/{kind}" == message.get_content_type()
    assert "Grüße" in body(message, kind)


@pytest.mark.parametrize("field", ["subject", "sender", "recipient", "list_unsubscribe_url"])
@pytest.mark.parametrize(
    "text",
    [
        "a\r\nBcc: x@y.zz",
        "a\nb",
        "a\rb",
        "a\0b",
        "a\x85b",
        "A x=?UTF-8?Q?=0A?=Bcc: i@example.com",
        "a\u2028b",
    ],
)
def test_header_text_is_refused_when_it_could_end_the_header(field: str, text: str) -> None:
    """No control character and no encoded word comes into a header from outside."""
    with pytest.raises(Rejected) as refused:
        to_bytes(mail(**{field: text}))

    assert field == refused.value.fields[0].field


@pytest.mark.parametrize("name", ["Bcc", "DKIM-Signature", "X-SES-TENANT", "Subject", "a: b", ""])
def test_header_is_refused_when_it_is_not_allowed(name: str) -> None:
    """Callers choose among few headers."""
    with pytest.raises(Rejected, match="headers"):
        to_bytes(mail(headers={name: "x"}))


def test_header_value_is_refused_when_it_holds_a_line_end() -> None:
    """An allowed header is checked like any other."""
    with pytest.raises(Rejected, match="X-Message"):
        to_bytes(mail(headers={"X-Message": "a\nb"}))


ADDRESSES = [
    "a@b.example, c@d.example",
    "a@b.example;c@d.example",
    '"x" <a@b.example>',
    "alice@example.org )bob@example.org",
    "alice@example.org(<bob@example.org>",
    "alice@example.org,bob@example.org",
    "<alice@example.org>",
    "@b.example:a@c.example",
    "a@b@c.example",
    "a@",
    "@b.example",
    "a",
    "",
    "a b@c.example",
    "a..b@c.example",
    ".a@c.example",
    "a@b..example",
    "a@-b.example",
    "a@[127.0.0.1]",
    "a@localhost",
    '"a b"@c.example',
    "grüße@c.example",
    "x" * 65 + "@c.example",
]


@pytest.mark.parametrize("text", ADDRESSES)
def test_recipient_is_refused_when_it_is_not_one_bare_address(text: str) -> None:
    """One field, one mailbox, read in one way only."""
    with pytest.raises(Rejected) as refused:
        to_bytes(mail(recipient=text))

    assert "recipient" == refused.value.fields[0].field


@pytest.mark.parametrize(
    "text",
    [
        "ceo@bank.example <a@b.example>",
        '"ceo@bank.example" <a@b.example>',
        "A <a@b.example>, B <c@d.example>",
        "A, B <c@d.example>",
        "A <a@b.example> <c@d.example>",
        "A (x) <a@b.example>",
        "group: a@b.example;",
        "A <>",
        "P\u0430yPal <a@b.example>",
        '"P\u0430yPal, Inc." <a@b.example>',
        "P\uff41yP\u0430l <a@b.example>",
        "A <a@p\u0430ypal.example>",
    ],
)
def test_sender_is_refused_when_it_could_be_read_as_another(text: str) -> None:
    """A display name is a name, not a second mailbox, and not somebody else's in other letters."""
    with pytest.raises(Rejected) as refused:
        to_bytes(mail(sender=text))

    assert "sender" == refused.value.fields[0].field


@pytest.mark.parametrize(
    ("sender", "name", "address"),
    [
        ("a@b.example", "", "a@b.example"),
        ('"Müller, Inc." <a@b.example>', "Müller, Inc.", "a@b.example"),
        ('"Smith, J \\"JJ\\"" <a@b.example>', 'Smith, J "JJ"', "a@b.example"),
        ("A <a@bücher.example>", "A", "a@xn--bcher-kva.example"),
        ("Магазин Shop 山田タロウ <a@b.example>", "Магазин Shop 山田タロウ", "a@b.example"),
    ],
)
def test_sender_reads_back(sender: str, name: str, address: str) -> None:
    """Quoted names, and international domains as punycode."""
    found = parsed(mail(sender=sender))["From"].addresses

    assert [(name, address)] == [(one.display_name, one.addr_spec) for one in found]


def test_date_is_refused_when_it_has_no_zone() -> None:
    """A time without a zone is not a time."""
    with pytest.raises(Rejected, match="date"):
        to_bytes(mail(date=datetime(2025, 3, 1, tzinfo=UTC).replace(tzinfo=None)))


def test_control_characters_are_all_named() -> None:
    """The set of refused characters has no gap below the printable ones."""
    assert all(CONTROL.match(chr(code)) for code in [*range(0x20), *range(0x7F, 0xA0)])
