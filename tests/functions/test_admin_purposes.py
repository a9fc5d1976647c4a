"""Why a value is held: the purpose of the source that said it stands beside its origin."""

from collections.abc import Collection
from datetime import timedelta
from typing import Any

import pytest

from signet.domain.lineage import Lineage, Origin, TraitLineage
from signet.domain.source import Source
from tests.functions.admin_world import START, World

SHOWN = "/v1/profiles/p1?lineage=true"


@pytest.fixture
def world() -> World:
    """Make a world with a source that was for service first and is for marketing now."""
    world = World()
    for draft in (
        {"kind": "crm", "purpose": "service"},
        {"kind": "crm", "purpose": "marketing"},
        {"kind": "crm"},
    ):
        world.call("PUT", "/v1/sources/crm", draft)
    return world


def origin(value: str, source: str, version: int = 0, *, minutes: int = 0) -> Origin:
    """Let somebody have said a value."""
    at = START + timedelta(minutes=minutes)
    return Origin(
        value=value, source=source, event_id="e", event_key=f"k{minutes}",
        at=at, received_at=at, mapping_version=version,
    )  # fmt: skip


def knows(world: World, **traits: TraitLineage) -> None:
    """Let a person be known from these origins."""
    world.person("p1", **{name: traced.current.value for name, traced in traits.items()})
    lineage = Lineage(workspace="main", profile_id="p1", traits=traits)
    world.people.save_lineage(lineage, expected_version=0)


def shown(world: World) -> Any:
    """Give the purposes of what is known about the person, and of what it stands over."""
    lineage = world.call("GET", SHOWN).json["lineage"]
    return {
        name: (one["purpose"], one["replaced"] and one["replaced"]["purpose"])
        for name, one in lineage.items()
    }


def test_purpose_is_that_of_the_version_which_read_the_value(world: World) -> None:
    """What was said for service is not for marketing because its source is by now."""
    knows(
        world,
        city=TraitLineage(current=origin("Rome", "source:crm", 1)),
        plan=TraitLineage(
            current=origin("pro", "source:crm", 2, minutes=5),
            replaced=origin("free", "source:crm", 1),
        ),
        team=TraitLineage(current=origin("red", "source:crm", 3)),
    )

    assert {
        "city": ("service", None), "plan": ("marketing", "service"), "team": (None, None),
    } == shown(world)  # fmt: skip


@pytest.mark.parametrize(
    ("source", "version"),
    [("signet:admin", 0), ("segment:k1", 0), ("source:crm", 0), ("source:gone", 1),
     ("source:crm", 9), ("/crm", 1)],
)  # fmt: skip
def test_origin_of_no_registered_version_has_no_purpose(
    world: World, source: str, version: int
) -> None:
    """Nothing is made up where nobody has said what something is for."""
    knows(world, city=TraitLineage(current=origin("Rome", source, version)))

    assert {"city": (None, None)} == shown(world)


def test_sources_are_read_once_for_an_answer_and_only_for_a_lineage(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However many traits there are; and never for a person without a registered source."""
    asked: list[set[tuple[str, int]]] = []
    read = world.catalog.source_versions_at

    def at(workspace: str, wanted: Collection[tuple[str, int]]) -> dict[tuple[str, int], Source]:
        asked.append(set(wanted))
        return read(workspace, wanted)

    monkeypatch.setattr(world.catalog, "source_versions_at", at)
    traits = {f"t{n}": origin("x", "source:crm", 1 + n % 2) for n in range(9)}
    knows(world, **{name: TraitLineage(current=one) for name, one in traits.items()})
    world.person("p2", plan="pro")

    world.call("GET", "/v1/profiles/p1")
    world.call("GET", "/v1/profiles/p2?lineage=true")
    first = list(asked)
    world.call("GET", SHOWN)

    assert ([], [{("crm", 1), ("crm", 2)}]) == (first, asked)


def test_tag_of_a_person_does_not_depend_on_the_lineage(world: World) -> None:
    """Whoever asked why may write with the tag of that answer."""
    knows(world, city=TraitLineage(current=origin("Rome", "source:crm", 1)))

    plain = world.call("GET", "/v1/profiles/p1").headers["etag"]

    assert plain == world.call("GET", SHOWN).headers["etag"]
