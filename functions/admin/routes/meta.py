"""What the API says about itself."""

from functions.admin.door import Asked, Reply, Route
from signet import __version__
from signet.runtime import etag


def healthy(asked: Asked) -> Reply:  # noqa: ARG001 - every route has the same shape
    """Tell that the function answers, and its version."""
    return Reply({"status": "ok", "version": __version__})


def described(asked: Asked) -> Reply:  # noqa: ARG001 - see healthy
    """Give the OpenAPI description of every route."""
    document = _document()
    return Reply(document, tag=etag.of(document))


def explained(asked: Asked) -> Reply:  # noqa: ARG001 - see healthy
    """Show the OpenAPI description as a page."""
    from functions.admin.console import pages  # noqa: PLC0415 - loads Jinja2, 170 ms

    return pages.docs(_document())


def _document() -> dict[str, object]:
    from functions.admin import openapi  # noqa: PLC0415 - it reads the routes, so this one too

    return openapi.document()


ROUTES = (
    Route("GET", "/healthz", None, healthy),
    Route("GET", "/openapi.json", None, described),
    Route("GET", "/docs", None, explained, media="text/html"),
)
