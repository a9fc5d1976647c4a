"""Phone numbers: one form for each, and a refusal for those that must not be sent to."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from signet.cleaning import phone
from signet.errors import Rejected


@pytest.mark.parametrize(
    ("written", "region"),
    [
        ("+44 20 7946 0958", None),
        ("+442079460958", "US"),
        ("020 7946 0958", "GB"),
        ("(020) 7946-0958", "GB"),
        ("020.7946.0958", " gb "),
        ("00 44 20 7946 0958", "GB"),
        ("011 44 20 7946 0958", "US"),
        ("+44 (0) 20 7946 0958", None),
        ("tel:+44-20-7946-0958", None),
        ("\uff10\uff12\uff10 7946 0958", "GB"),
        ("\uff0b44 20 7946 0958", None),
    ],
)
def test_spellings_of_a_number_are_one(written: str, region: str | None) -> None:
    """The region gives what was left out, and nothing else."""
    assert "+442079460958" == phone.matching(written, region=region)


@pytest.mark.parametrize(
    ("written", "region"),
    [
        ("020 7946 0958", None),
        ("020 7946 0958", "US"),
        ("020 7946 0958", "XX"),
        ("020 7946 0958", "nowhere"),
        ("call 020 7946 0958", "GB"),
        ("020 7946 0958 / 020 7946 0959", "GB"),
        ("020 7946 0958, 020 7946 0959", "GB"),
        ("112", "GB"),
        ("unknown", "GB"),
        ("", "GB"),
        ("+", None),
        ("0" * 70, "GB"),
    ],
)
def test_what_is_no_number_there_stays_text(written: str, region: str | None) -> None:
    """A guess would join two people; text joins only those who wrote the same."""
    assert written == phone.matching(written, region=region)


def test_extension_leads_to_somebody_else() -> None:
    """Everybody in a house with a switchboard has the same number, and is not one person."""
    written = (
        "020 7946 0958",
        "020 7946 0958 ext. 12",
        "+44 20 7946 0958;ext=12",
        "02079460958 x13",
    )
    forms = [phone.matching(text, region="GB") for text in written]

    assert ["+442079460958", *["+442079460958;ext=12"] * 2, "+442079460958;ext=13"] == forms


def test_number_that_was_not_given_out_is_still_one_when_its_country_is_named() -> None:
    """Samples and new ranges are spelled in several ways too."""
    assert "+447700900123" == phone.matching("+44 7700 900 123")
    assert "07700 900 123" == phone.matching("07700 900 123", region="GB")


@example(text="+310000000")
@given(text=st.text(max_size=30) | st.from_regex(r"\+?[0-9 ().-]{3,20}", fullmatch=True))
def test_form_of_a_number_is_stable(text: str) -> None:
    """A form that is read again, from wherever, is the same form."""
    once = phone.matching(text, region="GB")
    again = phone.matching(once, region="GB")

    assert once == again
    if once.startswith("+"):
        assert once == phone.matching(once, region="US")


@pytest.mark.parametrize(
    ("written", "region", "kind", "country"),
    [
        ("+44 7400 123456", None, "mobile", "GB"),
        ("+44 20 7946 0958", None, "fixed", "GB"),
        ("+1 202 555 0123", None, "fixed_or_mobile", "US"),
        ("+44 909 879 0123", None, "premium", "GB"),
        ("+1 900 555 0123", None, "premium", "US"),
        ("+979 1 2345 6789", None, "premium", None),
        ("+808 1234 5678", None, "shared_cost", None),
        ("+800 1234 5678", None, "toll_free", None),
        ("+44 70 1234 5678", None, "personal", "GB"),
        ("+881 6 3151 2345", None, "satellite", None),
        ("+870 773 111 632", None, "satellite", None),
        ("+882 16 1234 5678", None, "satellite", None),
        ("+883 510 012 345 678", None, "network", None),
        ("112", "GB", "short", "GB"),
        ("60006", "GB", "short", "GB"),
        ("+44 7700 900123", None, "unknown", None),
        ("nobody", "GB", "unknown", None),
    ],
)
def test_kind_and_country_are_told(
    written: str, region: str | None, kind: str, country: str | None
) -> None:
    """What a number is decides what may be done with it."""
    found = phone.read(written, region)

    assert (kind, country, written) == (found.kind, found.country, found.written)


@pytest.mark.parametrize(
    ("written", "says"),
    [
        ("+44 909 879 0123", "must not be a premium number"),
        ("+808 1234 5678", "must not be a shared cost number"),
        ("+881 6 3151 2345", "must not be a satellite number"),
        ("+882 16 1234 5678", "must not be a satellite number"),
        ("+883 510 012 345 678", "must not be a network number"),
        ("+44 70 1234 5678", "must not be a personal number"),
        ("112", "must not be a short number"),
        ("60006", "must not be a short number"),
        ("+44 7700 900123", "must be a valid phone number"),
        ("+1", "must be a valid phone number"),
        ("+4420794609581234", "must be a valid phone number"),
        ("+33 6 12 34 56 78", "must be a number of CH, GB, is of FR"),
    ],
)
def test_number_that_costs_or_reaches_nobody_is_refused(written: str, says: str) -> None:
    """The caller learns which field, and why, before anything is spent."""
    with pytest.raises(Rejected) as refused:
        phone.demand_sendable(written, field="to.phone", region="GB", countries={"GB", "CH"})

    assert ("to.phone", says) == (refused.value.fields[0].field, refused.value.fields[0].message)


@pytest.mark.parametrize("written", ["+41 79 123 45 67", "07400 123456", "+442079460958"])
def test_ordinary_number_may_be_sent_to(written: str) -> None:
    """Mobiles and lines of the countries that are allowed pass, and come back as E.164."""
    found = phone.demand_sendable(written, region="GB", countries={"GB", "CH"})

    assert (found.e164 or "").startswith(("+41", "+44"))


def test_time_zones_of_a_number_are_all_those_possible() -> None:
    """A line stands in one place; a mobile may be anywhere in its country."""
    assert ("Europe/London",) == phone.time_zones("+442079460958")
    assert len(phone.time_zones("+61412345678")) > 1
    assert () == phone.time_zones("+881631512345")


def test_naughty_strings_are_no_numbers(corpora: Callable[[str], Path]) -> None:
    """None breaks the reader, and none with letters or signs is taken for a number."""
    words: list[str] = json.loads((corpora("blns") / "blns.json").read_text("utf-8"))
    valid = [word for word in words if phone.read(word, "US").valid]

    assert [] == [word for word in valid if not set(word) <= set("+0123456789 ()-.")]
