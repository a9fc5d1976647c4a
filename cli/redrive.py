"""`signet redrive`: send dead letters back to where they failed."""

from collections.abc import Sequence
from typing import Annotated, Any
from urllib.parse import urlencode

import typer

from cli.output import FAILED, PARTLY, Stop, give, say, table
from cli.remote import Remote

PAGE = 100


def redrive(
    *,
    queue: Annotated[str | None, typer.Option(help="Only those of one queue.")] = None,
    ident: Annotated[list[str] | None, typer.Option("--id", help="Only these; repeat it.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only list them.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """List the dead letters, and send them back to their queues."""
    remote = Remote.from_environment()
    letters = chosen(remote, queue, ident)
    say(listed(letters))
    sent = 0 if dry_run else sum(send(remote, name, letters) for name in sorted(names(letters)))
    found = {"data": letters, "dry_run": dry_run, "listed": len(letters), "redriven": sent}
    give(found, text=f"{len(letters)} listed, {sent} sent back", as_json=as_json)
    if ident and len(letters) < len(set(ident)):
        say("not every --id is on the list")
        raise typer.Exit(PARTLY if letters else FAILED)
    if sent < len(letters) and not dry_run:
        raise typer.Exit(PARTLY if sent else FAILED)


def names(letters: Sequence[dict[str, Any]]) -> set[str]:
    """Name the queues that the letters failed in."""
    return {letter["queue"] for letter in letters}


def send(remote: Remote, queue: str, letters: Sequence[dict[str, Any]]) -> int:
    """
    Send the listed letters of one queue back, and tell how many went.

    What was listed is what goes: a letter that dies meanwhile waits for the next time.
    """
    ids = [letter["id"] for letter in letters if letter["queue"] == queue]
    sent = 0
    for at in range(0, len(ids), PAGE):
        asked = {"queue": queue, "ids": ids[at : at + PAGE], "dry_run": False}
        try:
            sent += len(remote.ask("POST", "/v1/dead-letters/redrive", asked)["ids"])
        except Stop as refused:
            say(f"{queue}: {refused}")
    return sent


def chosen(remote: Remote, queue: str | None, ident: list[str] | None) -> list[dict[str, Any]]:
    """Read every dead letter of a queue, or of all, and keep those that are named."""
    found: list[dict[str, Any]] = []
    cursor: str | None = None
    while True:
        asked = {"limit": PAGE, "queue": queue, "cursor": cursor}
        query = urlencode({name: value for name, value in asked.items() if value is not None})
        page = remote.ask("GET", f"/v1/dead-letters?{query}")
        found += page["data"]
        cursor = page.get("next_cursor")
        if not cursor:
            break
    return [letter for letter in found if not ident or letter["id"] in ident]


def listed(letters: Sequence[dict[str, Any]]) -> str:
    """Lay the letters out for people."""
    if not letters:
        return "no dead letters"
    columns = ("id", "queue", "receives", "buried_at", "reason")
    return table(columns, [[letter.get(name, "") for name in columns] for letter in letters])
