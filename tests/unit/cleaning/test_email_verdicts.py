"""
The agreed verdicts on addresses: what one field takes, and what is then said of it.

`good` is taken and valid, `utf8` likewise but wants a server that takes other letters before the
@, `odd` is taken and told to be none that mail reaches, `refused` is no single mailbox.
"""

import email.utils
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signet.cleaning.email import judged
from signet.domain.address import is_mailbox, mailbox
from signet.domain.request import Recipient
from signet.errors import Rejected

GOOD = (
    *"""
    ada@example.org ADA.Lovelace@Example.ORG a@b.example ada+news@example.org ada.l.k@example.org
    _ada_@example.org ada-@example.org ada--l@example.org -ada@example.org 1234567890@example.org
    !#$%&'*+/?^_`{|}~-@example.org ada%eve@example.org ada!eve@example.org o'hara@example.org
    ada@example.co.uk ada@sub.sub.example.org ada@1-2-3.example ada@EXAMPLE-one.org a@x.c
    ada@xn--bcher-kva.example zoe@bücher.example ada@faß.example ada@例え.example
    """.split(),
    "ada@\uff45xample.org",
    "ada@bücher\u3002example",
    "ada@\u0440aypal.example",
    "a" * 64 + "@example.org",
    "ada@" + "b" * 63 + ".example",
)
UTF8 = (
    *"zoë@example.org 用户@例子.example अजय@डाटा.भारत иван@почта.рф".split(),
    "\u0440aypal@example.org",
    "\uff41da@example.org",
    "\u017fam@example.org",
)
ODD = (
    *"""
    ada@localhost ada@example ada@b.test ada@printer.local ada@example.invalid ada@1.2.3.4
    ada@example.123 ada@x_y.example ada@-example.org ada@example-.org ada@ex--ample.org
    ada@xn--zzzz.example ada@example.xn--a ada@exam!ple.org ada@example.org?cc=eve
    """.split(),
    "ada@" + "b" * 64 + ".example",
    "ada@" + ".".join(["b" * 60] * 5) + ".example",
)
REFUSED = (
    *r"""
    ada @example.org ada@ @ ada@@example.org ada@b@example.org .ada@example.org ada.@example.org
    ada..l@example.org ada@.example.org ada@example..org ada@example.org. "ada"@example.org
    "a\"da"@example.org "ada@b"@example.org ""@example.org ada."l"@example.org ada\@b@example.org
    ada(comment)@example.org (comment)ada@example.org ada@(comment)example.org
    ada@example.org(comment) ada@[192.0.2.1] ada@[IPv6:2001:db8::1] ada@[example]
    <ada@example.org> mailto:ada@example.org =?utf-8?q?ada?=@example.org
    ada@example.org,eve@evil.example ada@example.org;eve@evil.example
    """.split(),
    "",
    " ",
    "ada lovelace@example.org",
    '"ada lovelace"@example.org',
    "ada @example.org",
    "ada@ example.org",
    "ada@example .org",
    " ada@example.org",
    "ada@example.org ",
    "a@b, c@d",
    '"x" <a@b>',
    "Ada <ada@example.org>",
    '"eve@evil.example" <ada@example.org>',
    "ada@example.org <eve@evil.example>",
    "ada@example.org eve@evil.example",
    "friends: ada@example.org, eve@evil.example;",
    "ada@example.org\n",
    "ada@example.org\r\nBcc: eve@evil.example",
    "ada\0@example.org",
    "ada\t@example.org",
    "ada\u00a0l@example.org",
    "ada@exa\u200bmple.org",
    "ada@exam\u00adple.org",
    "ada@example.org\u202e",
    "\ufeffada@example.org",
    "ada@b\uff0cc.example",
    "ada\uff20b@example.org",
    "a" * 65 + "@example.org",
    "é" * 33 + "@example.org",
    "ada@" + "b." * 200 + "example",
)
TABLE = [
    *((text, "good") for text in GOOD),
    *((text, "utf8") for text in UTF8),
    *((text, "odd") for text in ODD),
    *((text, "refused") for text in REFUSED),
]
# Before its correction the standard library took the second address of each for the first.
CONFUSED = [f"alice@example.org{sign}bob@example.com" for sign in '()<>@,:;.\\"[]']


def verdict(written: str) -> str:
    """Give the verdict on an address in one word."""
    found = judged(written)
    if not is_mailbox(written):
        return "refused"
    if not found.valid:
        return "odd"
    return "utf8" if found.smtputf8 else "good"


@pytest.mark.parametrize(("written", "agreed"), TABLE)
def test_verdict_is_the_agreed_one(written: str, agreed: str) -> None:
    """Every door and every reader says the same of an address."""
    found = judged(written)

    assert agreed == verdict(written)
    assert found.valid == (not found.reason) == (agreed in {"good", "utf8"})


@pytest.mark.parametrize("written", CONFUSED)
def test_one_address_cannot_pass_for_another(written: str) -> None:
    """CVE-2023-27043: what parsers read as somebody else's address is no address."""
    with pytest.raises(Rejected) as refused:
        mailbox(written)

    assert "email" == refused.value.fields[0].field
    assert "refused" == verdict(written)


@given(text=st.text(max_size=40) | st.emails())
def test_whatever_is_written_gets_a_verdict(text: str) -> None:
    """No text breaks the judge, and what was written is kept."""
    found = judged(text)

    assert text == found.written
    assert found.valid <= is_mailbox(text)


@given(text=st.emails())
def test_taken_address_is_one_address_to_the_library_too(text: str) -> None:
    """What one field takes, no reader of headers reads as two."""
    if is_mailbox(text):
        assert [("", text)] == email.utils.getaddresses([text])


def test_naughty_strings_get_a_verdict(corpora: Callable[[str], Path]) -> None:
    """None of them is an address, and none breaks anything."""
    words: list[str] = json.loads((corpora("blns") / "blns.json").read_text("utf-8"))
    found = [judged(word) for word in words]

    assert words == [each.written for each in found]
    assert [] == [each.written for each in found if each.valid]


def test_recipient_with_two_mailboxes_names_the_field() -> None:
    """The caller learns which field has one address too many."""
    with pytest.raises(ValueError, match=r"email\n.*exactly one e-mail address"):
        Recipient(email="a@b, c@d")
