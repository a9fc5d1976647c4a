"""What is odd about an address, and what was probably meant."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from signet.cleaning.email import TOP_DOMAINS, is_disposable, judged, meant
from signet.domain import scripts


def test_written_form_is_kept_beside_the_one_for_matching() -> None:
    """Mail is sent to what was written; only lookups use the other."""
    found = judged("A.da+News@gmail.com")

    assert ("A.da+News@gmail.com", "ada@gmail.com") == (found.written, found.matching)


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("Ada@Example.org", "Ada@example.org"),
        ("zoe@bücher.example", "zoe@xn--bcher-kva.example"),
        ("ada@\u0440\u0430ypal.example", "ada@xn--ypal-43d9g.example"),
        ("no address", "no address"),
    ],
)
def test_domain_is_shown_as_it_travels(written: str, shown: str) -> None:
    """A look-alike domain shows its punycode, which resembles nothing."""
    assert shown == judged(written).shown


@pytest.mark.parametrize(
    "written", ["\u0440\u0430ypal@example.org", "a@\u0440\u0430ypal.com", "a@xn--ypal-43d9g.com"]
)
def test_mixed_scripts_are_flagged_and_allowed(written: str) -> None:
    """A person may have such an address; whoever reads it is told."""
    found = judged(written)

    assert (True, True, True) == (found.valid, found.mixed_script, found.lookalike)
    assert "paypal" in (found.resembles or "")


def test_word_of_letters_that_all_look_latin_is_flagged() -> None:
    """One script alone can pass for another."""
    found = judged("\u0430\u0440\u0440\u04cf\u0435@example.org")

    assert (False, True) == (found.mixed_script, found.lookalike)
    assert "apple@example.org" == found.resembles


@pytest.mark.parametrize(
    "written",
    [
        "zoë@example.org",
        "иван@почта.рф",
        "山田タロウ@例え.example",
        "김@example.org",
        "tôm@việt.example",
        "məmməd@example.org",
        "अजय@डाटा.भारत",
        "ada@example.org",
        "ada2000@example.org",
        "иван-2000@почта.рф",
    ],
)
def test_ordinary_words_of_one_language_are_not_flagged(written: str) -> None:
    """Whoever has other letters than English is not suspicious for it."""
    found = judged(written)

    assert (False, False) == (found.mixed_script, found.lookalike)


def test_look_alikes_of_the_corpus_are_flagged(corpora: Callable[[str], Path]) -> None:
    """Every letter that passes for a Latin one or for a digit is seen beside Latin ones."""
    table = json.loads((corpora("unicode") / "confusables-latin-alnum.json").read_text("utf-8"))
    letters = [entry["c"] for entries in table.values() for entry in entries]
    looks = [(c, scripts.looked_at(f"x{c}y", "example.org")) for c in letters if not c.isascii()]

    assert len(looks) > 1000
    assert [] == [c for c, look in looks if not (look.mixed or look.unusual or look.resembles)]


@pytest.mark.parametrize(
    ("domain", "known"),
    [
        ("gmial.com", "gmail.com"),
        ("gmai.com", "gmail.com"),
        ("gmail.con", "gmail.com"),
        ("gmail.co", "gmail.com"),
        ("hotmial.com", "hotmail.com"),
        ("hotnail.con", None),
        ("otulok.com", "outlook.com"),
        ("yahooo.com", "yahoo.com"),
        ("iclould.com", "icloud.com"),
        ("gmail.com", None),
        ("mail.com", None),
        ("ymail.com", None),
        ("yahoo.ca", None),
        ("yahoo.co.jp", None),
        ("hotmail.co.th", None),
        ("hotmail.fr", None),
        ("gmx.at", None),
        ("wed.de", None),
        ("aon.com", None),
        ("line.com", None),
        ("web.dk", None),
        ("aol.con", "aol.com"),
        ("example.org", None),
        ("com", None),
    ],
)
def test_slip_of_the_finger_is_noticed(domain: str, known: str | None) -> None:
    """One slip from a large provider is a likely typo; a real provider is none."""
    assert known == meant(domain)


def test_suggestion_changes_nothing() -> None:
    """What was meant is said beside what was written."""
    found = judged("ada@gmial.com")

    assert ("ada@gmial.com", "ada@gmail.com") == (found.matching, found.suggestion)


def test_no_large_provider_is_taken_for_another() -> None:
    """The list suggests nothing to those who are on it."""
    assert [] == [domain for domain in TOP_DOMAINS if meant(domain)]


def test_addresses_for_minutes_are_flagged() -> None:
    """Their domains and those below are known; others are not guessed at."""
    domains = ("mailinator.com", "eu.mailinator.com", "MAILINATOR.com", "example.org", "com")

    assert [True, True, True, False, False] == [is_disposable(domain) for domain in domains]
    assert judged("ada@mailinator.com").disposable
