"""The purchases of CDNOW's customers (1997-98), told as if they had ended yesterday."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from cli.demo.story import Diary, Story, call

FILE = Path(__file__).parents[2].parent / "shared" / "corpora" / "cdnow" / "CDNOW_sample.txt"
SENT = timedelta(hours=20)
COLUMNS = 5


class Purchase(NamedTuple):
    """One purchase: whose, on which day, how many discs, for how many dollars."""

    customer: str
    day: datetime
    quantity: int
    amount: float


def read(path: Path = FILE) -> list[Purchase]:
    """Read the file's purchases; a line of another shape is left out."""
    rows = (line.split() for line in path.read_text("ascii").splitlines())
    return [purchase(row) for row in rows if len(row) == COLUMNS]


def purchase(row: list[str]) -> Purchase:
    """Read one line: an id, the id within the sample, the day, discs, dollars."""
    day = datetime.strptime(row[2], "%Y%m%d").replace(tzinfo=UTC)
    return Purchase(row[1], day, int(row[3]), float(row[4]))


def story(now: datetime, purchases: list[Purchase], *, people: int | None = None) -> Story:
    """
    Tell the purchases at their own distances, the last of them yesterday.

    Args:
        now: The present moment; only its day counts.
        purchases: Of everybody, in any order.
        people: Tell only of the first so many who came.
    """
    today = now.replace(hour=0, minute=0, second=0, microsecond=0)
    kept = sorted(of_first(purchases, people))
    shift = today - timedelta(days=1) - max(bought.day for bought in kept)
    diary = Diary()
    told: dict[str, int] = {}
    for bought in kept:
        tell(diary, bought, day=bought.day + shift, told=told)
    return diary.story("cdnow")


def of_first(purchases: list[Purchase], people: int | None) -> list[Purchase]:
    """Keep the purchases of those who came first; of everybody where no number is given."""
    came = sorted(purchases, key=lambda bought: (bought.day, bought.customer))
    known = set(list(dict.fromkeys(bought.customer for bought in came))[:people])
    return [bought for bought in purchases if bought.customer in known]


def tell(diary: Diary, bought: Purchase, *, day: datetime, told: dict[str, int]) -> None:
    """Tell one purchase; a customer's first is preceded by who they are."""
    user = f"cdnow-{bought.customer}"
    number = told.get(user, 0)
    at = day + timedelta(hours=12, minutes=number % 60)
    if number == 0:
        traits = {"email": f"{user}@example.org", "first_name": f"Customer {bought.customer}"}
        diary.tell(day + SENT, call("identify", user, 0, at=at, traits=traits))
    told[user] = number + 1
    properties = dict(properties_of(bought, number + 1))
    at += timedelta(minutes=1)
    diary.tell(
        day + SENT,
        call("track", user, number + 1, at=at, event="Order Completed", properties=properties),
    )


def properties_of(bought: Purchase, number: int) -> Iterator[tuple[str, object]]:
    """Describe a purchase as an order."""
    yield "order_id", f"{bought.customer}-{number}"
    yield "currency", "USD"
    yield "total", bought.amount
    yield "products", [{"name": "Compact disc", "quantity": bought.quantity}]
