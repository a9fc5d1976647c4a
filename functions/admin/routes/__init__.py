"""Every route of the admin function, one module per resource."""

from functions.admin.door import Route
from functions.admin.routes import (
    browsers,
    campaigns,
    console,
    dead_letters,
    duplicates,
    feedback,
    imports,
    merges,
    messages,
    meta,
    post_codes,
    profiles,
    quarantine,
    reports,
    sending,
    sources,
    suppressions,
    templates,
)

ROUTES: tuple[Route, ...] = (
    *templates.ROUTES,
    *campaigns.ROUTES,
    *profiles.ROUTES,
    *duplicates.ROUTES,
    *merges.ROUTES,
    *messages.ROUTES,
    *suppressions.ROUTES,
    *feedback.ROUTES,
    *sources.ROUTES,
    *imports.ROUTES,
    *post_codes.ROUTES,
    *reports.ROUTES,
    *sending.ROUTES,
    *dead_letters.ROUTES,
    *quarantine.ROUTES,
    *browsers.ROUTES,
    *meta.ROUTES,
    *console.ROUTES,
)
