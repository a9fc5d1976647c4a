"""What may lie on the preprocess queue, and who does it: work of our own, and news from outside."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from signet.domain.work import AnyWork, ApplyEvents, CutFile, ImportPart, read
from signet.errors import Poison
from signet.ports import Clock, ImportBook, ObjectStore, Quarantine, WorkQueue
from signet.usecases.importing import cutting, files, taking
from signet.usecases.importing.cutting import Left
from signet.usecases.importing.files import SourceShelf
from signet.usecases.preprocess import Stores, apply


@dataclass(frozen=True, slots=True)
class Desks:
    """The ports that the work on this queue needs."""

    stores: Stores
    registry: SourceShelf
    imports: ImportBook
    quarantine: Quarantine
    intake: ObjectStore
    again: WorkQueue
    clock: Clock


def does(body: str, desks: Desks, *, left: Left) -> None:
    """
    Do what one queue body asks for.

    Args:
        body: As it lies on the queue.
        desks: The ports.
        left: Tells how long the function may still run.

    Raises:
        Poison: Nobody here can do that.
    """
    arrival = files.arrival_of(_given(body), desks.clock.now())
    if arrival is not None:
        hall = files.Hall(desks.imports, desks.registry, desks.again)
        files.arrive(arrival, hall)
        return
    _work(read(body), desks, left)


def _work(work: AnyWork, desks: Desks, left: Left) -> None:
    match work:
        case ApplyEvents():
            apply(work, desks.stores)
        case CutFile():
            bench = cutting.Bench(desks.imports, desks.intake, desks.again)
            cutting.cut(work, bench, left=left)
        case ImportPart():
            desk = taking.Desk(
                desks.imports, desks.intake, desks.quarantine, desks.stores, desks.again
            )
            taking.take(work, desk, left=left)
        case _:
            raise Poison(f"kind: {work.kind} is not work of this stage")


def _given(body: str) -> Mapping[str, Any]:
    # Most bodies are packs of our own, which are read once only.
    if '"detail-type"' not in body[:200] and '"aws.s3"' not in body:
        return {}
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}
