"""`signet import`: send a file of many rows, and tell what became of them."""

import http.client
import json
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Annotated, Any, BinaryIO

import typer

from cli.output import PARTLY, USAGE, Stop, give, rewrite, say, table
from cli.remote import Remote

COUNTS = ("read", "accepted", "duplicate", "quarantined")
PIECE = 1 << 18
SECONDS = 600.0
PAUSE, LONGEST_PAUSE = 0.1, 2.0


def import_(
    file: Annotated[Path, typer.Argument(help="CSV, JSON lines or a Pinpoint export; gzip too.")],
    *,
    source: Annotated[str, typer.Option(help="The registered source that the rows are from.")],
    mapping: Annotated[
        Path | None, typer.Option(help="A JSON file with a mapping for this file only.")
    ] = None,
    wait: Annotated[
        bool, typer.Option("--wait", help="Stay until each row has a verdict.")
    ] = False,
    form: Annotated[
        str, typer.Option("--format", help="auto, csv, json_lines or pinpoint.")
    ] = "auto",
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Import a file; each row is accepted, a duplicate, or laid aside with its reason."""
    wanted = {"source": source, "name": file.name, "format": form, "mapping": read(mapping)}
    remote = Remote.from_environment()
    with opened(file) as content:
        made = remote.ask("POST", "/v1/imports", wanted)
        send(made["upload"]["url"], content, size=file.stat().st_size)
    place = f"/v1/imports/{made['id']}"
    found = waited(remote, place) if wait else remote.ask("GET", place)
    found.pop("upload", None)
    give(found, text=shown(found), as_json=as_json)
    if found["status"] == "refused":
        raise Stop(f"{file}: {found['reason']}")
    if found["rows"]["quarantined"]:
        raise typer.Exit(PARTLY)


def opened(file: Path) -> BinaryIO:
    """
    Open the file.

    Raises:
        Stop: It is none, or cannot be read.
    """
    try:
        return file.open("rb")
    except OSError as error:
        raise Stop(f"{file}: {error.strerror}", code=USAGE) from None


def read(mapping: Path | None) -> Any:
    """
    Read the mapping.

    Raises:
        Stop: It cannot be read, or is no JSON.
    """
    if mapping is None:
        return None
    try:
        return json.loads(mapping.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise Stop(f"{mapping}: is no JSON file: {error}", code=USAGE) from None


def send(url: str, content: BinaryIO, *, size: int) -> None:
    """
    Write the file under its link, piece by piece.

    Raises:
        Stop: It is not taken.
    """
    request = urllib.request.Request(  # noqa: S310 - our own system gave the link
        url, method="PUT", data=pieces(content, size), headers={"content-length": str(size)}
    )
    try:
        with closing(urllib.request.urlopen(request, timeout=SECONDS)):  # noqa: S310 - as above
            pass
    except urllib.error.HTTPError as error:
        raise Stop(f"the file was not taken: {error.code}") from None
    except (OSError, http.client.HTTPException) as error:
        raise Stop(f"the file was not taken: {error}") from None
    rewrite("")


def pieces(content: BinaryIO, size: int) -> Iterator[bytes]:
    """Read the file piece by piece, and show how much is sent."""
    sent = 0
    while piece := content.read(PIECE):
        yield piece
        sent += len(piece)
        rewrite(f"sent {sent * 100 // size} %")


def waited(remote: Remote, place: str) -> Any:
    """Ask again and again until every row has its verdict, and show how many have."""
    pause = PAUSE
    while True:
        found = remote.ask("GET", place)
        if found["status"] in ("done", "refused"):
            rewrite("")
            return found
        rewrite(f"{found['status']}: {found['rows']['read']} rows")
        time.sleep(pause)
        pause = min(LONGEST_PAUSE, pause * 1.5)


def shown(found: Any) -> str:
    """Lay the result out for people."""
    rows = [(name, found["rows"][name]) for name in COUNTS]
    lines = [f"{found['id']}  {found['status']}", table(("rows", "number"), rows)]
    for fault in found["errors"]:
        say(f"row {fault['row']}: {fault['field']}: {fault['message']}")
    return "\n".join(lines)
