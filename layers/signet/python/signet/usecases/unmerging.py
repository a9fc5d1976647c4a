"""Let two profiles that became one be two again."""

from contextlib import suppress
from datetime import datetime

from signet.domain.consent import Consent
from signet.domain.events import UNMERGED
from signet.domain.merge import Merge, united
from signet.domain.profile import Profile
from signet.domain.receipt import Particulars
from signet.errors import Conflict, Missing, Transient
from signet.usecases.kinship import ATTEMPTS, Office, alone, direct
from signet.usecases.verdicts import decide, told


def unmerge(profile_id: str, *, workspace: str, by: str, office: Office) -> Merge:
    """
    Let a profile that was merged away be itself again, and the survivor too.

    What was learned since the merge stays with the survivor; what was withdrawn since stays
    withdrawn for both.

    Args:
        profile_id: The profile that was merged away, or a survivor of one merge only.
        workspace: Where.
        by: Who wants it.
        office: The ports.

    Effects: merges, permissions, duplicates, preprocess queue (an entry in both timelines).
    Idempotent: undoing what is undone changes nothing.

    Raises:
        Missing: There is no such profile.
        Conflict: Nothing was merged, it is not clear what is meant, or the survivor was itself
            merged into another one since.
        Transient: The two were written again and again meanwhile.
    """
    made = _undone(profile_id, workspace=workspace, by=by, office=office)
    # Once more: somebody may have withdrawn between the look and the transaction.
    _keep_withdrawals(made, office)
    decide(made, "rejected", by=made.undone_by, office=office)
    for ident in (made.into, made.away):
        office.tell(told(made, UNMERGED, ident))
    return made


def _undone(profile_id: str, *, workspace: str, by: str, office: Office) -> Merge:
    for _ in range(ATTEMPTS):
        made = _meant(workspace, profile_id, office)
        if made.undone_at is not None:
            return made
        restored = _restored(made, office)
        undone = made.model_copy(update={"undone_at": office.clock.now(), "undone_by": by})
        _keep_withdrawals(undone, office)
        try:
            office.merges.undo(undone, restored)
        except Conflict:
            continue
        return undone
    raise Transient(f"the two profiles were written {ATTEMPTS} times meanwhile")


def _meant(workspace: str, profile_id: str, office: Office) -> Merge:
    """Find the merge that an id means."""
    known = office.merges.standing(workspace, [profile_id]).get(profile_id)
    if known is None:
        raise Missing("there is no such profile")
    into = direct(workspace, profile_id, office)
    if len(into) > 1 and not known.merged_into:
        names = ", ".join(made.away for made in into)
        raise Conflict(f"several profiles were merged into this one; name one of them: {names}")
    if into and not known.merged_into:
        return into[0]
    made = office.merges.get_many(workspace, [profile_id]).get(profile_id)
    if made is None:
        raise Conflict("nothing was merged into this profile, nor was it merged away")
    return made


def _restored(made: Merge, office: Office) -> Profile:
    """Give the survivor as it is without the profile that leaves it."""
    survivor = office.merges.standing(made.workspace, [made.into])[made.into]
    if survivor.merged_into:
        raise Conflict(f"{made.into} was merged into {survivor.merged_into}; undo that first")
    others = direct(made.workspace, made.into, office)
    staying = [one.away for one in others if one.away != made.away]
    brought = office.merges.standing(made.workspace, staying)
    return united(alone(survivor.profile, office), *(one.profile for one in brought.values()))


def _keep_withdrawals(made: Merge, office: Office) -> None:
    """Write what was withdrawn between a merge and its undoing for both, and what was set."""
    undone = made.undone_at or office.clock.now()
    particulars = Particulars(method="unmerge", actor=made.undone_by)

    def spare(standing: Consent | None) -> None:
        # Who withdrew by themselves has nothing to be told; who spoke since the undoing means it.
        if standing is not None and (standing.status == "withdrawn" or standing.at > undone):
            raise Conflict("it need not be written")

    for word in _withdrawn_since(made, office):
        # From then on: what each of them had allowed before they were one stays what it was.
        copied = word.model_copy(update={"at": undone})
        for ident in (made.into, made.away):
            with suppress(Conflict):
                office.permissions.record_consent(
                    made.workspace, ident, copied, particulars=particulars, guard=spare
                )
    _keep_settings(made, office)


def _keep_settings(made: Merge, office: Office) -> None:
    whom = [(made.into, ()), (made.away, ())]
    found = [one.settings for one in office.permissions.look_many(made.workspace, whom)]
    last = max(found, key=lambda own: own.at)
    if made.at < last.at <= (made.undone_at or last.at):
        for ident in (made.into, made.away):
            office.permissions.choose(made.workspace, ident, last)


def _withdrawn_since(made: Merge, office: Office) -> list[Consent]:
    whom = [(made.into, ()), (made.away, ())]
    looked = office.permissions.look_many(made.workspace, whom)
    words = [word for one in looked for word in one.consents if _new(word, made)]
    found = {(word.channel, word.topic): word for word in words}
    return [found[place] for place in sorted(found)]


def _new(word: Consent, made: Merge) -> bool:
    """Tell whether a word is a withdrawal from the time in which the two were one."""
    until: datetime | None = made.undone_at
    fresh = word.status == "withdrawn" and word not in made.words
    return fresh and (until is None or word.at <= until)
