"""rudder-sdk-python, unmodified; it compresses by itself and knows no answer but 200."""

from collections.abc import Callable
from typing import Any

from rudderstack.analytics.client import Client

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


def test_a_thousand_people_each_get_one_mail_with_gzip_as_shipped(shop: Shop) -> None:
    """Every person has one profile and gets each mail once; bodies are compressed by default."""
    with front_of(shop.server.port) as front:
        errors = send(front.url, "rud", 1000)

    assert [] == errors
    assert ({"gzip"}, {200}) == (set(front.encodings), set(front.statuses))
    assert_once(shop, "rud", 1000)


def test_plain_bodies_are_read_when_gzip_is_off(shop: Shop) -> None:
    """The same client without compression is understood too."""
    errors = send(shop.url, "rud-plain", 1000, gzip=False)

    assert [] == errors
    assert_once(shop, "rud-plain", 1000)


def test_nothing_happens_twice_when_every_batch_is_repeated(shop: Shop) -> None:
    """The same batch twice leaves one profile and one mail per person."""
    with front_of(shop.server.port, copies=2) as front:
        errors = send(front.url, "rud-twice", 1000)

    assert [] == errors
    assert_once(shop, "rud-twice", 1000)


def test_nothing_is_lost_when_the_first_two_answers_are_503(shop: Shop) -> None:
    """The client tries again after 503, and what comes then counts once."""
    with front_of(shop.server.port, refusals=2) as front:
        errors = send(front.url, "rud-503", 1000)

    assert [] == errors
    assert [503, 503] == front.statuses[:2]
    assert_once(shop, "rud-503", 1000)
