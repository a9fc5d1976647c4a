"""
Generated pages and schemas: `python -m tests.docs.generate write` or `compare`.

Everything here is read from the code, and committed, so that a change of a contract is seen in
review as a change of a file.
"""

import json
import sys
from collections.abc import Iterator
from pathlib import Path

from pydantic import BaseModel

from signet.domain import work
from signet.domain.events import Event
from tests.docs import emulators, figures, proof, reference

ROOT = Path(__file__).parents[2]
SCHEMAS: dict[str, type[BaseModel]] = {
    "event": Event,
    "apply_events": work.ApplyEvents,
    "render_messages": work.RenderMessages,
    "deliver_messages": work.DeliverMessages,
    "note_engagement": work.NoteEngagement,
    "settle_message": work.SettleMessage,
    "mirror_suppression": work.MirrorSuppression,
    "fold_change": work.FoldChange,
    "walk_campaign": work.WalkCampaign,
    "start_broadcast": work.StartBroadcast,
    "find_duplicates": work.FindDuplicates,
    "join_visitor": work.JoinVisitor,
    "replay_lake": work.ReplayLake,
    "forget_decisions": work.ForgetDecisions,
    "cut_file": work.CutFile,
    "import_part": work.ImportPart,
}
DIALECT = "https://json-schema.org/draft/2020-12/schema"


def files() -> Iterator[tuple[Path, str]]:
    """Give every generated file's path and what must be in it."""
    for name, model in SCHEMAS.items():
        schema = {"$schema": DIALECT, **model.model_json_schema()}
        yield ROOT / "events" / "schemas" / f"{name}.json", json.dumps(schema, indent=2) + "\n"
    pages = {"settings": reference.settings, "errors": reference.errors, "events": reference.events}
    for name, page in pages.items():
        yield ROOT / "docs" / "reference" / f"{name}.md", page()
    yield figures.PAGE, figures.page()
    yield emulators.PAGE, emulators.page()
    yield proof.PAGE, proof.page()


def stale() -> list[str]:
    """Name the files that are not there or not as the code has it."""
    return [
        str(path.relative_to(ROOT))
        for path, content in files()
        if not path.exists() or path.read_text(encoding="utf-8") != content
    ]


def write() -> None:
    """Write every file."""
    for path, content in files():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")


def main(arguments: list[str]) -> int:
    """Write or compare; 1 where a file is stale, 2 where nothing of the two was asked."""
    if arguments == ["write"]:
        write()
        return 0
    if arguments == ["compare"]:
        for name in stale():
            print(f"{name} is stale")  # noqa: T201 - talk to people
        return 1 if stale() else 0
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
