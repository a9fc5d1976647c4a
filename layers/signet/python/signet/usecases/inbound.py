"""Mails that arrive: a person's answer becomes an event, a bounce settles its message."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from typing import Any
from urllib.parse import unquote_plus

from signet.domain import values
from signet.domain.address import normal
from signet.domain.arrival import inner, received
from signet.domain.events import MAIL_RECEIVED, Event, Properties
from signet.domain.message import Message
from signet.domain.provider_event import ProviderEvent
from signet.domain.source import events_of
from signet.domain.work import HOME, SettleMessage
from signet.errors import Missing, Rejected, TooLarge
from signet.ports import Ledger, ObjectStore, Sealer, WorkQueue
from signet.reading import answer, bounds, mail, returned
from signet.reading.answer import Answer
from signet.reading.keywords import meant
from signet.reading.report_fields import Entry, Returned
from signet.templating.text import html_to_text
from signet.usecases.arrivals import Hall, lay_aside, registered

PREFIX = "inbound/"
SOURCE = "inbound_mail"
# So many ids are looked up that may be ours; a mail may name a thousand.
_MOST_LOOKS = 5
_KEY = re.compile(r"inbound/(?:([a-z0-9][a-z0-9_-]{0,63})/)?([^/\s]{1,200})")
_OUR_ID = re.compile(r"[a-z2-7]{20,51}")
_LARGEST_HTML = 200_000
# SES writes this when it is asked whether it may write.
_SETUP = "AMAZON_SES_SETUP_NOTIFICATION"


@dataclass(frozen=True)
class MailRoom:
    """The ports that reading mail needs; `reports` is the queue of `report`."""

    hall: Hall
    intake: ObjectStore
    ledger: Ledger
    sealer: Sealer
    reports: WorkQueue


@dataclass(frozen=True)
class _Post:
    """One mail's place: whose it is, its id there, and when it came."""

    workspace: str
    id: str
    key: str
    received_at: datetime


def is_mail(body: Mapping[str, Any]) -> bool:
    """Tell whether a body is the news of a mail that arrived in the bucket."""
    return body.get("detail-type") == "Object Created" and _key(body).startswith(PREFIX)


def from_mailbox(body: Mapping[str, Any], room: MailRoom) -> list[Event]:
    """
    Read one mail that arrived.

    Returns:
        The event that it is; none for a bounce or a complaint, and where it lies in quarantine.

    Effects: report queue; quarantine.
    Idempotent: the event's id is the object's, a report settles by rank.

    Raises:
        Transient: A store or the queue does not answer.
    """
    key = _key(body)
    if key.endswith(_SETUP):
        return []
    place = _KEY.fullmatch(key)
    workspace = (place[1] or HOME) if place else HOME
    arrived_at = received(body.get("time"), room.hall.clock.now())
    post = _Post(workspace, place[2] if place else key, key, arrived_at)
    try:
        if place is None:
            raise Rejected.field("detail.object.key", "must be inbound/<workspace>/<id>")
        found = mail.parse(_bytes(body, key, room))
        back = returned.read(found)
        if back is None:
            return _events(found, post, room)
        _demand_believable(found)
        _settle(back, post, room)
    except Rejected as error:
        lay_aside(
            error, body, hall=room.hall, origin=f"source:{SOURCE}", received_at=arrived_at,
            door="mail", workspace=workspace,
        )  # fmt: skip
    return []


def _key(body: Mapping[str, Any]) -> str:
    found = inner(body, "detail", "object", "key")
    return found if isinstance(found, str) else ""


def _bytes(body: Mapping[str, Any], key: str, room: MailRoom) -> bytes:
    size = inner(body, "detail", "object", "size")
    if isinstance(size, int) and size > bounds.LARGEST_BYTES:
        raise TooLarge(f"the mail is larger than {bounds.LARGEST_BYTES} bytes")
    try:
        return room.intake.get(key)
    except Missing:
        pass
    try:
        return room.intake.get(unquote_plus(key))
    except Missing:
        raise Rejected.field("detail.object.key", "names an object that is not there") from None


