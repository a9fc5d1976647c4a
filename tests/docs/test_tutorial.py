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
@pytest.mark.parametrize("page", ["README.md", "docs/tutorial.md", "docs/add-a-source.md"])
def test_a_page_prints_what_it_says(page: str, url: str, tmp_path: Path) -> None:
    """Every block of the page runs, and prints what the page shows: no line less, and none more."""
    for block, printed in markdown.run(ROOT / page, url=url, folder=tmp_path):
        assert block.prints(printed), f"{block.code}\nprinted\n{printed}\nshown\n{block.shows}"


def test_only_shell_python_and_shown_text_are_read() -> None:
    """A console block is for people, and a text block belongs to the block before it."""
    page = "```console\nno\n```\n\n```sh\nls\n```\n\n```text\na\n```\n\n```python\nx\n```\n"
    shell, python = markdown.blocks(page)

    assert ("ls\n", "a\n") == (shell.code, shell.shows)
    assert python.code.startswith("python3 -") and "x\n" in python.code


@pytest.mark.parametrize(
    ("shows", "printed", "same"),
    [
        ("", "", True),
        ("", "a\n", False),
        ("a\n", "a\n", True),
        ("a\n", "a", True),
        ("a\n", "a\n\n", False),
        ("a\n", "ab\n", False),
        ("a\n", "a\nb\n", False),
        ("a\nb\n", "a\n", False),
        ("a.c\n", "abc\n", False),
        ("id … end\n", "id 4711 end\n", True),
        ("id … end\n", "id 1\n2 end\n", False),
    ],
)
def test_what_is_printed_is_compared_to_the_letter(shows: str, printed: str, same: bool) -> None:
    """A line more, a line less or another letter is another output; only `…` may vary."""
    assert same == markdown.Block("", shows).prints(printed)
