"""@segment/analytics-node, unmodified, as its lock has it."""

import json
import subprocess
from pathlib import Path

from tests.clients.front import front_of
from tests.clients.shop import Shop, assert_once

SCRIPT = Path(__file__).with_name("segment_node.cjs")


def send(node: Path, modules: Path, *more: str, url: str, group: str, count: int) -> list[str]:
    """Run the client in a process of its own; give the failures it told of."""
    arguments = [str(node), str(SCRIPT), str(modules), url, group, str(count)]
    done = subprocess.run(
        [*arguments, *more], capture_output=True, text=True, timeout=240, check=True
    )
    failures: list[str] = json.loads(done.stdout)
    return failures


def test_a_thousand_people_each_get_one_mail(shop: Shop, node: Path, node_modules: Path) -> None:
    """Every person of an unmodified client has one profile and gets each mail exactly once."""
    failures = send(node, node_modules, url=shop.url, group="node", count=1000)

    assert [] == failures
    assert_once(shop, "node", 1000)


def test_compressed_bodies_are_read_when_the_clients_fetch_compresses(
    shop: Shop, node: Path, node_modules: Path
) -> None:
    """The client has no gzip of its own; with a fetch that has, everybody gets one mail too."""
    with front_of(shop.server.port) as front:
        failures = send(node, node_modules, "gzip", url=front.url, group="node-gzip", count=1000)

    assert [] == failures
    assert ({"gzip"}, {200}) == (set(front.encodings), set(front.statuses))
    assert_once(shop, "node-gzip", 1000)


def test_nothing_happens_twice_when_every_batch_is_repeated(
    shop: Shop, node: Path, node_modules: Path
) -> None:
    """The same batch twice leaves one profile and one mail per person."""
    with front_of(shop.server.port, copies=2) as front:
        failures = send(node, node_modules, url=front.url, group="node-twice", count=1000)

    assert [] == failures
    assert_once(shop, "node-twice", 1000)


def test_nothing_is_lost_when_the_first_two_answers_are_503(
    shop: Shop, node: Path, node_modules: Path
) -> None:
    """The client tries again after 503, and what comes then counts once."""
    with front_of(shop.server.port, refusals=2) as front:
        failures = send(node, node_modules, url=front.url, group="node-503", count=1000)

    assert [] == failures
    assert [503, 503] == front.statuses[:2]
    assert_once(shop, "node-503", 1000)
