"""People."""

from functions.admin.door import Asked, Reply, Route
from signet.domain.lineage import Lineage, combined
from signet.domain.profile import Profile
from signet.domain.receipt import Receipt, with_expiries
from signet.errors import Missing, Rejected
from signet.ports import Page, TimelineEntry
from signet.runtime import etag
from signet.usecases import people, post_codes, views
from signet.usecases.computing import compute
from signet.usecases.people import Registry, TraitsPatch
from signet.usecases.purposes import explained
from signet.usecases.timelines import Joined
from signet.usecases.views import ProfileBrief, ProfileView, TimelineView, WordView


def listed(asked: Asked) -> Reply:
    """List people, or with `identifier=kind:value` give the one person it resolves to."""
    identifier = asked.call.query.get("identifier")
    if identifier is None:
        page = asked.ports.profiles.page(
            asked.workspace, limit=asked.limit(), position=asked.position()
        )
        return asked.page(page, views.profile_brief)
    person = people.look_up(asked.workspace, identifier, registry=_registry(asked))
    if person is None:
        raise Missing("there is no such profile")
    return _reply(asked, person)


def got(asked: Asked) -> Reply:
    """Read a person; with `lineage=true` where each trait comes from, with `computed=true` sums."""
    return _reply(asked, _found(asked))


def patched(asked: Asked) -> Reply:
    """Set traits; null removes one."""
    patch, person = asked.body(TraitsPatch), _found(asked)
    asked.demand_tag(_tag(person, _view(asked, person)))
    return _reply(asked, people.amend(person, patch, registry=_registry(asked)))


def timeline(asked: Asked) -> Reply:
    """List a person's events, newest first, with the messages they caused."""
    page = _timelines(asked).timeline(
        asked.workspace, _found(asked).id, limit=asked.limit(), position=asked.position()
    )
    entries = [entry for entry in page.items if isinstance(entry, TimelineEntry)]
    shown = views.timeline(entries, workspace=asked.workspace, ledger=asked.ports.ledger)
    return asked.page(Page(shown, page.next_position), lambda view: view)


def consents(asked: Asked) -> Reply:
    """List a person's word on each channel and topic, now or as it was at a moment."""
    person, at, now = _found(asked), asked.moment("at"), asked.ports.clock.now()
    permissions = asked.ports.permissions
    if at is None:
        words = permissions.look(asked.workspace, person.id).consents
    else:
        # Who was led on to another profile since is asked for as they were then.
        words = permissions.words_at(asked.workspace, asked.path["profile_id"], at)
    return asked.slice(words, lambda word: views.word(word, at or now))


def receipts(asked: Asked) -> Reply:
    """List the receipts of a person's words, newest first, and which grants ended by themselves."""
    known = asked.ports.permissions.receipts(asked.workspace, _found(asked).id)
    told = with_expiries(known, asked.ports.clock.now())
    return asked.slice(told, lambda receipt: receipt)


def _reply(asked: Asked, person: Profile) -> Reply:
    origins = _lineage(asked, person) if _wanted(asked, "lineage") else None
    view = _view(asked, person, origins)
    if origins is not None:
        view = explained(view, workspace=asked.workspace, registry=asked.ports.catalog)
    if not _wanted(asked, "computed"):
        return Reply(view, tag=_tag(person, view))
    sums = compute(person, events=_timelines(asked), clock=asked.ports.clock)
    # The sums move with every event and with the day: no tag stands for them.
    return Reply(view.model_copy(update={"computed": sums}))


def _wanted(asked: Asked, what: str) -> bool:
    said = asked.call.query.get(what, "false")
    if said not in {"true", "false"}:
        raise Rejected.field(what, "must be true or false")
    return said == "true"


def _lineage(asked: Asked, person: Profile) -> Lineage:
    members = asked.ports.merges.members(asked.workspace, person.id)
    known = asked.ports.profiles.lineages(asked.workspace, [person.id, *members])
    traits = combined(known.values())
    return Lineage(workspace=asked.workspace, profile_id=person.id, traits=traits)


def _view(asked: Asked, person: Profile, lineage: Lineage | None = None) -> ProfileView:
    return views.profile(
        person,
        permissions=asked.ports.permissions,
        at=asked.ports.clock.now(),
        lineage=lineage,
        merged=asked.ports.merges.members(asked.workspace, person.id),
        post_codes=lambda country: post_codes.table_of(
            asked.workspace, country, objects=asked.ports.post_codes
        ),
    )


def _timelines(asked: Asked) -> Joined:
    return Joined(asked.ports.events, asked.ports.merges)


def _tag(person: Profile, view: ProfileView) -> str:
    shown = view.model_dump(mode="json", exclude={"lineage"})
    return etag.of(person.version, shown)


def _found(asked: Asked) -> Profile:
    profile_id = asked.path["profile_id"]
    return people.find(asked.workspace, profile_id, profiles=asked.ports.profiles)


def _registry(asked: Asked) -> Registry:
    ports = asked.ports
    return Registry(ports.profiles, ports.events, ports.sealer, ports.clock, ports.random)


_LIST = "/v1/profiles"
_ONE = f"{_LIST}/<profile_id>"
ROUTES = (
    Route("GET", _LIST, "profiles.read", listed,
          gives=ProfileBrief, listing=True, query=("identifier",)),
    Route("GET", _ONE, "profiles.read", got, gives=ProfileView, query=("lineage", "computed")),
    Route("PATCH", _ONE, "profiles.write", patched, reads=TraitsPatch, gives=ProfileView),
    Route("GET", f"{_ONE}/timeline", "profiles.read", timeline, gives=TimelineView, listing=True),
    Route("GET", f"{_ONE}/consents", "profiles.read", consents,
          gives=WordView, listing=True, query=("at",)),
    Route("GET", f"{_ONE}/consents/receipts", "profiles.read", receipts,
          gives=Receipt, listing=True),
)  # fmt: skip
