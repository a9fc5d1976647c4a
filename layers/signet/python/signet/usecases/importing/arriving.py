"""Files arrive in the bucket: announced before, or dropped there by somebody."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from signet.domain import calls
from signet.domain.importing import ARRIVING, Arrival, ImportedFile, identity_of
from signet.domain.work import CutFile
from signet.ports import ImportBook, WorkQueue
from signet.usecases.importing.announcing import SourceShelf


@dataclass(frozen=True, slots=True)
class Hall:
    """The ports that files which arrive need; `queue` is preprocess's own."""

    book: ImportBook
    registry: SourceShelf
    queue: WorkQueue


def arrival_of(body: Mapping[str, Any], now: datetime) -> Arrival | None:
    """Read the news of a file; None for any other body."""
    detail = body.get("detail")
    if body.get("source") != "aws.s3" or not isinstance(detail, dict):
        return None
    found = detail.get("object")
    if not isinstance(found, dict) or not str(found.get("key", "")).startswith(ARRIVING):
        return None
    return Arrival(
        key=str(found["key"]),
        tag=str(found.get("etag") or "").strip('"'),
        sequencer=str(found.get("sequencer") or body.get("id") or ""),
        at=calls.moment(body.get("time")) or now,
    )


def arrive(arrival: Arrival, hall: Hall) -> None:
    """
    Begin the import of a file that arrived: announced before, or dropped into the bucket.

    Effects: imports, preprocess queue.
    Idempotent: the same news twice begins the same import.
    """
    if arrival.key.endswith("/"):  # a folder, as consoles make them
        return
    file = _announced(arrival, hall) or _dropped(arrival, hall)
    hall.book.begin(file, arrival.tag)
    standing = hall.book.get(file.workspace, file.id)
    if standing is not None and (standing.status, standing.tag) == ("reading", arrival.tag):
        hall.queue.send([CutFile(workspace=file.workspace, import_id=file.id)])


def _announced(arrival: Arrival, hall: Hall) -> ImportedFile | None:
    if arrival.import_id is None:
        return None
    file = hall.book.get(arrival.parts[0], arrival.import_id)
    return file if file is not None and file.key == arrival.key else None


def _dropped(arrival: Arrival, hall: Hall) -> ImportedFile:
    """Note a file that nobody announced; refused where no source of its name is registered."""
    places = arrival.places()
    found = ((workspace, name, hall.registry.source(workspace, name)) for workspace, name in places)
    workspace, name, source = next((one for one in found if one[2]), (*places[-1], None))
    tried = " or ".join(f"{name[:64]} in {workspace[:64]}" for workspace, name in places)
    file = ImportedFile(
        workspace=workspace,
        id=identity_of(arrival.at, arrival.key, arrival.tag, arrival.sequencer),
        source_name=name,
        source=source,
        name=arrival.parts[-1],
        key=arrival.key,
        status="waiting" if source else "refused",
        reason="" if source else f"source: none is registered that is named {tried}",
        created_at=arrival.at,
    )
    hall.book.open(file)
    return file
