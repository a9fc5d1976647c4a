"""Packs of work: few queue messages for many items, within what one may hold."""

from collections.abc import Iterator, Sequence
from typing import TypeVar

from signet.domain.work import (
    DeliverMessage,
    DeliverMessages,
    RenderMessage,
    RenderMessages,
    Work,
)

PACK_ITEMS = 50
PACK_BYTES = 200_000

Item = TypeVar("Item", bound=Work)


def packed_renders(items: Sequence[RenderMessage]) -> list[RenderMessages]:
    """Pack messages to render."""
    return [RenderMessages(messages=tuple(pack)) for pack in packs(items)]


def packed_deliveries(items: Sequence[DeliverMessage]) -> list[DeliverMessages]:
    """Pack messages to deliver, bodies included."""
    return [DeliverMessages(messages=tuple(pack)) for pack in packs(items)]


def packs(items: Sequence[Item]) -> Iterator[list[Item]]:
    """Cut items into packs of at most fifty and about 200 KB."""
    pack: list[Item] = []
    weight = 0
    for item in items:
        size = len(item.model_dump_json())
        if pack and (len(pack) == PACK_ITEMS or weight + size > PACK_BYTES):
            yield pack
            pack, weight = [], 0
        pack.append(item)
        weight += size
    if pack:
        yield pack
