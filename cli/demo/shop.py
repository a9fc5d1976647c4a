"""A made-up shop: its people, what they looked at and bought, the same in every run."""

import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from cli.demo.names import CITIES, FIRST, GOODS, LAST, REVIEWS
from cli.demo.story import Diary, Story, Word, call

PEOPLE = 300
DAYS = 90
FEW = 12
BOUNCING, ONLY_LOOKING, LEAVING, REVIEWING = 0.03, 0.45, 0.35, 0.3
MORNING, EVENING = timedelta(hours=10), timedelta(hours=22)


def story(now: datetime, *, people: int = PEOPLE, days: int = DAYS, seed: int = 7) -> Story:
    """
    Make the history of the shop that ends yesterday.

    Args:
        now: The present moment; only its day counts.
        people: How many besides the one who watches.
        days: How long the history is.
        seed: Another seed makes other people.
    """
    today = now.replace(hour=0, minute=0, second=0, microsecond=0)
    first = today - timedelta(days=days)
    diary = Diary()
    for number in range(people):
        Person(number, first=first, days=days, seed=seed).live(diary)
    return diary.story("shop")


class Person:
    """One customer, drawn from the seed and a number."""

    def __init__(self, number: int, *, first: datetime, days: int, seed: int) -> None:
        """Draw who it is and when they came."""
        self.dice = random.Random(f"{seed}:{number}")  # noqa: S311 - a demo, not a secret
        self.id = f"customer-{number + 1:04d}"
        self.number = number
        self.first, self.days = first, days
        # The first few come on the first day, so that something is on the page at once.
        self.joined = 0 if number < FEW else int(days * self.dice.random() ** 1.3)
        self.told = 0

    def live(self, diary: Diary) -> None:
        """Note everything this person does."""
        self.diary = diary
        self._arrive()
        loyalty = self.dice.expovariate(0.45)
        for _ in range(min(8, 1 + int(loyalty))):
            self._visit(self.dice.randrange(self.joined, self.days))

    def _arrive(self) -> None:
        morning = self.first + timedelta(days=self.joined) + MORNING
        anonymous = {"anonymousId": f"browser-{self.number + 1:04d}"}
        for page in ("Home", "Sign up"):
            self._tell("page", morning, name=page, properties={"path": f"/{page[0].lower()}"},
                       **anonymous)  # fmt: skip
        self._tell("identify", morning, traits=self._traits(morning), **anonymous)
        for topic, share in (("news", 0.85), ("offers", 0.65)):
            if self.dice.random() < share:
                self.diary.allow(morning, Word(self.id, topic))
        evening = morning - MORNING + EVENING
        self._track("Signed Up", evening, {"method": self.dice.choice(("email", "google"))})

    def _traits(self, at: datetime) -> dict[str, Any]:
        first, last = self.dice.choice(FIRST), self.dice.choice(LAST)
        city, country = self.dice.choice(CITIES)
        label = f"{first}.{last}.{self.number + 1}".lower().encode("ascii", "ignore").decode()
        bounces = self.dice.random() < BOUNCING
        return {
            "email": f"bounce+{label}@simulator.amazonses.com"
            if bounces
            else f"{label}@example.org",
            "first_name": first,
            "last_name": last,
            "city": city,
            "country": country,
            "plan": self.dice.choice(("free", "free", "plus", "pro")),
            "created_at": at.isoformat(),
        }

    def _visit(self, day: int) -> None:
        evening = self.first + timedelta(days=day) + EVENING
        self._tell("page", evening, name="Home", properties={"path": "/"})
        goods = [self.dice.choice(GOODS) for _ in range(self.dice.randint(1, 4))]
        for name, price in goods:
            self._track("Product Viewed", evening, {"product": name, "price": price})
        if self.dice.random() < ONLY_LOOKING:
            return
        basket = goods[: self.dice.randint(1, 2)]
        for name, price in basket:
            self._track("Product Added", evening, {"product": name, "price": price})
        if self.dice.random() < LEAVING:
            self._track("Cart Abandoned", evening, cart(basket))
            return
        self._track("Order Completed", evening, {"order_id": self._order(), **cart(basket)})
        if self.dice.random() < REVIEWING and day + 1 < self.days:
            self._review(evening + timedelta(days=1), basket[0][0])

    def _review(self, evening: datetime, product: str) -> None:
        stars, text = self.dice.choice(REVIEWS)
        self._track(
            "Product Reviewed", evening, {"product": product, "rating": stars, "text": text}
        )

    def _order(self) -> str:
        return f"{self.number + 1:04d}-{self.told:03d}"

    def _track(self, name: str, at: datetime, properties: dict[str, Any]) -> None:
        self._tell("track", at, event=name, properties=properties)

    def _tell(self, kind: str, sent: datetime, **content: Any) -> None:
        """Note a call that happened in the minutes before it was sent, in the order of telling."""
        self.told += 1
        at = sent - timedelta(hours=3) + timedelta(seconds=self.told * 30 + self.number)
        self.diary.tell(sent, call(kind, self.id, self.told, at=at, **content))


def cart(basket: list[tuple[str, float]]) -> dict[str, Any]:
    """Describe what is in a cart, and its worth."""
    return {
        "currency": "EUR",
        "total": round(sum(price for _, price in basket), 2),
        "products": list(lines(basket)),
    }


def lines(basket: list[tuple[str, float]]) -> Iterator[dict[str, Any]]:
    """Describe each thing in a cart."""
    for name, price in basket:
        yield {"name": name, "price": price, "quantity": 1}
