"""What a person's events add up to does not depend on their order."""

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from signet.domain.computed import computed
from signet.domain.events import TRACKED, Event

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
NUMBERS = st.floats(allow_nan=False, allow_infinity=False, width=32) | st.integers(-(2**53), 2**53)
PROPERTIES = st.dictionaries(
    st.sampled_from(["total", "quantity", "currency", "note"]),
    NUMBERS | st.booleans() | st.sampled_from(["eur", "EUR", "x"]),
)
STORIES = st.lists(
    st.tuples(st.sampled_from(["Order Completed", "Viewed"]), st.integers(0, 50), PROPERTIES),
    max_size=8,
)


def _event(name: str, *, number: int = 0, day: int = 0, **properties: Any) -> Event:
    at = NOON + timedelta(days=day)
    return Event(
        workspace="main", id=f"e{number}", source="shop", type=TRACKED, name=name,
        occurred_at=at, received_at=at, properties=properties,
    )  # fmt: skip


@given(STORIES, st.randoms())
def test_sums_are_the_same_for_every_order(story: list[tuple[str, int, Any]], chance: Any) -> None:
    """Sums are exact, so no order of adding rounds differently."""
    events = [
        _event(name, number=number, day=day, **properties)
        for number, (name, day, properties) in enumerate(story)
    ]
    shuffled = events.copy()
    chance.shuffle(shuffled)
    now = NOON + timedelta(days=60)

    straight = computed(events, complete=True, now=now)

    assert straight == computed(shuffled, complete=True, now=now)
    assert len(events) == sum(figures.count for figures in straight.events.values())


def test_purchases_make_recency_frequency_and_worth_by_currency() -> None:
    """What names its worth is added up by currency; what only looks is no purchase."""
    events = [
        _event("Order Completed", number=1, day=0, total=10, currency="eur"),
        _event("Order Completed", number=2, day=3, revenue=5.5, total=9, currency="EUR"),
        _event("Upgraded", number=3, day=1, revenue=1),
        _event("Product Viewed", number=4, day=9, price=99),
    ]
    rfm = computed(events, complete=True, now=NOON + timedelta(days=10)).rfm

    assert rfm is not None
    assert (7, 3, {"": 1, "EUR": 15.5}) == (rfm.recency_days, rfm.frequency, rfm.monetary)


def test_somebody_without_events_adds_up_to_nothing() -> None:
    """An empty timeline is an answer too."""
    found = computed([], complete=True, now=NOON)

    assert (0, None, None, {}) == (found.events_read, found.first_seen, found.rfm, found.events)
