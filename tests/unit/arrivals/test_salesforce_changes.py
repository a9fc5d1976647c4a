"""Change events of Salesforce, as its own guide describes their parts."""

import copy
from datetime import UTC, datetime
from typing import Any

import pytest

from signet.domain import salesforce
from signet.domain.events import Event
from signet.domain.source import Source
from signet.errors import Rejected
from signet.usecases import ready_made

NOW = datetime(2026, 3, 1, 12, 5, tzinfo=UTC)
SAMPLE: Any = next(one.sample for one in ready_made.catalogue() if one.name == "salesforce")
SOURCE = Source.model_validate(
    {"workspace": "main", "name": "salesforce",
     **ready_made.completed({"ready_made": "salesforce"})}
)  # fmt: skip


def change(fields: Any, *, drop: tuple[str, ...] = (), **header: Any) -> list[Event]:
    """Read the sample with other fields and another header."""
    body = copy.deepcopy(SAMPLE)
    payload = body["detail"]["payload"]
    payload["ChangeEventHeader"] |= header
    payload |= fields
    for name in drop:
        del payload[name]
    return salesforce.events(SOURCE, body, received_at=NOW)


@pytest.mark.parametrize(
    ("fields", "header", "gone"),
    [({"MailingAddress": {"City": None, "Country": "GB"}}, ["MailingAddress.City"], {"city"}),
     ({"MailingAddress": {"Country": "GB"}}, ["MailingAddress.City"], {"city"}),
     ({"MailingAddress": None}, ["MailingAddress.City"], {"city"}),
     ({"MailingAddress": None}, ["MailingAddress"], {"city", "postal_code", "country"}),
     ({"MailingAddress": {"City": None, "PostalCode": "N1"}}, ["MailingAddress"], {"city"}),
     ({"Name": None}, ["Name"], {"salutation", "first_name", "last_name"}),
     ({"Title": None}, ["Title"], {"title"})],
)  # fmt: skip
def test_emptied_field_takes_its_trait_away(fields: Any, header: list[str], gone: set[str]) -> None:
    """Also where it is a part of an address, and the whole address is gone."""
    (event,) = change(fields, changedFields=header, nulledFields=[])

    assert gone == {name for name, value in event.traits.items() if value is None}


@pytest.mark.parametrize(("nulled", "gone"), [([], set()), (["Title"], {"title"})])
def test_field_that_is_not_in_the_payload_is_gone_only_where_it_is_said(
    nulled: list[str], gone: set[str]
) -> None:
    """Whoever leaves out what changed has not said that it is empty."""
    (event,) = change({}, drop=("Title",), changedFields=["Title"], nulledFields=nulled)

    assert gone == {name for name, value in event.traits.items() if value is None}


def test_difference_is_neither_a_value_nor_the_end_of_one() -> None:
    """Of a long text only what differs may be told, which is no text to keep."""
    header = {"changedFields": ["Title", "Email"], "nulledFields": [], "diffFields": ["Title"]}
    told = change({"Title": "--- a\n+++ b"}, **header)
    none = change({"Title": None}, **header)

    assert [{"email": "ada@example.org"}] * 2 == [told[0].traits, none[0].traits]


@pytest.mark.parametrize("kind", ["CREATE", "UNDELETE", "DELETE"])
def test_only_an_update_empties_a_field(kind: str) -> None:
    """A new record is told whole, and its nulls are fields that nobody filled."""
    (event,) = change({}, changeType=kind, changedFields=[], nulledFields=["Title"])

    assert None not in event.traits.values()
    assert ("Lovelace" if kind != "DELETE" else None) == event.traits.get("last_name")


@pytest.mark.parametrize("records", [["003*"], ["003000000000001AAA", "003*"]])
def test_change_of_all_that_begin_alike_is_about_nobody(records: list[str]) -> None:
    """Salesforce shortens the list of a very large change, and the star is no person."""
    with pytest.raises(Rejected, match="must name records one by one"):
        change({}, recordIds=records)


@pytest.mark.parametrize(
    ("source", "known"),
    [("aws.partner/salesforce.com/00D000000000001AAA/0YL000000000001AAA", True),
     ("aws.partner/appflow/salesforce.com/000000000000/flow", True),
     ("aws.partner/example.org/salesforce", False),
     ("example/salesforce.com/x", False)],
)  # fmt: skip
def test_relay_and_flow_are_both_salesforce(source: str, *, known: bool) -> None:
    """AppFlow stands before the name in the source that it makes."""
    assert known == salesforce.is_partner(source)
