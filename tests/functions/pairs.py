"""People who may be one person, in the world of the admin function."""

from typing import Any

from signet.domain.consent import Consent
from signet.domain.duplicate import pair_id
from signet.domain.work import FindDuplicates
from signet.usecases.duplicates import Finder, find
from tests.functions.admin_world import World

ADA = {
    "first_name": "Ada",
    "last_name": "Lovelace",
    "dob": "1985-03-14",
    "email": "ada@example.org",
    "city": "London",
    "postcode": "W1U 6QP",
}
PEOPLE = {"p1": ADA, "p2": {**ADA, "email": "a.lovelace@example.org", "plan": "pro"}}


def two(world: World, **people: dict[str, object]) -> str:
    """Let two or more people exist and be compared; give the id of the first pair."""
    known: dict[str, Any] = {**PEOPLE, **people}
    for ident, traits in known.items():
        world.person(ident, **traits)
    finder = Finder(world.people, world.duplicates, world.sealer, world.clock)
    find(FindDuplicates(workspace="main", profile_ids=tuple(known)), finder)
    return pair_id("main", "p1", "p2")


def consent(world: World, profile_id: str, status: str, *, topic: str = "news") -> None:
    """Let a person have said something now."""
    word = Consent(channel="email", topic=topic, status=status, at=world.clock.now())  # type: ignore[arg-type]
    world.permissions.record_consent("main", profile_id, word)


def words(world: World, profile_id: str) -> dict[str, str]:
    """Give what holds for a person, by topic."""
    found = world.call("GET", f"/v1/profiles/{profile_id}/consents").json["data"]
    return {word["topic"]: word["status"] for word in found}


def merged(world: World, into: str = "p1", away: str = "p2", **headers: str) -> Any:
    """Merge two people by hand."""
    return world.call("POST", "/v1/profiles/merge", {"into": into, "from": away}, **headers)


def shown(world: World, *idents: str) -> list[str]:
    """Give what the API shows of people, to the byte."""
    paths = [f"/v1/profiles/{ident}{more}" for ident in idents for more in ("", "/consents")]
    return [world.call("GET", path).text for path in paths]
