"""The workspace's policy: when, how often and to whom it writes."""

from functions.admin.door import Asked, Reply, Route
from signet.domain.policy import PolicyDraft
from signet.runtime import etag
from signet.usecases import policies
from signet.usecases.policies import PolicyView


def got(asked: Asked) -> Reply:
    """Read the policy that is in force, or a version of it."""
    view = policies.find(asked.workspace, asked.version(), catalog=asked.ports.catalog)
    return Reply(view, tag=_tag(view))


def put(asked: Asked) -> Reply:
    """Write the policy as a new version; it is in force for whatever is claimed from then on."""
    draft, catalog = asked.body(PolicyDraft), asked.ports.catalog
    known = policies.find(asked.workspace, None, catalog=catalog)
    asked.demand_tag(_tag(known))
    view = policies.put(
        draft, principal=asked.principal, known=known, catalog=catalog, clock=asked.ports.clock
    )
    return Reply(view, tag=_tag(view))


def _tag(view: PolicyView) -> str:
    return etag.of("policy", view.version)


_POLICY = "/v1/policy"
ROUTES = (
    Route("GET", _POLICY, "policy.read", got, gives=PolicyView, query=("version",)),
    Route("PUT", _POLICY, "policy.write", put, reads=PolicyDraft, gives=PolicyView),
)
