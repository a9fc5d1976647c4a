"""What a text can be found by."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signet.reading.words import MOST_WORDS, findable, folded, holds, joined, words


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The PARCEL, came... late!", ["the", "parcel", "came", "late"]),
        ("Straße façade Ärger", ["strasse", "facade", "arger"]),
        ("e\u0301te\u0301 \u00e9t\u00e9", ["ete", "ete"]),
        ("ﬁne \uff37\uff29\uff24\uff25", ["fine", "wide"]),
        ("İstanbul ΣΊΣΥΦΟΣ", ["istanbul", "σισυφοσ"]),
        ("don't 3rd 24/7", ["don", "t", "3rd", "24", "7"]),
        ("配送遅い", ["配送", "送遅", "遅い"]),
        ("雨 rain雨天", ["雨", "rain", "雨天"]),
        ("がか", ["がか"]),
        ("한국어", ["한국", "국어"]),
        ("हिन्दी में", ["हिन्दी", "में"]),
        ("שָׁלוֹם مُحَمَّد", ["שלום", "محمد"]),
        ("so 😡😡 ❤️", ["so", "😡", "😡", "❤"]),
        ("Zusam\u00admen\u200b", ["zusammen"]),
        (" \x00\ufeff--??", []),
    ],
)
def test_words_are_told_apart(text: str, expected: list[str]) -> None:
    """Case, width and accents make no difference; scripts without spaces go in pairs."""
    assert expected == words(text)


@given(st.text())
def test_folding_twice_is_folding_once(text: str) -> None:
    """What is folded stays as it is, so that a question and a text meet."""
    assert folded(folded(text)) == folded(text)


@given(st.text(), st.text())
def test_a_text_holds_its_own_parts(left: str, right: str) -> None:
    """What stands between spaces is found as a phrase in the whole."""
    whole = joined(words(f"{left} {right}"))

    assert all(holds(whole, part) for part in (words(left), words(right)) if part)


def test_a_document_has_so_many_words_and_no_more() -> None:
    """The first different words of a text are those that it is found by."""
    text = " ".join(f"w{number} w{number}" for number in range(100))

    assert [f"w{number}" for number in range(MOST_WORDS)] == findable(text)
