"""The console: a page without data, its files, and the data it asks for."""

from functions.admin.console import files
from functions.admin.door import Asked, Reply, Route, plain
from signet.domain.principal import allows
from signet.errors import Missing
from signet.runtime import etag
from signet.usecases import overview, quarantine_views
from signet.usecases.overview import Live
from signet.usecases.quarantine_views import WaitingBrief

_COUNTED = 100


class ConsoleLive(Live):
    """The pipeline as it is now; what the caller's role may not read elsewhere is null here."""

    dead_letters: int | None = None
    quarantine: tuple[WaitingBrief, ...] | None = None


def page(asked: Asked) -> Reply:  # noqa: ARG001 - every route has the same shape
    """Show the console."""
    from functions.admin.console import pages  # noqa: PLC0415 - loads Jinja2, 170 ms

    return pages.console()


def asset(asked: Asked) -> Reply:
    """Give a file of the console."""
    found = files.asset(asked.path["name"])
    if found is None:
        raise Missing("there is nothing here")
    media, text = found
    return Reply(text, tag=etag.of(text), content_type=media)


def live(asked: Asked) -> Reply:
    """Give the live counts, and the newest events and messages to those who may read them."""
    ports = asked.ports
    shown = overview.live(
        asked.workspace,
        counters=ports.counters,
        events=ports.events if _may(asked, "profiles.read") else None,
        ledger=ports.ledger if _may(asked, "messages.read") else None,
    )
    body = plain(
        ConsoleLive(
            **shown.model_dump(), dead_letters=_dead_letters(asked), quarantine=_waiting(asked)
        )
    )
    return Reply(body, tag=etag.of(body))


def _may(asked: Asked, action: str) -> bool:
    return allows(asked.principal, action)


def _dead_letters(asked: Asked) -> int | None:
    if not _may(asked, "dead_letters.read"):
        return None
    page = asked.ports.dead_letters.page(asked.workspace, queue=None, limit=_COUNTED, position=None)
    return len(page.items)


def _waiting(asked: Asked) -> tuple[WaitingBrief, ...] | None:
    if not _may(asked, "quarantine.read"):
        return None
    return quarantine_views.newest(asked.workspace, quarantine=asked.ports.quarantine)


ROUTES = (
    Route("GET", "/", None, page, media="text/html"),
    Route("GET", "/assets/<name>", None, asset, media="text/css"),
    Route("GET", "/console/live", "console.read", live, gives=ConsoleLive),
)
