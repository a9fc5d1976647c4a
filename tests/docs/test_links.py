"""Links between pages lead to something that is there."""

import re
from collections.abc import Iterator
from pathlib import Path

from tests.architecture.tree import ROOT, files, relative, report

LINK = re.compile(r"\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#+ (.*)$", re.MULTILINE)


def broken(page: Path) -> Iterator[str]:
    """Give the links of a page that lead to no file, or to no heading of it."""
    text = re.sub(r"```.*?```|`[^`\n]*`", "", page.read_text("utf-8"), flags=re.DOTALL)
    for link in LINK.findall(text):
        name, _, heading = link.partition("#")
        target = page.parent / name if name else page
        if "://" in link or (target.exists() and (not heading or heading in headings(target))):
            continue
        yield f"{relative(page)}: {link}"


def headings(page: Path) -> set[str]:
    """Give the headings of a page as links name them."""
    found = HEADING.findall(page.read_text("utf-8"))
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in found}


def test_every_link_leads_somewhere() -> None:
    """A page that is moved takes the links to it along."""
    offences = [link for page in files(ROOT, suffix=".md") for link in broken(page)]

    assert [] == offences, report(offences, "links lead somewhere")


def test_a_link_to_a_heading_that_is_gone_is_found(tmp_path: Path) -> None:
    """The heading counts, not only the file."""
    assert {"what-is-not-promised", "in_doubt-it-may-have-gone"} <= headings(
        ROOT / "docs" / "promise.md"
    )
