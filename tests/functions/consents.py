"""Words at the door of the ingest function: how they are said, asked for and confirmed."""

from datetime import timedelta
from typing import Any

from signet.domain.consent import Consent
from signet.domain.policy import DoubleOptIn, Policy, PolicyDraft
from signet.domain.receipt import Receipt
from tests.functions.ingest_world import Answer, World

OWNER = "local-owner"
PATH = "/v1/profiles/p1/consents"
NEWS = {"topic": "news", "status": "granted"}
PENDING = {"topic": "news", "status": "pending", "wording_version": "w3", "language": "de"}
WEEK = timedelta(days=7)
PAGES = {
    "confirmed": "Confirmed", "late": "too old", "overtaken": "unsubscribed since",
}  # fmt: skip


def furnished() -> World:
    """Make a world whose workspace has a policy with double opt-in."""
    made = World()
    flow = DoubleOptIn(template="confirm-subscription", valid_for=WEEK)
    draft = PolicyDraft(controller="Quiet Kitchen Ltd", double_opt_in=flow)
    made.rows.policies["main"] = Policy(workspace="main", version=1, draft=draft)
    made.rows.templates["main", "confirm-subscription"] = 4
    return made


def say(world: World, body: dict[str, Any], **options: Any) -> Answer:
    """Report a word of a person."""
    return world.call("POST", PATH, body, key=options.pop("key", OWNER), **options)


def link(world: World) -> str:
    """Give the path of the link in the last mail that asks for a confirmation."""
    events = [one for one in world.work.events if one.type == "signet.message.requested"]
    data: Any = events[-1].properties["data"]
    return str(data["confirm_url"]).removeprefix("https://api.example.org")


# What the page's own form says of itself.
BUTTON = {"content-type": "application/x-www-form-urlencoded"}


def click(world: World, path: str) -> str:
    """Press the button, and give what the page says it came to."""
    answer = world.call("POST", path, b"confirm=yes", key=None, headers=BUTTON)
    assert (200, "no-store") == (answer.status, answer.headers["cache-control"])
    return next(name for name, text in PAGES.items() if text in answer.body)


def word(world: World) -> Consent | None:
    """Give the person's word on the news."""
    return world.rows.look("main", "p1").consent("email", "news")


def receipts(world: World) -> list[Receipt]:
    """Give the person's receipts, oldest first."""
    return list(world.rows.receipts("main", "p1"))


def later(world: World, **passed: float) -> None:
    """Let time pass."""
    world.clock.at += timedelta(**passed)
