"""What may lie on the preprocess queue, and who does it; what is from outside is asked first."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from functions.preprocess.doors import doors, read_in
from signet.domain.importing import ARRIVING
from signet.domain.work import (
    AnyWork,
    ApplyEvents,
    CutFile,
    FindDuplicates,
    ImportPart,
    JoinVisitor,
    read,
)
from signet.errors import Poison
from signet.ports import ImportBook, ObjectStore, WorkQueue
from signet.usecases.importing import arriving, cutting, taking
from signet.usecases.importing.cutting import Left
from signet.usecases.inbound import MailRoom
from signet.usecases.preprocess import Stores, apply
from signet.usecases.ruling import Clerk, look
from signet.usecases.visits import join


@dataclass(frozen=True, slots=True)
class Desks:
    """The ports that the work on this queue needs."""

    stores: Stores
    clerk: Clerk
    imports: ImportBook
    intake: ObjectStore
    room: MailRoom
    again: WorkQueue


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
    hall = desks.room.hall
    arrival = arriving.arrival_of(_news(body), hall.clock.now())
    if arrival is not None:
        arriving.arrive(arrival, arriving.Hall(desks.imports, hall.registry, desks.again))
        return
    outside = read_in(body, doors(desks.room))
    if outside is None:
        _work(read(body), desks, left)
    for work in outside or ():
        apply(work, desks.stores)


def _work(work: AnyWork, desks: Desks, left: Left) -> None:
    match work:
        case ApplyEvents():
            apply(work, desks.stores)
        case FindDuplicates():
            look(work, desks.clerk)
        case JoinVisitor():
            join(work, desks.clerk.office)
        case CutFile():
            cutting.cut(work, cutting.Bench(desks.imports, desks.intake, desks.again), left=left)
        case ImportPart():
            hall = desks.room.hall
            desk = taking.Desk(
                book=desks.imports,
                objects=desks.intake,
                quarantine=hall.quarantine,
                stores=desks.stores,
                queue=desks.again,
            )
            taking.take(work, desk, left=left)
        case _:
            raise Poison(f"kind: {work.kind} is not work of this stage")


def _news(body: str) -> Mapping[str, Any]:
    """Read a body that may be the news of a file; packs of our own are large, and read once."""
    if '"aws.s3"' not in body or ARRIVING not in body:
        return {}
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}
