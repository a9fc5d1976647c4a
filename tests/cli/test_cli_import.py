"""`signet import` as a person runs it: real files, exit codes, byte for byte."""

import csv
import gzip
import json
import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.cli.running import SIGNET, ask, free_port, running

Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    """Serve an empty local cloud."""
    found = free_port()
    with running(found, "--empty", "--no-open"):
        yield found


@pytest.fixture
def run(port: int) -> Run:
    """Give a function that runs `signet import` against it."""

    def command(*arguments: object) -> "subprocess.CompletedProcess[str]":
        environment = os.environ | {"SIGNET_URL": f"http://127.0.0.1:{port}"}
        return subprocess.run(
            [*SIGNET, "import", *map(str, arguments)],
            env=environment,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )

    return command


def _source(port: int, name: str, **mapping: Any) -> None:
    ask(port, f"/v1/sources/{name}", {"kind": "crm", "mapping": mapping}, method="PUT")


def _rows(run: Run, *arguments: object) -> dict[str, int]:
    done = run(*arguments, "--wait", "--json")
    found: dict[str, int] = json.loads(done.stdout)["rows"]
    return found


def test_naughty_strings_come_back_byte_for_byte(
    port: int, run: Run, corpora: Callable[[str], Path], tmp_path: Path
) -> None:
    """As cells and as lines, each of them is a trait as it was written."""
    words: list[str] = json.loads((corpora("blns") / "blns.json").read_text("utf-8"))
    _source(port, "naughty", external_id="number", traits={"word": "word"})
    lines = [{"number": f"l{n}", "word": word} for n, word in enumerate(words)]
    (tmp_path / "a.jsonl").write_text("\n".join(map(json.dumps, lines)), "utf-8")
    with (tmp_path / "a.csv").open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(("number", "word"))
        writer.writerows((f"c{n}", word) for n, word in enumerate(words))

    for name in ("a.jsonl", "a.csv"):
        rows = _rows(run, tmp_path / name, "--source", "naughty")
        assert (len(words), len(words)) == (rows["read"], rows["accepted"])
    for kind in ("l", "c"):
        for number, word in enumerate(words):
            found = ask(port, f"/v1/profiles?identifier=external_id:{kind}{number}")
            assert (word or None) == found["traits"].get("word") or (kind, word) == ("l", "")


@pytest.mark.parametrize(
    ("table", "ident", "bad"),
    [
        ("febrl/dataset1.csv", "rec_id", 0),
        # Eleven of its addresses were garbled on purpose until they are none.
        ("splink-fake-1000/fake_1000.csv", "unique_id", 11),
    ],
)
def test_public_tables_are_imported_as_they_are(
    port: int,
    run: Run,
    corpora: Callable[[str], Path],
    tmp_path: Path,
    *,
    table: str,
    ident: str,
    bad: int,
) -> None:
    """Every row is somebody or laid aside; packed and under another name nobody is new."""
    corpus, _, file = table.partition("/")
    path = corpora(corpus) / file
    _source(port, corpus, external_id=ident)
    packed = tmp_path / "other.gz"
    packed.write_bytes(gzip.compress(path.read_bytes()))

    assert {"read": 1000, "accepted": 1000 - bad, "duplicate": 0, "quarantined": bad} == _rows(
        run, path, "--source", corpus
    )
    assert {"read": 1000, "accepted": 0, "duplicate": 1000 - bad, "quarantined": bad} == _rows(
        run, packed, "--source", corpus
    )


def test_exit_codes_tell_how_it_ended(port: int, run: Run, tmp_path: Path) -> None:
    """All well is 0, a failure 1, a wrong call 2, some rows laid aside 3."""
    _source(port, "codes")
    good, some, none = (tmp_path / name for name in ("good.csv", "some.csv", "none.csv"))
    good.write_text("email\nada@example.org\n", "utf-8")
    some.write_text("email\nada@example.org\nnobody\n", "utf-8")
    none.write_bytes(b"")

    well = run(good, "--source", "codes", "--wait")
    assert (0, True) == (well.returncode, "accepted     1" in well.stdout), well.stderr
    partly = run(some, "--source", "codes", "--wait")
    assert (3, True) == (partly.returncode, "row 3: email" in partly.stderr)
    assert 1 == run(good, "--source", "nobody", "--wait").returncode
    assert 2 == run(tmp_path / "gone.csv", "--source", "codes").returncode
    assert 2 == run(good, "--source", "codes", "--mapping", some).returncode
    refused = run(none, "--source", "codes", "--wait")
    assert (1, True) == (refused.returncode, "is empty" in refused.stderr)


def test_a_mapping_may_come_with_the_file(port: int, run: Run, tmp_path: Path) -> None:
    """It reads this file only; the source keeps its own."""
    _source(port, "mapped")
    mapping, file = tmp_path / "mapping.json", tmp_path / "a.csv"
    mapping.write_text(json.dumps({"email": "Anschrift", "traits": {"town": "Ort"}}), "utf-8")
    file.write_text("Anschrift;Ort\nmapped@example.org;Köln\n", "utf-8")

    rows = _rows(run, file, "--source", "mapped", "--mapping", mapping)

    assert 1 == rows["accepted"]
    person = ask(port, "/v1/profiles?identifier=email:mapped@example.org")
    found = ask(port, f"/v1/profiles/{person['id']}?lineage=true")
    assert "Köln" == found["traits"]["town"]
    assert 0 == found["lineage"]["town"]["mapping_version"]
    assert 1 == ask(port, "/v1/sources/mapped")["mapping_version"]
