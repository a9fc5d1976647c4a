"""The console's files, read once at first use."""

from functools import cache
from pathlib import Path

_MEDIA = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}


@cache
def _assets() -> dict[str, tuple[str, str]]:
    folder = Path(__file__).parent / "assets"
    return {
        path.name: (_MEDIA[path.suffix], path.read_text("utf-8"))
        for path in folder.iterdir()
        if path.suffix in _MEDIA
    }


def asset(name: str) -> tuple[str, str] | None:
    """Give the media type and the text of a file, None where there is none of this name."""
    return _assets().get(name)
