"""Take one transactional message: its row is written before the caller hears a yes."""

import json
from dataclasses import dataclass
from datetime import datetime

from signet.cleaning import phone
from signet.domain.events import MESSAGE_REQUESTED, Event
from signet.domain.message import Message
from signet.domain.request import MessageRequest, Unprocessable
from signet.domain.waiting import next_look
from signet.domain.work import ApplyEvents
from signet.errors import FieldError
from signet.ids import derived, message_id
from signet.ports import Clock, MessageBook, ProfileStore, Sealer, SourceRegistry, WorkQueue
from signet.templating import addresses
from signet.usecases.handles import Handles, handles_of

SOURCE = "signet:messages"


@dataclass(frozen=True, slots=True)
class Desk:
    """The ports that taking a message needs."""

    ledger: MessageBook
    catalog: SourceRegistry
    profiles: ProfileStore
    sealer: Sealer
    queue: WorkQueue
    clock: Clock


def send(request: MessageRequest, *, workspace: str, event_id: str, desk: Desk) -> Message:
    """
    Plan a message and ask preprocess to resolve its recipient.

    Effects: ledger, queue.
    Idempotent: by the event id, for ever.

    Raises:
        Unprocessable: The template is not active, the profile is not there, or the same event
            id was used with another body.
        Transient: Not everything was written; the call may be repeated.
    """
    planned = _planned(request, workspace=workspace, event_id=event_id, desk=desk)
    known = desk.ledger.get(workspace, planned.id)
    if known is None:
        version = _demand_targets(request, workspace=workspace, desk=desk)
        planned = planned.model_copy(update={"template_version": version})
        if not desk.ledger.plan(planned):
            known = desk.ledger.get(workspace, planned.id)
    message = known or planned
    if message.fingerprint != planned.fingerprint:
        raise _unfit("Idempotency-Key", "was used with another body")
    if message.status == "planned":
        event = _event(request, message, event_id=event_id, at=message.planned_at)
        desk.queue.send([ApplyEvents(events=(event,))])
    return message


def _planned(request: MessageRequest, *, workspace: str, event_id: str, desk: Desk) -> Message:
    kind, value, now = *request.to.named(), desk.clock.now()
    if kind == "email":
        addresses.address("to.email", value)
    if kind == "phone":
        phone.demand_sendable(value, field="to.phone")
    handles = (
        handles_of(value, None, workspace=workspace, sealer=desk.sealer)
        if kind == "email"
        else Handles("")
    )
    # The rule and the recipient are left out of the id: a key names one request, and a second
    # body under it is a mismatch that must be seen.
    return Message(
        workspace=workspace,
        id=message_id(
            workspace, event_id, rule="transactional", recipient="", channel=request.channel
        ),
        channel=request.channel,
        message_class=request.message_class,
        topic=request.topic,
        template=request.template,
        profile_id=request.to.profile_id,
        recipient=handles.recipient,
        mailbox=handles.mailbox,
        event_key=derived(workspace, SOURCE, event_id),
        fingerprint=_fingerprint(request, workspace=workspace, sealer=desk.sealer),
        due_at=next_look(now, now),
        planned_at=now,
    )


def _fingerprint(request: MessageRequest, *, workspace: str, sealer: Sealer) -> str:
    """Hash the body under the workspace's key: a bare hash of an address can be guessed."""
    # Keys hold for ever, so what older versions did not know stays out where it was not said.
    unsaid = {"purpose"} if request.purpose is None else set()
    body = json.dumps(request.model_dump(mode="json", exclude=unsaid), sort_keys=True)
    return sealer.handle(workspace, "fingerprint", body)


def _demand_targets(request: MessageRequest, *, workspace: str, desk: Desk) -> int:
    """Give the template's active version, which the message is written from for good."""
    version = desk.catalog.template_active(workspace, request.template)
    if version is None:
        raise _unfit("template", "there is no active template of this name")
    profile_id = request.to.profile_id
    if profile_id is not None and not desk.profiles.get_many(workspace, [profile_id]):
        raise _unfit("to.profile_id", "there is no such profile")
    return version


def _event(request: MessageRequest, message: Message, *, event_id: str, at: datetime) -> Event:
    return Event(
        workspace=message.workspace,
        id=event_id,
        source=SOURCE,
        type=MESSAGE_REQUESTED,
        occurred_at=at,
        received_at=at,
        identifiers=request.to.identifiers(),
        properties={
            "message_id": message.id,
            "template": request.template,
            "data": request.data,
            "channel": request.channel,
            "class": request.message_class,
            "topic": request.topic,
        },
    )


def _unfit(field: str, message: str) -> Unprocessable:
    return Unprocessable(f"{field}: {message}", (FieldError(field, message),))
