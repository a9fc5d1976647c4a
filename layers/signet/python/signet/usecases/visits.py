"""Join the visitor somebody was before they logged in to the person they are."""

from collections.abc import Iterable, Iterator, Sequence

from signet.domain.events import ALIASED, IDENTIFIED, Event
from signet.domain.profile import Profile
from signet.domain.work import JoinVisitor
from signet.errors import Conflict, Rejected
from signet.usecases.identity import Directory
from signet.usecases.kinship import Office, end, standing
from signet.usecases.merging import Wish, merge
from signet.usecases.suspects import comparable

BY = "visit"
_INTRODUCTIONS = frozenset({IDENTIFIED, ALIASED})


def visits(told: Iterable[tuple[str, Event]], directory: Directory) -> list[JoinVisitor]:
    """
    Find the visitors whom events introduce, each event given with its profile.

    Only an identify or an alias introduces: other calls carry the id of the device too, whoever
    holds it at the moment.
    """
    return list(dict.fromkeys(_visits(told, directory)))


def _visits(told: Iterable[tuple[str, Event]], directory: Directory) -> Iterator[JoinVisitor]:
    for profile_id, event in told:
        ids = event.identifiers
        if event.type not in _INTRODUCTIONS or ids.external_id is None or ids.anonymous_id is None:
            continue
        handle = directory.handle("anonymous_id", ids.anonymous_id)
        visitor = directory.heir(directory.owners.get(handle, profile_id))
        known = [directory.people.get(ident) for ident in (visitor, profile_id)]
        if visitor != profile_id and all(known) and may_be_one(*filter(None, known)):
            yield JoinVisitor(workspace=event.workspace, visitor=visitor, person=profile_id)


def may_be_one(visitor: Profile, person: Profile) -> bool:
    """
    Tell whether nothing that is known of a visitor speaks against their being a person.

    Who has an id of the client's own is no mere visitor, and who left another address or name on
    the same device is somebody else.
    """
    if visitor.identifiers.get("external_id"):
        return False
    theirs, known = comparable(visitor).fields, comparable(person).fields
    return all(set(values) <= set(known.get(field, values)) for field, values in theirs.items())


def join(work: JoinVisitor, office: Office) -> bool:
    """
    Join a visitor to a person, if they still may be one.

    Effects: those of a merge, which can be undone as any other.
    Idempotent: who is joined already stays so, and who was told apart stays apart.

    Returns:
        Whether the two are one now.
    """
    pair: Sequence[str] = (work.visitor, work.person)
    known = standing(work.workspace, pair, office)
    if not set(pair) <= set(known):
        return False
    person = end(work.person, known)
    if not may_be_one(known[work.visitor].profile, known[person].profile) or _undone(work, office):
        return False
    try:
        merge(Wish(work.workspace, person, work.visitor, by=BY), office)
    except (Conflict, Rejected):
        return False
    return True


def _undone(work: JoinVisitor, office: Office) -> bool:
    """Tell whether somebody undid this very merge: what a person decided, no call overrules."""
    made = office.merges.get_many(work.workspace, [work.visitor]).get(work.visitor)
    return made is not None and made.undone_at is not None
