"""Listings out of a table of many kinds: whole pages, each row once, wherever the others lie."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from signet.adapters.dynamodb import paging
from signet.adapters.dynamodb.merges import DynamoMerges
from signet.adapters.dynamodb.permissions import DynamoPermissions
from signet.adapters.dynamodb.profiles import DynamoProfiles
from signet.adapters.dynamodb.roll import DynamoRoll
from signet.adapters.sealer import RootSealer
from signet.domain.merge import Merge
from signet.domain.profile import Profile
from signet.domain.suppression import Suppression
from signet.ports import Page
from signet.ports.store import Store
from tests.contracts.conftest import Emulator, Memory

Ports = Memory | Emulator
NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
FOREIGN = 60


@pytest.fixture
def table(emulator: Ports) -> Store:
    """Make the table that both kinds share."""
    return emulator.table("profiles")


@pytest.fixture
def people(table: Store, sealer: RootSealer) -> DynamoProfiles:
    """Fill the table with people of two workspaces, and with their handles."""
    store = DynamoProfiles(table, sealer)
    for workspace, count in (("main", 5), ("other", FOREIGN)):
        for number in range(count):
            one = Profile(workspace=workspace, id=f"p{number}", created_at=NOW, updated_at=NOW)
            store.save(one, expected_version=0)
            store.link(workspace, f"h{number}", one.id)
    return store


@pytest.fixture
def permissions(table: Store, sealer: RootSealer, people: DynamoProfiles) -> DynamoPermissions:
    """Suppress three addresses among the people, one of them for three reasons and scopes."""
    assert people
    store = DynamoPermissions(table, sealer)
    once = Suppression(handle="h1", reason="bounce", at=NOW)
    for more in ({"handle": "h2"}, {"handle": "h3"}, {"reason": "manual"},
                 {"scope": "topic", "topic": "news"}, {}):  # fmt: skip
        store.suppress("main", once.model_copy(update=more))
    return store


def paged(read: Callable[..., Page], limit: int) -> Iterator[list[Any]]:
    """Give page after page."""
    position = None
    while True:
        page = read("main", limit=limit, position=position)
        yield list(page.items)
        position = page.next_position
        if position is None:
            return


@pytest.mark.parametrize("scanned", [1, 7, paging.SCANNED])
@pytest.mark.parametrize("limit", [1, 2, 3])
def test_pages_of_people_are_full_among_many_others(
    people: DynamoProfiles, monkeypatch: pytest.MonkeyPatch, *, scanned: int, limit: int
) -> None:
    """Every page but the last has what was asked for, and nobody is left out or twice there."""
    monkeypatch.setattr(paging, "SCANNED", scanned)
    monkeypatch.setattr(paging, "SCANS", 1000)
    pages = list(paged(people.page, limit))

    assert {limit} == {len(page) for page in pages[:-1]}
    assert [f"p{number}" for number in range(5)] == sorted(one.id for page in pages for one in page)


def test_roll_has_everybody_once_under_who_they_are(
    table: Store, sealer: RootSealer, people: DynamoProfiles
) -> None:
    """Rows that were merged away lead to who stayed, and nothing else of anybody is told."""
    assert people
    found = DynamoMerges(table, sealer).standing("main", ["p0", "p1"])
    one, other = found["p0"].profile, found["p1"].profile
    made = Merge(workspace="main", into="p0", away="p1", by="somebody", at=NOW, before=one)
    DynamoMerges(table, sealer).merge(made, one, other)
    pages = list(paged(DynamoRoll(table).page, 2))
    members = DynamoPermissions(table, sealer).members_of("main", ["p0", "p1", "p2"])

    assert [2, 2, 1] == [len(page) for page in pages]
    assert sorted(["p0", "p0", "p2", "p3", "p4"]) == sorted(
        known.profile_id for page in pages for known in page
    )
    assert {NOW} == {known.since for page in pages for known in page}
    assert {"p0": ("p1",)} == members


@pytest.mark.parametrize("limit", [1, 2, 3, 4])
def test_pages_of_suppressions_may_end_within_an_address(
    permissions: DynamoPermissions, limit: int
) -> None:
    """An address with several suppressions goes on where the page ended."""
    pages = list(paged(permissions.suppressions, limit))
    found = [(one.handle, one.reason, one.scope, one.topic) for page in pages for one in page]

    assert max(len(page) for page in pages) <= limit
    assert {limit} == {len(page) for page in pages[:-1]} or 1 == len(pages)
    assert sorted(found, key=str) == sorted({*found}, key=str)
    assert {("h1", "bounce", "address", None), ("h1", "bounce", "topic", "news"),
            ("h1", "manual", "address", None), ("h2", "bounce", "address", None),
            ("h3", "bounce", "address", None)} == set(found)  # fmt: skip


def test_page_is_short_rather_than_reading_on_for_ever(
    people: DynamoProfiles, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One page looks at so many rows and no more; its cursor leads on to the rest."""
    monkeypatch.setattr(paging, "SCANNED", 10)
    monkeypatch.setattr(paging, "SCANS", 2)
    pages = list(paged(people.page, 5))

    assert len(pages) > 5
    assert 5 == len({one.id for page in pages for one in page})
