"""Templates and their versions."""

from collections.abc import Callable

from functions.admin.door import Asked, Reply, Route
from signet.domain.template import Template, TemplateDraft
from signet.runtime import etag
from signet.usecases import catalog, people, previews
from signet.usecases.catalog import NewTemplate, Shelf, TemplateView, Verdict, VersionView
from signet.usecases.previews import Preview, PreviewRequest


def listed(asked: Asked) -> Reply:
    """List the templates of the workspace."""
    shelf = _shelf(asked)
    heads = asked.ports.catalog.templates(asked.workspace)
    return asked.slice(heads, lambda head: catalog.show(head, shelf=shelf))


def created(asked: Asked) -> Reply:
    """Write a new template with its first version; an owner may activate it at once."""
    request = asked.body(NewTemplate)
    view = catalog.create(request, principal=asked.principal, shelf=_shelf(asked))
    place = {"location": f"/v1/templates/{view.name}"}
    return Reply(view, status=201, tag=_tag(view), headers=place)


def got(asked: Asked) -> Reply:
    """Read a template with its versions and its latest text."""
    view = catalog.show(_head(asked), shelf=_shelf(asked), content=True)
    return Reply(view, tag=_tag(view))


def put(asked: Asked) -> Reply:
    """Write a template's text: a new version, unless it is the latest one already."""
    draft, shelf = asked.body(TemplateDraft), _shelf(asked)
    head = asked.ports.catalog.template(asked.workspace, asked.path["name"])
    if head is None:
        asked.demand_tag(None)
        request = NewTemplate(name=asked.path["name"], **draft.model_dump())
        view = catalog.create(request, principal=asked.principal, shelf=shelf)
        return Reply(view, status=201, tag=_tag(view))
    asked.demand_tag(_tag(catalog.show(head, shelf=shelf)))
    if not catalog.same_as_latest(draft, head=head, shelf=shelf):
        catalog.add_version(draft, head=head, principal=asked.principal, shelf=shelf)
    view = catalog.show(_head(asked), shelf=shelf)
    return Reply(view, tag=_tag(view))


def added(asked: Asked) -> Reply:
    """Write the next version of a template."""
    head, shelf = _head(asked), _shelf(asked)
    draft = asked.body(TemplateDraft)
    asked.demand_tag(_tag(catalog.show(head, shelf=shelf)))
    view = catalog.add_version(draft, head=head, principal=asked.principal, shelf=shelf)
    return Reply(view, status=201)


def activated(asked: Asked) -> Reply:
    """Make a version the active one; only an owner may do so without review."""
    head, shelf = _head(asked), _shelf(asked)
    asked.demand_tag(_tag(catalog.show(head, shelf=shelf)))
    number = asked.number("n")
    return Reply(catalog.activate(number, head=head, principal=asked.principal, shelf=shelf))


def previewed(asked: Asked) -> Reply:
    """Fill a version with a person, with data, or with its own sample."""
    request, head = asked.body(PreviewRequest), _head(asked)
    person = None
    if request.profile_id is not None:
        person = people.find(asked.workspace, request.profile_id, profiles=asked.ports.profiles)
    done = previews.preview(
        request, head=head, person=person, shelf=_shelf(asked), renderer=asked.ports.renderer
    )
    return Reply(done)


def _reviewed(verdict: Verdict, summary: str) -> Callable[[Asked], Reply]:
    def reviewed(asked: Asked) -> Reply:
        head, shelf = _head(asked), _shelf(asked)
        asked.demand_tag(_tag(catalog.show(head, shelf=shelf)))
        view = catalog.review(
            verdict, asked.number("n"), head=head, principal=asked.principal, shelf=shelf
        )
        return Reply(view)

    reviewed.__doc__ = summary
    return reviewed


def _shelf(asked: Asked) -> Shelf:
    return Shelf(asked.ports.catalog, asked.ports.texts, asked.ports.clock)


def _head(asked: Asked) -> Template:
    return catalog.find(asked.workspace, asked.path["name"], shelf=_shelf(asked))


def _tag(view: TemplateView) -> str:
    return etag.of(view.model_dump(mode="json", exclude={"content"}))


_LIST = "/v1/templates"
_ONE = f"{_LIST}/<name>"
_VERSION = f"{_ONE}/versions/<n>"
ROUTES = (
    Route("GET", _LIST, "templates.read", listed, gives=TemplateView, listing=True),
    Route("POST", _LIST, "templates.write", created,
          reads=NewTemplate, gives=TemplateView, status=201, once=True),
    Route("GET", _ONE, "templates.read", got, gives=TemplateView),
    Route("PUT", _ONE, "templates.write", put, reads=TemplateDraft, gives=TemplateView),
    Route("POST", f"{_ONE}/versions", "templates.write", added,
          reads=TemplateDraft, gives=VersionView, status=201, once=True),
    Route("POST", f"{_VERSION}/submit", "templates.write",
          _reviewed("submit", "Ask for the review of a version."), gives=VersionView, once=True),
    Route("POST", f"{_VERSION}/approve", "templates.approve",
          _reviewed("approve", "Approve a version; its author cannot."),
          gives=VersionView, once=True),
    Route("POST", f"{_VERSION}/reject", "templates.approve",
          _reviewed("reject", "Reject a version; its author cannot."),
          gives=VersionView, once=True),
    Route("POST", f"{_VERSION}/activate", "templates.approve", activated,
          gives=VersionView, once=True),
    Route("POST", f"{_ONE}/preview", "templates.read", previewed,
          reads=PreviewRequest, gives=Preview),
)  # fmt: skip
