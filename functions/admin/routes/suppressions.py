"""Suppressed addresses."""

from functions.admin.door import Asked, Reply, Route
from signet.usecases import views
from signet.usecases.views import SuppressionView


def listed(asked: Asked) -> Reply:
    """List the addresses that must not be used, by their handles."""
    page = asked.ports.permissions.suppressions(
        asked.workspace, limit=asked.limit(), position=asked.position()
    )
    return asked.page(page, views.suppression)


ROUTES = (
    Route("GET", "/v1/suppressions", "suppressions.read", listed,
          gives=SuppressionView, listing=True),
)  # fmt: skip
