"""The CloudEvents SDK, unmodified: binary, structured, and its structured bodies in a batch."""

import gzip
from collections.abc import Callable, Iterator
from http.client import HTTPConnection

import pytest
from cloudevents.core.bindings import http
from cloudevents.core.v1.event import CloudEvent

from tests.clients.front import front_of
from tests.clients.shop import OWNER, Shop, assert_once, names

ORDERED = "org.example.order.completed"
REGISTERED = "org.example.customer.registered"
BATCH = {"content-type": "application/cloudevents-batch+json"}
Message = tuple[dict[str, str], bytes]
Write = Callable[[CloudEvent], Message]


@pytest.fixture(scope="module", autouse=True)
def _launched(shop: Shop) -> None:
    """Launch a campaign that listens to the type of our events."""
    shop.launch(ORDERED)


def events(group: str, count: int) -> Iterator[CloudEvent]:
    """Register people and complete an order of each."""
    for name in names(group, count):
        about = {"source": "urn:example:shop", "subject": name}
        traits = {"email": f"{name}@example.org", "first_name": name.title()}
        known = {"identifiers": {"external_id": name}, "traits": traits}
        yield CloudEvent({**about, "id": f"{name}-r", "type": REGISTERED}, known)
        yield CloudEvent({**about, "id": f"{name}-o", "type": ORDERED}, {"total": 12.5})


def binary(event: CloudEvent) -> Message:
    """Write an event in binary mode."""
    message = http.to_binary_event(event)
    return dict(message.headers), message.body


def structured(event: CloudEvent) -> Message:
    """Write an event in structured mode."""
    message = http.to_structured_event(event)
    return dict(message.headers), message.body


def compressed(event: CloudEvent) -> Message:
    """Write an event in structured mode, gzip."""
    headers, body = structured(event)
    return {**headers, "content-encoding": "gzip"}, gzip.compress(body)


def batches(found: list[CloudEvent], size: int = 100) -> Iterator[Message]:
    """Write events as batches of structured bodies, which the SDK itself does not do."""
    bodies = [structured(event)[1] for event in found]
    for start in range(0, len(bodies), size):
        yield BATCH, b"[" + b",".join(bodies[start : start + size]) + b"]"


def post(port: int, messages: Iterator[Message], *, tries: int = 1) -> list[int]:
    """Post every message as its sender would, again after 503; give the last statuses."""
    connection = HTTPConnection("127.0.0.1", port, timeout=30)
    statuses = []
    for headers, body in messages:
        for _ in range(tries):
            connection.request("POST", "/v1/events", body=body, headers={**headers, **OWNER})
            answer = connection.getresponse()
            answer.read()
            if answer.status != 503:
                break
        statuses.append(answer.status)
    connection.close()
    return statuses


def test_a_thousand_people_each_get_one_mail_in_batches(shop: Shop) -> None:
    """Every person named by the SDK's events has one profile and gets each mail exactly once."""
    statuses = post(shop.server.port, batches(list(events("ce", 1000))))

    assert {202} == set(statuses)
    assert_once(shop, "ce", 1000)


@pytest.mark.parametrize(("write", "people"), [(binary, 30), (structured, 30), (compressed, 1000)])
def test_every_mode_is_read_one_event_at_a_time(shop: Shop, write: Write, people: int) -> None:
    """Binary, structured and compressed events say the same."""
    group = f"ce-{write.__name__}"
    statuses = post(shop.server.port, map(write, events(group, people)))

    assert {202} == set(statuses)
    assert_once(shop, group, people)


def test_nothing_happens_twice_when_every_event_is_repeated(shop: Shop) -> None:
    """The same id and source twice is one event."""
    with front_of(shop.server.port, copies=2) as front:
        statuses = post(int(front.url.rpartition(":")[2]), batches(list(events("ce-twice", 1000))))

    assert {202} == set(statuses)
    assert_once(shop, "ce-twice", 1000)


def test_nothing_is_lost_when_the_first_two_answers_are_503(shop: Shop) -> None:
    """A sender that tries again after 503 is counted once."""
    with front_of(shop.server.port, refusals=2) as front:
        port = int(front.url.rpartition(":")[2])
        statuses = post(port, batches(list(events("ce-503", 1000))), tries=3)

    assert ({202}, [503, 503]) == (set(statuses), front.statuses[:2])
    assert_once(shop, "ce-503", 1000)
