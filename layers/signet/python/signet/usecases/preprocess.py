"""Apply events to profiles, and decide which communications they make due."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from signet.cleaning.event import cleaned
from signet.domain.broadcast import considers
from signet.domain.events import MESSAGE_REQUESTED, Event
from signet.domain.profile import Profile, as_first_told, joined
from signet.domain.work import ApplyEvents, RenderMessage
from signet.errors import Conflict, Transient
from signet.ports import EventStore, ProfileStore, Sealer, TimelineEntry, WorkQueue
from signet.usecases import consent
from signet.usecases.feedback import FeedbackShelf, heard
from signet.usecases.identity import Directory
from signet.usecases.obeying import Ear, obey
from signet.usecases.planning import About, Planner
from signet.usecases.scribe import Scribe
from signet.usecases.send_work import packed_renders
from signet.usecases.suspects import packed, suspicious
from signet.usecases.tracing import retrace, trace
from signet.usecases.visits import visits

# Packs with the same people may run side by side; waiting for the queue would take minutes.
ATTEMPTS = 5


@dataclass(frozen=True)
class Stores:
    """The ports that applying events needs; `again` is the queue of preprocess itself."""

    profiles: ProfileStore
    events: EventStore
    sealer: Sealer
    planner: Planner
    queue: WorkQueue
    again: WorkQueue
    feedback: FeedbackShelf


@dataclass
class Applied:
    """
    One event on its way: its profile and the messages it made due.

    `origin` is the profile that the event leads to by itself, whatever that was merged into.
    """

    profile_id: str
    event: Event
    origin: str
    messages: tuple[str, ...] = ()


def apply(work: ApplyEvents, stores: Stores) -> int:
    """
    Apply a pack of events.

    The event's own row is written last: while it is not there, everything before is repeated
    without harm; once it is there, a repeat of the event is seen and left alone.

    Returns:
        How many events were new.

    Effects: profiles, permissions (what people ask for), ledger, render queue, preprocess queue
        (looks for duplicates, visitors to join), feedback, events.
    Idempotent: by each event's source and id.

    Raises:
        Transient: Somebody else wrote a profile meanwhile, or a store does not answer.
    """
    by_workspace: dict[str, list[Event]] = defaultdict(list)
    for event in work.events:
        by_workspace[event.workspace].append(event)
    return sum(_apply(ws, events, stores) for ws, events in by_workspace.items())


def apply_history(events: Sequence[Event], stores: Stores) -> dict[str, str]:
    """
    Apply events of one workspace that a file brought: they join profiles and timelines.

    They set off no campaign, because nobody expects a message about what lies years back.

    Returns:
        The key of each event with the origin that its row names: another one's where the event
        had been there before.

    Effects: profiles, permissions (what people ask for), preprocess queue (a look for
        duplicates), feedback, events.
    Idempotent: by each event's source and id.

    Raises:
        Transient: Somebody else wrote a profile meanwhile, or a store does not answer.
    """
    for _ in range(ATTEMPTS):
        try:
            return _history_once(events, stores)
        except Conflict:
            continue
    raise Transient(f"the same people were written {ATTEMPTS} times meanwhile")


def _history_once(events: Sequence[Event], stores: Stores) -> dict[str, str]:
    found = stores.events.origins(events)
    fresh = [cleaned(event) for event in events if event.key not in found]
    if not fresh:
        return found
    new, directory = _joined(fresh[0].workspace, fresh, stores)
    written = _close(new, directory, stores)
    found |= {item.event.key: item.event.origin for item in new if item.event.key in written}
    others = [item.event for item in new if item.event.key not in found]
    return found | (stores.events.origins(others) if others else {})


def _apply(workspace: str, events: Sequence[Event], stores: Stores) -> int:
    """Apply one workspace's events, again from what stands where somebody else wrote first."""
    for _ in range(ATTEMPTS):
        try:
            return _apply_once(workspace, events, stores)
        except Conflict:
            continue
    raise Transient(f"the same people were written {ATTEMPTS} times meanwhile")


def _apply_once(workspace: str, events: Sequence[Event], stores: Stores) -> int:
    known = stores.events.known(events)
    fresh = [cleaned(event) for event in events if event.key not in known]
    again = [cleaned(event) for event in events if event.key in known]
    retrace(again, stores.profiles, stores.sealer)
    if not fresh:
        return 0
    stores.planner.refresh(workspace)
    new, directory = _joined(workspace, fresh, stores)
    considered = {item.profile_id for item in new if considers(item.event)}
    stores.planner.meet(workspace, considered)
    renders = _plan(new, directory, stores.planner)
    if renders:
        stores.queue.send(packed_renders(renders))
    _close(new, directory, stores)
    return len(new)


