"""
The one question of browser clients that ends in a slash.

An HTTP API has no route keys that end in `/`, so `GET /sourceConfig/` falls through to this
function; the same question without the slash is answered by ingest.
"""

from functions.admin.door import Asked, Reply, Route
from signet.domain.browser_setup import source_config
from signet.runtime import auth


def configured(asked: Asked) -> Reply:
    """Tell RudderStack's browser client about its source."""
    call = asked.call
    key = call.query.get("writeKey")
    principal = auth.principal_of(call.headers, asked.ports.keys, fallback=key)
    local = call.headers.get("x-forwarded-proto") == "http"
    host = call.headers.get("host", "localhost")
    url = f"{'http' if local else 'https'}://{host}"
    return Reply(source_config(principal, key=key or "", url=url))


# Browser clients say much in the query, and each version says more.
ROUTES = (Route("GET", "/sourceConfig/", None, configured, query=("writeKey",)),)
