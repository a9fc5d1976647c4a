"""Places under frequency caps, on every store."""

from datetime import UTC, datetime, timedelta

import pytest

from signet.adapters.dynamodb.caps import DynamoCaps
from signet.domain.cap import Cap
from signet.domain.policy import PolicyCap, Sunset
from signet.ports import Reservation, Unanswered
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

    assert caps.reserve("main", ["p1"], wanted("m1", *both)) is None
    assert HOURLY == caps.reserve("main", ["p1"], wanted("m2", *both, hours=0.9))
    assert caps.reserve("main", ["p1"], wanted("m2", *both, hours=1)) is None
    assert DAILY == caps.reserve("main", ["p1"], wanted("m3", *both, hours=23.9))
    assert caps.reserve("main", ["p1"], wanted("m3", *both, hours=24)) is None


def test_a_repeat_takes_no_second_place(emulator: Ports) -> None:
    """A message that comes again holds one place, from the later moment on."""
    caps = DynamoCaps(emulator.table("profiles"))
    for hours in (0, 0, 20):
        assert caps.reserve("main", ["p1"], wanted("m1", hours=hours)) is None

    assert caps.reserve("main", ["p1"], wanted("m2", hours=21)) is None
    assert DAILY == caps.reserve("main", ["p1"], wanted("m3", hours=43))


def test_places_belong_to_a_person_a_campaign_and_a_workspace(emulator: Ports) -> None:
    """A full cap of one campaign for one person stands in nobody else's way."""
    caps = DynamoCaps(emulator.table("profiles"))
    for name in ("m1", "m2"):
        assert caps.reserve("main", ["p1"], wanted(name)) is None

    assert DAILY == caps.reserve("main", ["p1"], wanted("m3"))
    assert caps.reserve("main", ["p2"], wanted("m3")) is None
    assert caps.reserve("main", ["p1"], wanted("m4", campaign="c2")) is None
    assert caps.reserve("other", ["p1"], wanted("m5")) is None


def test_what_no_window_holds_is_forgotten(emulator: Ports) -> None:
    """The row does not grow with the years."""
    store = emulator.table("profiles")
    caps = DynamoCaps(store)
    for month in range(6):
        caps.reserve("main", ["p1"], wanted(f"m{month}", hours=month * 32 * 24))

    uses = (store.get(("main#p#p1", "caps")) or {})["uses"]
    assert ["m5"] == list(uses["c1#email#"]["at"])


def test_a_short_window_is_not_remembered_for_long(emulator: Ports) -> None:
    """What a person's row weighs is what their caps can count, so it stays one write unit."""
    store = emulator.table("profiles")
    caps = DynamoCaps(store)
    for hour in range(50):
        assert caps.reserve("main", ["p1"], wanted(f"m{hour}", HOURLY, hours=hour * 1.5)) is None
        caps.reserve("main", ["p1"], wanted(f"n{hour}", HOURLY, hours=hour * 1.5, campaign="c2"))

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
            assert second.reserve("main", ["p1"], wanted("m2", HOURLY)) is None
        return row

    monkeypatch.setattr(type(store), "get", get)

    assert HOURLY == first.reserve("main", ["p1"], wanted("m1", HOURLY))


def marketing(name: str, *caps: Cap, hours: float = 0, **fields: object) -> Reservation:
    """Want a place for a message about news that belongs to no campaign."""
    at = NOW + timedelta(hours=hours)
    about = {"topic": "news", "campaign_id": "", **fields}
    return Reservation(message_id=name, caps=caps, at=at, **about)  # type: ignore[arg-type]


def test_a_cap_of_the_policy_counts_over_campaigns(emulator: Ports) -> None:
    """All marketing counts, or that of a topic or channel; service messages never do."""
    caps = DynamoCaps(emulator.table("profiles"))
    overall = PolicyCap(most=2, within=timedelta(days=1))
    of_news = PolicyCap(most=1, within=timedelta(days=1), topic="news")
    by_sms = PolicyCap(most=1, within=timedelta(days=1), channel="sms")
    assert caps.reserve("main", ["p1"], wanted("service")) is None
    assert caps.reserve("main", ["p1"], marketing("m1", overall, of_news)) is None

    assert of_news == caps.reserve("main", ["p1"], marketing("m2", overall, of_news))
    assert caps.reserve("main", ["p1"], marketing("m3", overall, by_sms, topic="offers")) is None
    assert overall == caps.reserve("main", ["p1"], marketing("m4", overall, topic="sports"))


def test_a_row_of_an_older_version_counts_on(emulator: Ports) -> None:
    """It has campaigns alone: their caps count it, and so do those over everything."""
    store = emulator.table("profiles")
    noon = int(NOW.timestamp() * 1_000_000)
    uses = {"c1": {"for": 86_401, "at": {"m1": noon}}}
    store.put({"pk": "main#p#p1", "sk": "caps", "revision": 1, "uses": uses})
    caps = DynamoCaps(store)
    overall = PolicyCap(most=1, within=timedelta(days=1))

    assert HOURLY == caps.reserve("main", ["p1"], wanted("m2", HOURLY))
    assert overall == caps.reserve("main", ["p1"], marketing("m2", overall))
    assert caps.reserve("main", ["p1"], wanted("m1", HOURLY)) is None


def test_a_silence_is_counted_and_broken(emulator: Ports) -> None:
    """It begins with the first message; only a sign of life after that ends it."""
    store = emulator.table("profiles")
    caps = DynamoCaps(store)
    sunset = Sunset(messages=2, after=timedelta(days=1))
    for hours, name in ((0, "m1"), (1, "m2"), (2, "m2")):
        assert caps.reserve("main", ["p1"], marketing(name, hours=hours, sunset=sunset)) is None

    over = marketing("m3", hours=24, sunset=sunset)
    assert Unanswered(2, NOW) == caps.reserve("main", ["p1"], over)
    assert not caps.broken("main", "p1", at=NOW - timedelta(seconds=1))
    assert caps.broken("main", "p1", at=NOW)
    assert not caps.broken("main", "p1", at=NOW)
    assert caps.reserve("main", ["p1"], over) is None
    assert 1 == (store.get(("main#p#p1", "caps")) or {})["unanswered"]


def test_whom_nothing_is_counted_of_has_no_silence_to_break(emulator: Ports) -> None:
    """An engagement writes no row where there was none."""
    store = emulator.table("profiles")

    assert not DynamoCaps(store).broken("main", "p9", at=NOW)
    assert store.get(("main#p#p9", "caps")) is None


def test_what_somebody_got_as_another_profile_counts(emulator: Ports) -> None:
    """Two profiles that became one have one allowance; their place is the survivor's."""
    caps = DynamoCaps(emulator.table("profiles"))
    assert caps.reserve("main", ["p1"], wanted("m1", HOURLY)) is None
    assert caps.reserve("main", ["p2"], wanted("m2", HOURLY)) is None
    assert HOURLY == caps.reserve("main", ["p2", "p1"], wanted("m3", HOURLY, hours=0.5))
    assert caps.reserve("main", ["p3", "p1"], wanted("m1", HOURLY, hours=0.5)) is None
    assert HOURLY == caps.reserve("main", ["p3"], wanted("m4", HOURLY, hours=0.6))
