"""Names are shown as their owners write them."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signet.cleaning.names import parts


@pytest.mark.parametrize(
    ("written", "sort", "given_name", "family"),
    [
        ("Ada Lovelace", "lovelace, ada", "Ada", "Lovelace"),
        ("Lovelace, Ada", "lovelace, ada", "Ada", "Lovelace"),
        ("Jan van der Berg", "van der berg, jan", "Jan", "van der Berg"),
        ("Ludwig van Beethoven", "van beethoven, ludwig", "Ludwig", "van Beethoven"),
        ("Van Morrison", "morrison, van", "Van", "Morrison"),
        ("Mary Ann Evans", "evans, mary ann", "Mary Ann", "Evans"),
        ("Dr. Ada Lovelace, PhD", "lovelace, ada", "Ada", "Lovelace"),
        ("Mr John Smith Jr.", "smith, john", "John", "Smith"),
        ("RONALD MCDONALD", "mcdonald, ronald", "RONALD", "MCDONALD"),
        ("Éric  Blair", "blair, eric", "Éric", "Blair"),
        ("Иван Петров", "петров, иван", "Иван", "Петров"),
    ],
)
def test_name_of_two_parts_is_split_by_guess(
    written: str, sort: str, given_name: str, family: str
) -> None:
    """The guess is marked as one, and only sorting folds letters."""
    found = parts(name=written)

    assert found is not None and found.guessed
    assert (sort, given_name, family) == (found.sort, found.given, found.family)


@pytest.mark.parametrize(
    "written", ["Madonna", "山田 太郎", "김 철수", "Ada, Countess, of L", "Ada,", "4711", "Ada 2"]
)
def test_name_whose_parts_nobody_can_tell_stays_whole(written: str) -> None:
    """Single names, and names whose order we do not know, are not cut."""
    found = parts(name=written)

    assert found is not None and (None, None, False) == (found.given, found.family, found.guessed)
    assert written == found.display


@pytest.mark.parametrize("written", ["Acme Ltd.", "Smith & Sons", "Müller GmbH", "Example Inc"])
def test_company_has_no_given_name(written: str) -> None:
    """Nobody writes to "Dear Acme"."""
    found = parts(name=written)

    assert found is not None and found.organisation and found.given is None
    assert written == found.display


def test_parts_that_were_given_come_before_a_guess() -> None:
    """Who says which part is which is believed."""
    found = parts(given="Gabriel", family="García Márquez", name="Gabriel García Márquez")

    assert found is not None and not found.guessed
    assert ("García Márquez", "garcia marquez, gabriel") == (found.family, found.sort)


def test_display_is_made_of_what_there_is() -> None:
    """One part is shown alone, none is no name, and a whole name goes before parts."""
    found = [parts(given=" Zoë ", family=""), parts(family="Blair"), parts(name=" "),
             parts(given="Eric", name="George Orwell"), parts(name="MCDONALD, RONALD")]  # fmt: skip

    expected = ["Zoë", "Blair", None, "George Orwell", "RONALD MCDONALD"]
    assert expected == [name and name.display for name in found]


@given(text=st.text(max_size=60))
def test_letters_of_a_name_are_never_changed(text: str) -> None:
    """What is shown has the letters that were written, capitals and all."""
    found = parts(given=text)

    if found is not None:
        assert sorted(found.display.replace(" ", "")) == sorted("".join(parts_of(text)))


def parts_of(text: str) -> list[str]:
    """Split a text as the cleaner does, with its letters composed."""
    import unicodedata

    return unicodedata.normalize("NFC", text).split()


def test_naughty_strings_are_names_like_others(corpora: Callable[[str], Path]) -> None:
    """Somebody is called Null."""
    words: list[str] = json.loads((corpora("blns") / "blns.json").read_text("utf-8"))
    found = [parts(name=word) for word in words if word.strip()]

    assert [] == [name for name in found if name is not None and not name.display]
