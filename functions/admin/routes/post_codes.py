"""Where post codes lie."""

from functions.admin.door import Asked, Reply, Route
from signet.usecases import post_codes
from signet.usecases.post_codes import PostCodesDraft, PostCodesView


def got(asked: Asked) -> Reply:
    """Tell how many post codes of a country are known."""
    found = post_codes.find(asked.workspace, asked.path["country"], objects=asked.ports.post_codes)
    return Reply(found)


def put(asked: Asked) -> Reply:
    """Bring a country's table of post codes, in place of the one before."""
    draft = asked.body(PostCodesDraft)
    kept = post_codes.put(
        draft,
        workspace=asked.workspace,
        country=asked.path["country"],
        objects=asked.ports.post_codes,
    )
    return Reply(kept)


_ONE = "/v1/post-codes/<country>"
ROUTES = (
    Route("GET", _ONE, "sources.read", got, gives=PostCodesView),
    Route("PUT", _ONE, "sources.write", put, reads=PostCodesDraft, gives=PostCodesView),
)