def _joined(
    workspace: str, fresh: Sequence[Event], stores: Stores
) -> tuple[list[Applied], Directory]:
    """Join events into their people: handles, profiles and lineages are written."""
    directory = Directory(workspace, stores.profiles, stores.sealer)
    directory.load(fresh)
    new = list(_placed(fresh, directory))
    directory.settle()
    before = dict(directory.people)
    _save_people(new, directory, before)
    if suspects := _suspects(new, before, directory.people):
        stores.again.send(packed(workspace, suspects))
    told = [(item.profile_id, item.event) for item in new if item.profile_id in directory.people]
    if introduced := visits(told, directory):
        stores.again.send(introduced)
    trace(workspace, told, profiles=stores.profiles)
    # Before anything is planned: what a person asks for in an event holds for what it sets off.
    obey([(item.profile_id, item.event) for item in new], _ear(stores))
    return new, directory


def _ear(stores: Stores) -> Ear:
    planner = stores.planner
    desk = consent.Desk(
        profiles=stores.profiles,
        permissions=planner.permissions,
        catalog=planner.catalog,
        sealer=stores.sealer,
        queue=stores.again,
        clock=planner.clock,
    )
    return Ear(planner.ledger, stores.sealer, Scribe(desk))


def _close(new: Sequence[Applied], directory: Directory, stores: Stores) -> frozenset[str]:
    """Keep what was said in events, and then write their rows."""
    entries = []
    for item in new:
        person = directory.people.get(item.profile_id)
        event = heard(item.event, item.profile_id, person=person, shelf=stores.feedback)
        entries.append(TimelineEntry(item.profile_id, event, item.messages))
    return stores.events.add_many(entries)


def _placed(events: Sequence[Event], directory: Directory) -> Iterator[Applied]:
    seen: set[str] = set()
    for event in events:
        if event.key in seen:
            continue
        seen.add(event.key)
        origin = directory.origin(event)
        profile_id = directory.heir(origin)
        directory.link(event, profile_id)
        # Whoever names a profile itself means one that is there; nobody is made by being named.
        if event.identifiers.profile_id is None:
            directory.people.setdefault(profile_id, _newcomer(profile_id, event))
        yield Applied(profile_id, event, origin)


def _newcomer(profile_id: str, event: Event) -> Profile:
    return Profile(
        workspace=event.workspace,
        id=profile_id,
        created_at=event.received_at,
        updated_at=event.received_at,
    )


def _save_people(
    new: Sequence[Applied], directory: Directory, before: Mapping[str, Profile]
) -> None:
    for item in new:
        person = directory.people.get(item.profile_id)
        if person is not None:
            item.event = as_first_told(person, item.event)
            own = directory.own(item.event, item.profile_id)
            directory.people[item.profile_id] = joined(person, own)
    changed: list[Profile] = []
    for profile_id in dict.fromkeys(item.profile_id for item in new):
        person = directory.people.get(profile_id)
        if person is not None and not (person is before[profile_id] and person.version > 0):
            changed.append(person)
    if changed:
        directory.profiles.save_many(changed)
    for person in changed:
        saved = person.model_copy(update={"version": person.version + 1})
        directory.people[person.id] = saved


def _suspects(
    new: Sequence[Applied], before: Mapping[str, Profile], after: Mapping[str, Profile]
) -> list[str]:
    """Give those whom the events made known well enough to be compared with others."""
    told: dict[str, list[Event]] = defaultdict(list)
    for item in new:
        if item.profile_id in after:
            told[item.profile_id].append(item.event)
    return [pid for pid, events in told.items() if suspicious(before[pid], after[pid], events)]


def _plan(new: Sequence[Applied], directory: Directory, planner: Planner) -> list[RenderMessage]:
    renders: list[RenderMessage] = []
    for item in new:
        person = directory.people.get(item.profile_id)
        if item.event.type == MESSAGE_REQUESTED:
            named = directory.own(item.event, item.profile_id).identifiers.email
            planned = planner.requested(About(item.event, person, item.origin, named))
        else:
            planned = planner.due(About(item.event, person, item.origin))
        item.messages = tuple(plan.message_id for plan in planned)
        renders += [plan.render for plan in planned if plan.render is not None]
    return renders
