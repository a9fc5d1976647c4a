"""The pages that people follow are run as they stand."""

import shutil
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from infra.local.cloud import LocalCloud
from infra.local.server import Server
from tests.docs import markdown

ROOT = Path(__file__).parents[2]


@pytest.fixture
def url() -> Iterator[str]:
    """Serve an empty local cloud on a free port."""
    with LocalCloud() as cloud:
        server = Server(cloud, port=0)
        thread = threading.Thread(target=server.run)
        thread.start()
        while not server.started:
            time.sleep(0.01)
        yield f"http://127.0.0.1:{server.port}"
        server.stop()
        thread.join()


@pytest.mark.skipif(shutil.which("curl") is None, reason="there is no curl on this machine")
@pytest.mark.parametrize("page", ["README.md", "docs/tutorial.md"])
def test_a_page_prints_what_it_says(page: str, url: str, tmp_path: Path) -> None:
    """Every block of the page runs, and prints each line that the page shows."""
    for block, printed in markdown.run(ROOT / page, url=url, folder=tmp_path):
        missing = [line for line in block.shows.splitlines() if line not in printed]

        assert [] == missing, f"{block.code}\nprinted\n{printed}"


def test_only_shell_python_and_shown_text_are_read() -> None:
    """A console block is for people, and a text block belongs to the block before it."""
    page = "```console\nno\n```\n\n```sh\nls\n```\n\n```text\na\n```\n\n```python\nx\n```\n"
    shell, python = markdown.blocks(page)

    assert ("ls\n", "a\n") == (shell.code, shell.shows)
    assert python.code.startswith("python3 -") and "x\n" in python.code