def _events(found: EmailMessage, post: _Post, room: MailRoom) -> list[Event]:
    source = registered(post.workspace, SOURCE, room.hall)
    said = answer.read(found)
    if said.verdicts.get("virus_verdict", "").upper() == "FAIL":
        raise Rejected("the mail carries a virus, by the provider's verdict")
    text = said.text
    if said.html:
        text = answer.unquoted(html_to_text(said.html[:_LARGEST_HTML]))
    if not text and meant(said.subject):
        # A mail that says all it has to say in its subject.
        text = said.subject
    told = _told(said, post, room) | ({"text": text} if text else {})
    events = events_of(source, told, received_at=post.received_at, near=False)
    # What was said is kept as feedback, once.
    about = {"type": MAIL_RECEIVED, "properties": {n: v for n, v in told.items() if n != "text"}}
    return [event.model_copy(update=about) for event in events]


def _told(said: Answer, post: _Post, room: MailRoom) -> Properties:
    """Write a mail as the payload that the source's mapping is run on."""
    ours = _ours(said.answers, post.workspace, room)
    found: dict[str, Any] = {
        "id": post.id,
        # When it came: the date in a mail is whatever its sender's clock or mind says.
        "received_at": post.received_at.isoformat(),
        "sender": said.sender,
        "sender_name": said.name,
        "subject": said.subject,
        "to": list(said.to),
        "in_reply_to": list(said.answers),
        "rfc822_message_id": said.message_id,
        "written_at": said.written_at.isoformat() if said.written_at else None,
        "automatic": said.automatic,
        "attachments": list(said.attachments),
        "object": post.key,
        "message_id": ours.id if ours else None,
        **said.verdicts,
    }
    kept: Properties = {name: v for name, v in found.items() if v not in (None, "", [])}
    values.check(kept, values.LENIENT)
    return kept


def _demand_believable(found: EmailMessage) -> None:
    """
    Let a report pass unless the provider judged its mail false.

    Raises:
        Rejected: It did; whoever knows the id of a message could have somebody left alone.
    """
    judged = answer.verdicts(found)
    failed = sorted(name for name, verdict in judged.items() if verdict.upper() == "FAIL")
    if failed:
        raise Rejected(f"the report cannot be believed: {', '.join(failed)}")


def _settle(back: Returned, post: _Post, room: MailRoom) -> None:
    """Queue what a bounce or a complaint says about a message of ours, and of its recipient."""
    message = _ours((*back.our_ids, *back.message_ids), post.workspace, room)
    if message is None:
        raise Rejected("the mail reports on a message that is not known")
    entry = next((one for one in back.entries if _is_about(one, message, room)), None)
    if entry is None:
        raise Rejected("the mail reports on another address than the message went to")
    bounced = entry.outcome == "bounced"
    suppress = {"complained": "complaint", "bounced": "bounce" if entry.gone else ""}
    event = ProviderEvent(
        workspace=message.workspace,
        message_id=message.id,
        epoch=message.epoch,
        status=entry.outcome,
        failure=("permanent" if entry.gone else "transient") if bounced else None,
        suppress=suppress.get(entry.outcome, ""),
        at=post.received_at,
        detail=f"mail: {entry.detail}",
    )
    room.reports.send([SettleMessage(event=event)])


def _is_about(entry: Entry, message: Message, room: MailRoom) -> bool:
    """
    Tell whether an entry is about the message's own recipient.

    A mailbox behind a forwarding address may bounce, and that address is not the one to leave
    alone. Complaints often hide the address, and then the message alone tells.
    """
    if not entry.addresses:
        return entry.outcome == "complained"
    handles = (
        room.sealer.handle(message.workspace, "email", normal(address))
        for address in entry.addresses
    )
    return message.recipient in handles


def _ours(ids: Sequence[str], workspace: str, room: MailRoom) -> Message | None:
    """Find the first message of ours among ids: our own header's, and `<id@domain>`."""
    bare = [one.strip("<>").partition("@")[0] for one in ids]
    looks = list(dict.fromkeys(one for one in bare if _OUR_ID.fullmatch(one)))[:_MOST_LOOKS]
    found = room.ledger.get_many(workspace, looks) if looks else {}
    return next((found[one] for one in looks if one in found), None)
