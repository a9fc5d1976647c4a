"""The registry of sources on both catalogs: the deployed one and the one on any store."""

from typing import Any

import pytest

from signet.adapters.dynamodb.catalog import DynamoCatalog
from signet.adapters.dynamodb.plain import PlainCatalog
from signet.adapters.memory.catalog import MemoryCatalog
from signet.domain.source import Source
from signet.errors import Conflict


def source(name: str = "crm", **fields: Any) -> Source:
    """Make a source."""
    return Source.model_validate({"workspace": "main", "name": name, "kind": "crm", **fields})


@pytest.fixture(params=["any store", "deployed"])
def catalogs(request: pytest.FixtureRequest, emulator: Any) -> tuple[Any, PlainCatalog]:
    """Give a catalog, and the reader of the door on the same rows."""
    table = emulator.table("catalog")
    if request.param == "any store":
        return MemoryCatalog(table), PlainCatalog(table)
    if emulator.name != "moto":
        pytest.skip("pynamodb finds its service by itself, and moto is in its way")
    return DynamoCatalog("catalog"), PlainCatalog(table)


def test_source_is_kept_with_all_its_versions(catalogs: tuple[Any, PlainCatalog]) -> None:
    """The newest is the source; every revision stays readable, oldest first."""
    catalog, door = catalogs
    first, second = source(), source(revision=2, trust=80)
    catalog.save_source("main", first, expected_revision=0)
    catalog.save_source("main", second, expected_revision=1)
    catalog.save_source("main", source("app"), expected_revision=0)

    assert second == catalog.source("main", "crm") == door.source("main", "crm")
    assert (first, second) == catalog.source_versions("main", "crm")
    assert ["app", "crm"] == [one.name for one in catalog.sources("main")]
    assert () == catalog.sources("other") == catalog.source_versions("other", "crm")


def test_many_versions_are_read_at_once(catalogs: tuple[Any, PlainCatalog]) -> None:
    """Of several sources; what is not there, and what is another workspace's, is left out."""
    catalog, _ = catalogs
    first, second, app = source(), source(revision=2, purpose="service"), source("app")
    catalog.save_source("main", first, expected_revision=0)
    catalog.save_source("main", second, expected_revision=1)
    catalog.save_source("main", app, expected_revision=0)
    wanted = [("crm", 1), ("crm", 2), ("crm", 3), ("app", 1), ("none", 1)]

    found = catalog.source_versions_at("main", wanted)

    assert {("crm", 1): first, ("crm", 2): second, ("app", 1): app} == found
    assert {} == catalog.source_versions_at("other", wanted)


def test_lost_race_leaves_no_version(catalogs: tuple[Any, PlainCatalog]) -> None:
    """Whoever comes second changes nothing, the kept versions included."""
    catalog, _ = catalogs
    catalog.save_source("main", source(), expected_revision=0)
    for lost, expected in ((source(trust=1), 0), (source(revision=3, trust=1), 2)):
        with pytest.raises(Conflict):
            catalog.save_source("main", lost, expected_revision=expected)

    assert (source(),) == catalog.source_versions("main", "crm")
