"""Public tables through `signet import`, and the duplicates among them that the API lists."""

import json
import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import quote

import pytest

from benchmarks.linkage import DATA_SETS, DataSet, compared, faults
from signet.linkage.groups import Pair, pair
from tests.cli.running import SIGNET, ask, free_port, running

LIST = "/v1/duplicates?limit=200"


@pytest.mark.parametrize("data", DATA_SETS, ids=lambda data: data.name)
def test_duplicates_of_an_imported_table_are_found_with_default_settings(
    data: DataSet, corpora: Callable[[str], Path], show: Callable[[str], None]
) -> None:
    """Precision and F1 of what the rule would merge are as good as promised."""
    path = corpora(data.file.partition("/")[0]).parent / data.file
    rows = data.rows(path.parents[1])
    columns = data.traits(dict.fromkeys(next(iter(rows.values())), "x"))
    mapping = {"external_id": f'"{data.ident}"', "traits": {n: f'"{n}"' for n in columns}}
    port = free_port()
    with running(port, "--empty", "--no-open"):
        ask(port, "/v1/sources/table", {"kind": "crm", "mapping": mapping}, method="PUT")
        told = _imported(port, path)
        ask(port, "/_local/drain", {}, method="POST")
        result = compared(data, rows, dict(_listed(port)))

    show(f"{data.name}: {told} rows, {json.dumps(result['figures'])}")
    assert 980 < told
    assert [] == faults([result])
    assert result["figures"]["merge"]["precision"] >= 0.99


def _imported(port: int, path: Path) -> int:
    """Import a file as a person does, and give how many rows were accepted."""
    done = subprocess.run(
        [*SIGNET, "import", str(path), "--source", "table", "--wait", "--json"],
        env=os.environ | {"SIGNET_URL": f"http://127.0.0.1:{port}"},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    return int(json.loads(done.stdout)["rows"]["accepted"])


def _listed(port: int) -> Iterator[tuple[Pair, str]]:
    cursor = LIST
    while cursor:
        page = ask(port, cursor)
        for found in page["data"]:
            one, other = (person["identifiers"]["external_id"][0] for person in found["profiles"])
            yield pair(one, other), found["zone"]
        cursor = page["next_cursor"] and f"{LIST}&cursor={quote(page['next_cursor'])}"
