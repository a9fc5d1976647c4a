"""Two records, one verdict: what merges, what waits for a look, what stays apart."""

import pytest
from hypothesis import given

from signet.linkage.fields import linking
from signet.linkage.levels import levels
from signet.linkage.records import Record, record
from signet.linkage.verdict import judge
from tests.unit.linkage.people import TRAITS, ada, records


def zone(one: Record, other: Record) -> str:
    """Give the zone of a pair."""
    return judge(one, other).zone


def test_one_person_twice_is_merged_by_rule() -> None:
    """The same in everything, under other names of the traits."""
    again = record(
        "p2",
        {"given name": "ADA", "surname": "Lovelace", "date_of_birth": "14.03.1985",
         "Email": "Ada@Example.org", "zip": "w1u6qp"},
    )  # fmt: skip

    assert "merge" == zone(ada(), again)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"first_name": "Adda"}, "merge"),
        ({"last_name": "Lovelcae"}, "merge"),
        ({"first_name": "Lovelace", "last_name": "Ada"}, "merge"),
        ({"dob": "1985-03-15"}, "merge"),
        ({"last_name": "King"}, "merge"),
        ({"email": None, "street": None, "house_number": None}, "merge"),
        (dict.fromkeys(("email", "street", "house_number", "postcode", "city")), "review"),
    ],
)
def test_slips_and_a_new_family_name_still_merge(changes: dict[str, object], expected: str) -> None:
    """A letter, a digit, names in each other's place, a wedding; a name and a date are too few."""
    assert expected == zone(ada(), ada("p2", **changes))


@pytest.mark.parametrize(
    "other",
    [
        {"first_name": "William", "dob": "1983-07-02"},
        {"first_name": "William", "dob": None},
        {"first_name": "Augusta", "dob": "2011-12-10"},
    ],
)
def test_family_at_one_address_stays_apart(other: dict[str, object]) -> None:
    """The same family name, e-mail and door make no one person of two given names."""
    assert "apart" == zone(ada(), ada("p2", **other))


def test_twins_wait_for_a_look() -> None:
    """All but the given name is the same, the birth date too: a person decides."""
    verdict = judge(ada(), ada("p2", first_name="William"))

    assert "review" == verdict.zone
    assert ("given name: different",) == verdict.against


def test_father_and_son_of_one_name_wait_for_a_look() -> None:
    """Another birth date stands against a merge, whatever they share."""
    assert "review" == zone(ada(), ada("p2", dob="1955-11-02"))


def test_names_that_rhyme_are_not_one_name() -> None:
    """Another first letter, or another letter in a short name, is another person's name."""
    pairs = [("Jayden", "Hayden"), ("Kyle", "Kyla"), ("Ben", "Bea")]
    found = [zone(ada(first_name=a), ada("p2", first_name=b)) for a, b in pairs]

    assert ["review"] * 3 == found


def test_equal_national_id_stands_against_one_other_difference() -> None:
    """With the id equal, a wrong name or a wrong date is a mistake; with both wrong it is not."""
    mine = ada(national_id="7364009")
    name, date = {"first_name": "William"}, {"dob": "1955-11-02"}
    found = [zone(mine, ada("p2", national_id="736-4009", **c)) for c in (name, date, name | date)]

    assert ["merge", "merge", "review"] == found


def test_different_national_ids_never_merge() -> None:
    """Two ids are two people until somebody has looked."""
    found = zone(ada(national_id="7364009"), ada("p2", national_id="1199238"))

    assert "review" == found


def test_day_and_month_in_each_others_place_are_seen() -> None:
    """03/04 and 04/03 of one year are one date, written in two countries."""
    found = levels(ada(dob="1985-03-04"), ada("p2", dob="1985-04-03"))

    assert "swapped" == found["birth_date"]


def test_what_is_missing_is_no_evidence() -> None:
    """A field that one of the two lacks has neither level nor reason."""
    found = judge(ada(dob=None), ada("p2", email=None))

    assert not {"birth_date", "email"} & {reason.field for reason in found.reasons}


def test_full_name_counts_where_its_parts_are_missing() -> None:
    """Given name first, or behind a comma."""
    ways = [record("p2", {"name": name}) for name in ("Ada Lovelace", "Lovelace, Ada")]

    assert [("ada", "lovelace")] * 2 == [
        (one.first("given_name"), one.first("family_name")) for one in ways
    ]


def test_reasons_say_in_words_what_each_field_says() -> None:
    """Every reason names its field, its level and its weight, and no value."""
    reasons = {r.field: r for r in judge(ada(), ada("p2", first_name="Adda")).reasons}

    assert "given name: nearly the same" == reasons["given_name"].words
    assert reasons["birth_date"].weight > 10 > reasons["city"].weight > 0


def test_only_traits_that_link_make_work() -> None:
    """A plan is no reason to look for duplicates; a date of birth is, however it is written."""
    assert [True, True, False] == [linking(n) for n in ("Date of Birth", "soc_sec_id", "plan")]


@given(TRAITS, TRAITS)
def test_verdict_is_the_same_for_both_orders(one: dict[str, str], other: dict[str, str]) -> None:
    """Who is compared with whom makes no difference, to the last bit."""
    mine, theirs = record("p1", one), record("p2", other)

    assert judge(mine, theirs) == judge(theirs, mine)


@given(records(2))
def test_names_or_dates_that_differ_never_merge_without_an_id(people: dict[str, Record]) -> None:
    """No address outweighs another given name or another birth date."""
    verdict = judge(people["p0"], people["p1"])
    found = {reason.field: reason.level for reason in verdict.reasons}
    differs = "different" in (found.get("given_name"), found.get("birth_date"))

    assert not (differs and verdict.zone == "merge" and found.get("national_id") != "same")
