"""Places under frequency caps, on every store."""

from datetime import UTC, datetime, timedelta

import pytest

from signet.adapters.dynamodb.caps import DynamoCaps
from signet.domain.cap import Cap
from signet.ports import Reservation
from signet.ports.store import Store
from tests.contracts.conftest import Emulator, Memory

Ports = Memory | Emulator
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
DAILY = Cap(most=2, within=timedelta(days=1))
HOURLY = Cap(most=1, within=timedelta(hours=1))


def wanted(name: str, *caps: Cap, hours: float = 0, campaign: str = "c1") -> Reservation:
    """Want a place for a message, some hours after noon."""
    at = NOW + timedelta(hours=hours)
    return Reservation(message_id=name, campaign_id=campaign, caps=caps or (DAILY,), at=at)


def test_a_window_slides(emulator: Ports) -> None:
    """What is older than the window leaves its place; the first cap that is full is told."""
    caps = DynamoCaps(emulator.table("profiles"))
    both = (DAILY, HOURLY)

    assert caps.reserve("main", "p1", wanted("m1", *both)) is None
    assert HOURLY == caps.reserve("main", "p1", wanted("m2", *both, hours=0.9))
    assert caps.reserve("main", "p1", wanted("m2", *both, hours=1)) is None
    assert DAILY == caps.reserve("main", "p1", wanted("m3", *both, hours=23.9))
    assert caps.reserve("main", "p1", wanted("m3", *both, hours=24)) is None


def test_a_repeat_takes_no_second_place(emulator: Ports) -> None:
    """A message that comes again holds one place, from the later moment on."""
    caps = DynamoCaps(emulator.table("profiles"))
    for hours in (0, 0, 20):
        assert caps.reserve("main", "p1", wanted("m1", hours=hours)) is None

    assert caps.reserve("main", "p1", wanted("m2", hours=21)) is None
    assert DAILY == caps.reserve("main", "p1", wanted("m3", hours=43))


def test_places_belong_to_a_person_a_campaign_and_a_workspace(emulator: Ports) -> None:
    """A full cap of one campaign for one person stands in nobody else's way."""
    caps = DynamoCaps(emulator.table("profiles"))
    for name in ("m1", "m2"):
        assert caps.reserve("main", "p1", wanted(name)) is None

    assert DAILY == caps.reserve("main", "p1", wanted("m3"))
    assert caps.reserve("main", "p2", wanted("m3")) is None
    assert caps.reserve("main", "p1", wanted("m4", campaign="c2")) is None
    assert caps.reserve("other", "p1", wanted("m5")) is None


def test_what_no_window_holds_is_forgotten(emulator: Ports) -> None:
    """The row does not grow with the years."""
    store = emulator.table("profiles")
    caps = DynamoCaps(store)
    for month in range(6):
        caps.reserve("main", "p1", wanted(f"m{month}", hours=month * 32 * 24))

    uses = (store.get(("main#p#p1", "caps")) or {})["uses"]
    assert ["m5"] == list(uses["c1#email#"]["at"])


def test_a_short_window_is_not_remembered_for_long(emulator: Ports) -> None:
    """What a person's row weighs is what their caps can count, so it stays one write unit."""
    store = emulator.table("profiles")
    caps = DynamoCaps(store)
    for hour in range(50):
        assert caps.reserve("main", "p1", wanted(f"m{hour}", HOURLY, hours=hour * 1.5)) is None
        caps.reserve("main", "p1", wanted(f"n{hour}", HOURLY, hours=hour * 1.5, campaign="c2"))

    uses = (store.get(("main#p#p1", "caps")) or {})["uses"]
    assert {"c1#email#": ["m49"], "c2#email#": ["n49"]} == {
        name: list(kept["at"]) for name, kept in uses.items()
    }


def test_whoever_comes_second_counts_the_first(
    emulator: Ports, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two containers that read the same row do not both take its last place."""
    store = emulator.table("profiles")
    first, second = DynamoCaps(store), DynamoCaps(store)
    real, read = type(store).get, list[str]()

    def get(self: Store, key: tuple[str, str]) -> object:
        row = real(self, key)
        if not read:
            read.append("first")
            assert second.reserve("main", "p1", wanted("m2", HOURLY)) is None
        return row

    monkeypatch.setattr(type(store), "get", get)

    assert HOURLY == first.reserve("main", "p1", wanted("m1", HOURLY))
