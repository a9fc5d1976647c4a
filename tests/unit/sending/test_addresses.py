"""Two ways to write one address are one address to every rule, and no other two are."""

import json
import unicodedata
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signet.domain.address import DOTTED, TAGGED, is_mailbox, normal
from signet.domain.profile import Profile
from signet.templating.addresses import address

LOCAL = st.text(st.characters(codec="utf-8"), max_size=20) | st.from_regex(
    r"[A-Za-z.+]{1,12}", fullmatch=True
)
DOMAIN = st.sampled_from([*sorted(TAGGED), *DOTTED, "Bücher.example", "FAß.example", "b.c"])


@pytest.mark.parametrize(
    ("written", "known"),
    [
        ("Ada@Example.org ", "ada@example.org"),
        ("zoe@bücher.example", "zoe@xn--bcher-kva.example"),
        (unicodedata.normalize("NFD", "zoe@BÜCHER.example"), "zoe@xn--bcher-kva.example"),
        ("zoe@xn--bcher-kva.example", "zoe@xn--bcher-kva.example"),
        ("zoe@XN--BCHER-KVA.example", "zoe@xn--bcher-kva.example"),
        ("zoe@bücher\u3002example", "zoe@xn--bcher-kva.example"),
        ("ada@\uff45xample.org", "ada@example.org"),
        (unicodedata.normalize("NFD", "ZOË@example.org"), "zoë@example.org"),
        ("+41791234567", "+41791234567"),
        ("a@" + "x" * 70 + "é.example", "a@" + "x" * 70 + "é.example"),
        ("a@" + "ß" * 70 + ".example", "a@" + "ß" * 70 + ".example"),
    ],
)
def test_address_is_looked_up_in_one_form(written: str, known: str) -> None:
    """Case, composition and punycode do not make another address; a phone number stays."""
    assert known == normal(written)


@pytest.mark.parametrize(
    ("written", "known"),
    [
        ("A.da+news@gmail.com", "ada@gmail.com"),
        ("ada@GoogleMail.com", "ada@gmail.com"),
        ("a.da+news@outlook.com", "a.da@outlook.com"),
        ("ada+a+b@fastmail.com", "ada@fastmail.com"),
        ("ada+news@example.org", "ada+news@example.org"),
        ("a.da@example.org", "a.da@example.org"),
        ("ada-news@gmail.com", "ada-news@gmail.com"),
        ("+news@gmail.com", "+news@gmail.com"),
        ("ada+news@mail.gmail.com", "ada+news@mail.gmail.com"),
    ],
)
def test_tags_and_dots_go_only_where_the_provider_ignores_them(written: str, known: str) -> None:
    """Who else reads a tag as part of a name has another customer behind it."""
    assert known == normal(written)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ada@fa\u00df.example", "ada@fass.example"),
        ("ada@νικο\u03c2.example", "ada@νικοσ.example"),
        ("stra\u00dfe@example.org", "strasse@example.org"),
        ("\uff41da@example.org", "ada@example.org"),
        ("\ufb01n@example.org", "fin@example.org"),
        ("\u0430da@example.org", "ada@example.org"),
        ("ada@\u0440aypal.example", "ada@paypal.example"),
    ],
)
def test_what_only_looks_alike_stays_apart(one: str, other: str) -> None:
    """A letter that resembles another leads to another mailbox, or to another domain."""
    assert normal(one) != normal(other)


@given(local=LOCAL, domain=DOMAIN)
def test_form_of_a_form_is_itself(local: str, domain: str) -> None:
    """What was stored under a form is found by the form."""
    once = normal(f"{local}@{domain}")

    assert once == normal(once)


@given(text=st.text(max_size=40))
def test_any_text_has_a_form(text: str) -> None:
    """Nothing that a client may write breaks the lookup."""
    once = normal(text)

    assert once == normal(once)


def test_look_alikes_of_the_corpus_are_different_people(corpora: Callable[[str], Path]) -> None:
    """Only the Kelvin sign is a K: Unicode says that the two are one letter."""
    table = json.loads((corpora("unicode") / "confusables-latin-alnum.json").read_text("utf-8"))
    same = {
        entry["c"]
        for letter, entries in table.items()
        for entry in entries
        if not entry["c"].isascii()
        if normal(f"x{entry['c']}y@example.org") == normal(f"x{letter}y@example.org")
    }

    assert {"\u212a"} == same


def test_mail_to_a_domain_with_a_sharp_s_goes_there() -> None:
    """The older rule for domains would hand it to a stranger."""
    assert "ada@xn--fa-hia.example" == address("to", "ada@fa\u00df.example")


def test_signs_of_another_width_are_signs() -> None:
    """A wide comma or at sign makes two addresses of one just as a narrow one does."""
    written = ("ada@b\uff0cc.example", "ada\uff20b@example.org", "ada\ufe52.l@example.org")

    assert [False] * 3 == [is_mailbox(text) for text in written]


def test_spellings_of_one_address_leave_an_address_to_send_to() -> None:
    """Who wrote their address in two ways still has one, and it is sent to as written."""
    moment = datetime(2026, 3, 2, 12, tzinfo=UTC)
    spellings = ("Ada@example.org", "ada@Example.org")
    person = Profile(workspace="w", id="p", identifiers={"email": spellings},
                     created_at=moment, updated_at=moment)  # fmt: skip
    two = person.model_copy(update={"identifiers": {"email": (*spellings, "eve@example.org")}})

    assert ("Ada@example.org", None) == (person.address("email"), two.address("email"))
