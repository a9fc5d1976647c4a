"""
Microseconds per call of each cleaner, with fresh input and with input that was seen before.

Run it with `python -m benchmarks.cleaning`; it takes a few seconds and prints JSON. `first_ms` is
what the first call costs in this process: mostly the import of its library.
"""

import json
import time
from collections.abc import Callable, Iterable
from datetime import UTC, datetime

from signet.cleaning import agents, dates, email, names, phone, places, text
from signet.cleaning.enrich import enriched
from signet.cleaning.event import cleaned
from signet.domain.address import normal
from signet.domain.events import IDENTIFIED, Event, Identifiers

CALLS = 2_000
AGENT = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_{n} like Mac OS X) AppleWebKit/605.1.15 (KHTML, like "
    "Gecko) Version/17.{n} Mobile/15E148 Safari/604.1"
)
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def event(n: int) -> Event:
    """Let a source of Great Britain name somebody's number."""
    return Event(
        workspace="main",
        id=f"e{n}",
        source="source:crm",
        type=IDENTIFIED,
        occurred_at=NOON,
        received_at=NOON,
        identifiers=Identifiers(phone=f"020 7947 {n:04}"),
        context={"region": "GB"},
    )


def person(n: int) -> dict[str, object]:
    """Give the traits of somebody of whom much is known."""
    return {
        "email": f"Ada{n}@hotmial.com",
        "phone": f"020 7948 {n:04}",
        "name": f"Ada{n} Lovelace",
        "country": "United Kingdom",
        "locale": "en_GB",
        "lat": 51.5 + n / 1e5,
        "lon": -0.1,
    }


CLEANERS: dict[str, tuple[Callable[[int], object], Callable[..., object]]] = {
    "email_normal": (lambda n: f"Ada.{n}+news@gmail.com", normal),
    "email_judged": (lambda n: f"Ada{n}@gmial.com", email.judged),
    "email_judged_idn": (lambda n: f"zoe{n}@bücher.example", email.judged),
    "phone_matching": (
        lambda n: f"020 7946 {n:04}",
        lambda written: phone.matching(written, region="GB"),
    ),
    "phone_zones": (lambda n: f"+44207946{n:04}", phone.time_zones),
    "name": (lambda n: f"Jan{n} van der Berg", lambda written: names.parts(name=written)),
    "country": (lambda n: ("United Kingdom", "GBR", "de")[n % 3], places.country),
    "language": (lambda n: f"en_GB.UTF-{n}", places.language),
    "cell": (lambda n: (n / 100, n / 100), places.cell),
    "date": (
        lambda n: f"{n % 28 + 1}/4/2026 12:00",
        lambda written: dates.read(written, zone="Europe/Berlin", order="day_first"),
    ),
    "text_ascii": (lambda n: f"plain {n}", text.repaired),
    "text_mojibake": (lambda n: f"cafÃ© {n}", text.repaired),
    "agent": (lambda n: AGENT.format(n=n), agents.read),
    "event_cleaned": (event, cleaned),
    "profile_enriched": (person, enriched),
}


def mean(action: Callable[..., object], inputs: Iterable[object]) -> float:
    """Give the mean microseconds of a call."""
    ready = list(inputs)
    started = time.perf_counter()
    for one in ready:
        action(one)
    return round((time.perf_counter() - started) / len(ready) * 1e6, 1)


def measured() -> dict[str, dict[str, float]]:
    """Measure each cleaner: its first call, fresh inputs, and one input again and again."""
    figures: dict[str, dict[str, float]] = {}
    for name, (make, action) in CLEANERS.items():
        first = mean(action, [make(9999)]) / 1000
        fresh = mean(action, map(make, range(CALLS)))
        again = mean(action, [make(1)] * CALLS)
        figures[name] = {"first_ms": round(first, 1), "fresh_us": fresh, "again_us": again}
    return figures


if __name__ == "__main__":
    print(json.dumps(measured(), indent=2))
