"""What no file of ours may say: unfinished work, where packages came from, whose machine it was."""

import re
from pathlib import Path

import pytest

from tests.architecture.tree import ROOT, files, relative, report

TEXT = {
    "", ".cfg", ".css", ".csv", ".html", ".ini", ".j2", ".js", ".json", ".md", ".mjs", ".py",
    ".sh", ".toml", ".txt", ".yaml", ".yml",
}  # fmt: skip
UNFINISHED = re.compile(r"\b(TODO|FIXME|XXX|HACK|WIP)\b|\bfor now\b")
HOSTS = re.compile(
    r"\b(pypi\.org|pythonhosted\.org|registry\.npmjs\.org|registry\.yarnpkg\.com)|index-url ="
)
HOMES = re.compile(r"/(home|Users)/\w+|[A-Z]:\\Users|/tmp/\w+_jobs")
LONG_ENOUGH = 3


def _lines() -> list[tuple[str, str]]:
    return [
        (f"{relative(path)}:{number}", line)
        for path in files()
        if path.suffix in TEXT and path != Path(__file__).resolve()
        for number, line in enumerate(path.read_text("utf-8", "replace").splitlines(), 1)
    ]


def _found(pattern: re.Pattern[str]) -> list[str]:
    return [f"{where} {line.strip()[:80]}" for where, line in _lines() if pattern.search(line)]


@pytest.mark.parametrize(
    ("rule", "pattern"),
    [("unfinished work", UNFINISHED), ("package registries", HOSTS), ("machine paths", HOMES)],
)
def test_no_file_mentions(rule: str, pattern: re.Pattern[str]) -> None:
    """What is committed is finished, and says nothing about whose machine it was written on."""
    offences = _found(pattern)

    assert [] == offences, report(offences, rule)


def test_no_file_mentions_where_this_checkout_stands() -> None:
    """A path that is true on one machine only is a fault on every other."""
    own = [str(ROOT)] if len(ROOT.parts) >= LONG_ENOUGH else []
    places = re.compile(
        "|".join(re.escape(p) for p in [*own, str(ROOT.parent / "shared")]) + r"(?=[/\s\"'`]|$)"
    )
    offences = _found(places)

    assert [] == offences, report(offences, "paths of this checkout")


def test_locks_name_no_host() -> None:
    """Packages come from whatever index is configured; a lock gives names, versions and hashes."""
    locks = sorted((ROOT / "requirements").glob("*.txt"))
    offences = [relative(p) for p in locks if "://" in p.read_text("utf-8")]

    assert [] == offences, report(offences, "locks without hosts")
