"""The entrance and the JSON that people really send: never a 5xx, nothing broken let in."""

import io
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from infra.local.cloud import LocalCloud
from tests.local.journey import WRITE

SUITE = Path(__file__).resolve().parents[3] / "shared" / "corpora" / "jsontestsuite"


def _files() -> Iterator[tuple[str, bytes]]:
    archive = SUITE / "test_parsing.zip"
    if not archive.exists():
        pytest.skip("the corpus jsontestsuite is not beside the repository")
    with zipfile.ZipFile(io.BytesIO(archive.read_bytes())) as opened:
        for name in opened.namelist():
            if name.endswith(".json"):
                yield name.rpartition("/")[2], opened.read(name)


@pytest.mark.parametrize("path", ["/v1/track", "/v1/batch", "/v1/events"])
def test_no_body_of_the_suite_breaks_the_entrance(path: str) -> None:
    """Every one of the 318 bodies gets an answer below 500, and every broken one is refused."""
    with LocalCloud() as cloud:
        for name, body in _files():
            answer = cloud.http("POST", path, headers=WRITE, body=body)
            assert answer.status < 500, name
            if name.startswith("n_"):
                assert answer.status in (400, 413), (name, answer.status)
                assert b"Traceback" not in answer.body
