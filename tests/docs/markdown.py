"""Pages as scripts: their shell and Python blocks, and what the blocks must print."""

import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

_FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
MARK = "@@@ block\n"
VARIES = "…"
ADDRESS = "http://127.0.0.1:8080"


@dataclass
class Block:
    """
    One block that is run, and what the page says that it prints: nothing, if it says nothing.

    `…` stands for what differs from run to run, within a line.
    """

    code: str
    shows: str = ""

    def prints(self, printed: str) -> bool:
        """Tell whether this is what the page shows, but for an end of line at the very end."""
        lines = (re.escape(line).replace(VARIES, ".+") for line in self.shows.splitlines())
        return re.fullmatch("\n".join(lines), printed.removesuffix("\n")) is not None


def blocks(page: str) -> list[Block]:
    """
    Read the blocks of a page.

    `sh` and `python` blocks are run in order in one shell; a `text` block is what the block before
    it prints; all others are not run.
    """
    found: list[Block] = []
    for kind, content in _FENCE.findall(page):
        if kind == "sh":
            found.append(Block(content))
        elif kind == "python":
            found.append(Block(f"python3 - <<'END_OF_BLOCK'\n{content}END_OF_BLOCK\n"))
        elif kind == "text" and found:
            found[-1].shows = content
    return found


def run(page: Path, *, url: str, folder: Path) -> list[tuple[Block, str]]:
    """Run a page's blocks against a local cloud at `url`; give each with what it printed."""
    found = blocks(page.read_text(encoding="utf-8").replace(ADDRESS, url))
    script = "".join(f"{block.code}\nprintf '%s' '{MARK}'\n" for block in found)
    paths = [str(Path(sys.executable).parent), os.environ.get("PATH", "")]
    environment = {"PATH": os.pathsep.join(paths), "NO_PROXY": "127.0.0.1", "HOME": str(folder)}
    done = subprocess.run(
        ["sh", "-eu"],
        check=False,
        input=script,
        capture_output=True,
        text=True,
        cwd=folder,
        env=environment,
        timeout=120,
    )
    printed = done.stdout.split(MARK)
    assert 0 == done.returncode, f"after {printed[-2:]}: {done.stderr[-2000:]}"
    return list(zip(found, printed, strict=False))  # after the last mark there is nothing
