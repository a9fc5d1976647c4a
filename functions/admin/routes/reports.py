"""Reports on the whole workspace; a campaign's report is with the campaigns."""

from functions.admin.door import Asked, Reply, Route
from signet.usecases import overview
from signet.usecases.overview import Overview


def overviewed(asked: Asked) -> Reply:
    """Report on the workspace, of all time or of the days `from` to `to`."""
    first, last = asked.day("from"), asked.day("to")
    return Reply(
        overview.overview(asked.workspace, first=first, last=last, counters=asked.ports.counters)
    )


ROUTES = (
    Route("GET", "/v1/reports/overview", "reports.read", overviewed,
          gives=Overview, query=("from", "to")),
)  # fmt: skip
