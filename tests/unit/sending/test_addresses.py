"""Two ways to write one address are one address to every rule."""

import unicodedata

import pytest

from signet.domain.address import normal


@pytest.mark.parametrize(
    ("written", "known"),
    [
        ("Ada@Example.org ", "ada@example.org"),
        ("zoe@bücher.example", "zoe@xn--bcher-kva.example"),
        (unicodedata.normalize("NFD", "zoe@BÜCHER.example"), "zoe@xn--bcher-kva.example"),
        ("zoe@xn--bcher-kva.example", "zoe@xn--bcher-kva.example"),
        ("+41791234567", "+41791234567"),
        ("a@" + "x" * 70 + "é.example", "a@" + "x" * 70 + "é.example"),
    ],
)
def test_address_is_looked_up_in_one_form(written: str, known: str) -> None:
    """Case, composition and punycode do not make another address; a phone number stays."""
    assert known == normal(written)
