"""Receipts: what proves each word of a person, with fields after ISO/IEC TS 27560."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, computed_field

from signet.domain.consent import Consent
from signet.ids import derived

Happening = Literal["given", "renewed", "withdrawn", "expired", "pending"]
Outcome = Literal["confirm", "confirmed", "overtaken", "late"]
Shown = Literal["granted", "withdrawn", "expired", "pending"]
_SHOWN: dict[Happening, Shown] = {
    "given": "granted",
    "renewed": "granted",
    "withdrawn": "withdrawn",
    "expired": "expired",
    "pending": "pending",
}
# What was clicked by the person; every other actor is the id of a caller's key.
RECIPIENT = "recipient"


class Particulars(BaseModel):
    """
    What a receipt says beyond the word itself.

    Args:
        controller: Who is responsible for the data, as the policy named them then.
        wording_hash: The SHA-256 of the wording that the person saw.
        language: The language of the wording.
        method: How the word was collected: a form, a call, a click.
        jurisdiction: The country, or its part, whose law counts.
        actor: Who recorded it: the id of a caller's key, or `recipient`.
        confirms: The receipt of the pending consent that it confirms.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    controller: str = ""
    wording_hash: str = ""
    language: str = ""
    method: str = ""
    jurisdiction: str = ""
    actor: str = ""
    confirms: str = ""


class Receipt(Particulars):
    """
    The receipt of one word; it never changes.

    Args:
        id: Its id.
        profile_id: Whose word it is.
        event: What happened.
        channel: Over which channel.
        topic: About what; the purpose.
        basis: The lawful basis.
        wording_version: The version of the wording that the person saw.
        source: Where the word came from.
        evidence: What proves it.
        evidence_hash: The keyed hash of the evidence.
        at: When it came into force; of a pending one, when it was asked for.
        expires_at: When a grant ends, or will end once it is confirmed.
        confirm_by: Until when a pending one may be confirmed.
        over: The moment of the word that stood when a pending one was asked for.
    """

    id: str
    profile_id: str
    event: Happening
    channel: str
    topic: str
    basis: str = "consent"
    wording_version: str = ""
    source: str = ""
    evidence: str = Field(default="", repr=False)
    evidence_hash: str = ""
    at: datetime
    expires_at: datetime | None = None
    confirm_by: datetime | None = None
    over: datetime | None = None

    @computed_field  # type: ignore[prop-decorator]
    @property
    def status(self) -> Shown:
        """What the person's word is by this receipt."""
        return _SHOWN[self.event]

    def word(self) -> Consent | None:
        """Give the word that it proves; None for what is no word that came into force."""
        shown = self.status
        if shown not in {"granted", "withdrawn"}:
            return None
        return Consent(
            **{name: getattr(self, name) for name in _BOTH_SAY},
            status="granted" if shown == "granted" else "withdrawn",
            receipt=self.id,
            renewed=self.event == "renewed",
        )


# What a word and its receipt both say, under the same names.
_BOTH_SAY = (
    "channel", "topic", "basis", "wording_version", "source", "evidence", "at", "expires_at",
)  # fmt: skip


def receipt(
    profile_id: str, word: Consent, particulars: Particulars, *, evidence_hash: str = ""
) -> Receipt:
    """Write the receipt of a word; one that has no number yet is numbered by what it says."""
    granted: Happening = "renewed" if word.renewed else "given"
    return Receipt(
        **particulars.model_dump(),
        **{name: getattr(word, name) for name in _BOTH_SAY},
        id=word.receipt or number(profile_id, word),
        profile_id=profile_id,
        event=granted if word.status == "granted" else "withdrawn",
        evidence_hash=evidence_hash,
    )


def number(profile_id: str, word: Consent) -> str:
    """Derive the id of a word's receipt: a person says one thing about one topic at a time."""
    return derived(profile_id, word.channel, word.topic, word.status, word.at.isoformat())


def words_at(receipts: Iterable[Receipt], at: datetime) -> tuple[Consent, ...]:
    """Give the last word by channel and topic at a moment, by the receipts of one profile."""
    found: dict[tuple[str, str], Consent] = {}
    for one in sorted(receipts, key=lambda one: one.at):
        word = one.word() if one.at <= at else None
        if word is not None:
            found[word.channel, word.topic] = word
    return tuple(found[place] for place in sorted(found))


def with_expiries(receipts: Sequence[Receipt], now: datetime) -> tuple[Receipt, ...]:
    """
    Tell receipts newest first, with one more for each grant that ended by itself.

    Nobody writes when a grant ends, so that it is told does not depend on who looks when.
    """
    ended = [_ended(one) for one in receipts if _ends(one, receipts, now)]
    return tuple(sorted([*receipts, *ended], key=lambda one: (one.at, one.id), reverse=True))


def outcome(
    pending: Receipt, standing: Consent | None, *, confirmed: bool, now: datetime
) -> Outcome:
    """
    Decide what a click on the link of a pending consent does.

    Args:
        pending: The receipt that the link names.
        standing: The person's word as it stands.
        confirmed: Whether it was confirmed before.
        now: The moment of the click.

    Returns:
        `confirm` where a grant is to be written, otherwise why none is.
    """
    # By which word stood, not by the moment of asking: clocks of two containers may differ. Of a
    # person who was merged, it may have been another profile's, and later than their own.
    new = standing is not None and (pending.over is None or standing.at > pending.over)
    if new and standing is not None and standing.status == "withdrawn":
        return "overtaken"
    if confirmed:
        return "confirmed"
    ends = [end for end in (pending.confirm_by, pending.expires_at) if end is not None]
    return "late" if any(now >= end for end in ends) else "confirm"


def _ends(one: Receipt, receipts: Sequence[Receipt], now: datetime) -> bool:
    end, word = one.expires_at, one.word()
    if end is None or word is None or not word.expired(now):
        return False
    return not any(
        (other.profile_id, other.channel, other.topic) == (one.profile_id, one.channel, one.topic)
        and one.at < other.at <= end
        and other.word() is not None
        for other in receipts
    )


def _ended(one: Receipt) -> Receipt:
    changed = {"id": derived(one.id, "expired"), "event": "expired", "at": one.expires_at}
    return one.model_copy(update=changed)
