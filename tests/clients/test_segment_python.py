"""segment-analytics-python, unmodified."""

from collections.abc import Callable
from typing import Any

from segment.analytics.client import Client

from tests.clients.front import front_of
from tests.clients.shop import ORDER, Shop, assert_once, names


def send(url: str, group: str, count: int, **options: Any) -> list[Exception]:
    """Identify people and track an order of each; give the errors the client told of."""
    errors: list[Exception] = []
    note: Callable[..., None] = lambda error, _batch: errors.append(error)  # noqa: E731 - a callback
    client = Client("demo", host=url, on_error=note, **options)
    for name in names(group, count):
        client.identify(name, {"email": f"{name}@example.org", "first_name": name.title()})
        client.track(name, ORDER, {"order_id": f"{name}-1", "total": 12.5})
    client.flush()
    client.join()
    return errors


def test_a_thousand_people_each_get_one_mail(shop: Shop) -> None:
    """Every person of an unmodified client has one profile and gets each mail exactly once."""
    errors = send(shop.url, "seg", 1000)

    assert [] == errors
    assert_once(shop, "seg", 1000)


def test_compressed_bodies_are_read_when_gzip_is_on(shop: Shop) -> None:
    """A gzip body says the same as a plain one."""
    with front_of(shop.server.port) as front:
        errors = send(front.url, "seg-gzip", 1000, gzip=True)

    assert [] == errors
    assert {"gzip"} == set(front.encodings)
    assert_once(shop, "seg-gzip", 1000)


def test_nothing_happens_twice_when_every_batch_is_repeated(shop: Shop) -> None:
    """The same batch twice leaves one profile and one mail per person."""
    with front_of(shop.server.port, copies=2) as front:
        errors = send(front.url, "seg-twice", 1000)

    assert [] == errors
    assert_once(shop, "seg-twice", 1000)


def test_nothing_is_lost_when_the_first_two_answers_are_503(shop: Shop) -> None:
    """The client tries again after 503, and what comes then counts once."""
    with front_of(shop.server.port, refusals=2) as front:
        errors = send(front.url, "seg-503", 1000)

    assert [] == errors
    assert [503, 503] == front.statuses[:2]
    assert_once(shop, "seg-503", 1000)
