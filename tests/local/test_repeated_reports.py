"""The same provider event twice: what a carrier repeats changes the report once."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from infra.local import ses_events
from infra.local.cloud import LocalCloud
from infra.local.letters import Letter
from tests.local.journey import get, identify, open_shop, order

SEEN = {"timestamp": "2026-11-24T12:00:05.000Z", "ipAddress": "192.0.2.1", "userAgent": "Test"}
CLICKED = SEEN | {"link": "https://shop.example.org/orders", "linkTags": None}
Body = Callable[[Letter, LocalCloud], dict[str, Any]]
BODIES: dict[str, Body] = {
    "Send": lambda _letter, _cloud: {},
    "Delivery": lambda letter, cloud: ses_events.delivery(letter, cloud.clock.now()),
    "Bounce": lambda letter, cloud: ses_events.bounce(
        letter, cloud.clock.now(), kind="Permanent", subtype="General"
    ),
    "Complaint": lambda letter, cloud: ses_events.complaint(letter, cloud.clock.now()),
    "Open": lambda _letter, _cloud: SEEN,
    "Click": lambda _letter, _cloud: CLICKED,
}
# What the report gains by each event, beside the status that the message leaves.
GAINS: dict[str, dict[str, int]] = {
    "Send": {"statuses.sent": 1, "reached.sent": 1},
    "Delivery": {"statuses.delivered": 1, "reached.delivered": 1},
    "Bounce": {"statuses.bounced": 1, "reached.bounced": 1},
    "Complaint": {"statuses.complained": 1, "reached.complained": 1, "reached.delivered": 1},
    "Open": {"opened": 1},
    "Click": {"clicked": 1},
}


@pytest.fixture
def cloud() -> Iterator[LocalCloud]:
    """Give a local cloud whose carrier tells nothing by itself."""
    with LocalCloud() as running:
        running.outbox.destinations.clear()
        yield running


@pytest.fixture
def campaign(cloud: LocalCloud) -> str:
    """Launch a campaign, make one person known, and give the campaign's id."""
    found = open_shop(cloud)
    identify(cloud, "ada", email="ada@example.org", first_name="Ada")
    return found


def figures(cloud: LocalCloud, campaign: str) -> dict[str, int]:
    """Give every number of the campaign's report that is not nought."""
    report = get(cloud, f"/v1/campaigns/{campaign}/report")
    flat = {name: report[name] for name in ("messages", "opened", "clicked")}
    for group in ("statuses", "reached"):
        flat |= {f"{group}.{name}": count for name, count in report[group].items()}
    return {name: count for name, count in flat.items() if count}


def told_twice(cloud: LocalCloud, letter: Letter, kind: str) -> None:
    """Put the very same event on the bus twice, each time to be worked off."""
    entry = ses_events.entry(letter, kind, BODIES[kind](letter, cloud))
    for _ in range(2):
        cloud.outbox.publish([entry])
        cloud.drain()


def gained(before: dict[str, int], after: dict[str, int]) -> dict[str, int]:
    """Tell by how much each number changed."""
    names = before.keys() | after.keys()
    changes = {name: after.get(name, 0) - before.get(name, 0) for name in names}
    return {name: change for name, change in changes.items() if change}


@pytest.mark.parametrize("kind", sorted(GAINS.keys() - {"Send"}))
def test_event_counts_once_when_it_comes_twice(cloud: LocalCloud, campaign: str, kind: str) -> None:
    """Each number of the report moves by one, however often the carrier says the same."""
    order(cloud, "ada", number="1")
    cloud.drain()
    before = figures(cloud, campaign)
    (letter,) = cloud.outbox.letters.values()

    told_twice(cloud, letter, kind)

    left = {} if kind in {"Open", "Click"} else {"statuses.sent": -1}
    assert {"messages": 1, "statuses.sent": 1} == {
        name: count for name, count in before.items() if not name.startswith("reached.")
    }
    assert GAINS[kind] | left == gained(before, figures(cloud, campaign))
    assert [] == get(cloud, "/v1/dead-letters")["data"]


def test_sending_counts_once_when_its_event_comes_twice(cloud: LocalCloud, campaign: str) -> None:
    """The hand-over was counted when it was done; the carrier's word for it adds nothing."""
    order(cloud, "ada", number="1")
    cloud.drain()
    before = figures(cloud, campaign)
    (letter,) = cloud.outbox.letters.values()

    told_twice(cloud, letter, "Send")

    assert GAINS["Send"].items() <= before.items()
    assert before == figures(cloud, campaign)


def test_doubt_is_settled_once_when_the_sending_event_comes_twice(
    cloud: LocalCloud, campaign: str
) -> None:
    """Where the answer was lost, the event that the mail was sent is what counts, and once."""
    cloud.set_fault(lambda service, _: 503 if service == "sesv2" else None)
    order(cloud, "ada", number="1")
    cloud.drain()
    cloud.set_fault(None)
    before = figures(cloud, campaign)
    (row,) = get(cloud, f"/v1/campaigns/{campaign}/recipients")["data"]

    told_twice(cloud, taken(cloud, row["message_id"]), "Send")

    assert 1 == before["statuses.in_doubt"]
    assert GAINS["Send"] | {"statuses.in_doubt": -1} == gained(before, figures(cloud, campaign))


def taken(cloud: LocalCloud, message_id: str) -> Letter:
    """Describe the mail that a carrier took although its answer was lost."""
    return Letter(
        id="0100-lost-answer",
        raw=b"From: hello@example.org\r\nSubject: Thank you\r\n\r\n",
        sender="hello@example.org",
        identity="example.org",
        to=("ada@example.org",),
        sent_at=cloud.clock.now(),
        configuration_set="signet",
        tags={"signet_ws": "main", "signet_msg": message_id, "signet_ep": "0"},
    )


def test_later_word_stays_when_earlier_events_follow_it(cloud: LocalCloud, campaign: str) -> None:
    """Every event twice and in the wrong order ends as the one that tells most."""
    order(cloud, "ada", number="1")
    cloud.drain()
    (letter,) = cloud.outbox.letters.values()

    for kind in ("Click", "Complaint", "Open", "Delivery", "Send"):
        told_twice(cloud, letter, kind)

    found = figures(cloud, campaign)
    statuses = {n: c for n, c in found.items() if n.startswith("statuses.")}
    assert {"statuses.complained": 1} == statuses
    assert (1, 1, 1) == (found["messages"], found["opened"], found["clicked"])
    assert 1 == found["reached.delivered"] == found["reached.sent"]
