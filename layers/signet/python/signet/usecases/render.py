"""Fill a message's pinned template with live data, and write the mail that will be sent."""

import base64
import json
import zlib
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from signet.cleaning.whereabouts import place_of
from signet.domain.address import normal
from signet.domain.message import READY, Message, Status, ended
from signet.domain.place import NOWHERE
from signet.domain.profile import Profile
from signet.domain.template import TemplateDraft
from signet.domain.work import DeliverMessage, RenderMessage, RenderMessages
from signet.errors import Missing, Rejected
from signet.ports import (
    Catalog,
    Clock,
    EventStore,
    Ledger,
    ObjectStore,
    ProfileStore,
    Sealer,
    Step,
    TemplateTexts,
    WorkQueue,
)
from signet.templating.addresses import address as ascii_address
from signet.templating.mime import Mail, to_bytes
from signet.templating.postal import addressed
from signet.templating.render import Gap, Rendered, Renderer
from signet.templating.template import Parts
from signet.templating.tracking import Tracker
from signet.usecases.bodies import LARGEST_RIDING_BYTES, digest, sealed
from signet.usecases.handles import handles_of
from signet.usecases.send_work import packed_deliveries
from signet.usecases.telling import told

_KEPT_TEXTS = 256
# People do not move every day: a minute is long enough to read it once for many packs.
_ADDRESS_KEPT = timedelta(minutes=1)
# Render looks at these: what moved on meanwhile, or is still held, is not its business.


@dataclass
class Press:
    """The ports that rendering needs, and the template texts it has read."""

    ledger: Ledger
    profiles: ProfileStore
    events: EventStore
    catalog: Catalog
    texts: TemplateTexts
    objects: ObjectStore
    queue: WorkQueue
    sealer: Sealer
    tracker: Tracker
    renderer: Renderer
    clock: Clock
    sender: str
    kept: OrderedDict[tuple[str, str, int], TemplateDraft] = field(default_factory=OrderedDict)
    addresses: dict[str, tuple[datetime, str]] = field(default_factory=dict)

    def postal_address(self, workspace: str) -> str:
        """Give the sender's postal address, which may have been read a minute ago."""
        now, known = self.clock.now(), self.addresses.get(workspace)
        if known is None or not known[0] <= now < known[0] + _ADDRESS_KEPT:
            policy = self.catalog.policy(workspace)
            known = self.addresses[workspace] = (now, policy.draft.postal_address if policy else "")
        return known[1]


def render(work: RenderMessages, press: Press) -> None:
    """
    Render a pack of messages and send them on to deliver.

    Effects: ledger (failures only), objects (large bodies), deliver queue.
    Idempotent: by message id; the same message renders to the same bytes.
    """
    by_workspace: dict[str, list[RenderMessage]] = {}
    for item in work.messages:
        by_workspace.setdefault(item.workspace, []).append(item)
    for workspace, items in by_workspace.items():
        done = _render_all(workspace, items, press)
        if done:
            press.queue.send(packed_deliveries(done))


def _render_all(
    workspace: str, items: Sequence[RenderMessage], press: Press
) -> list[DeliverMessage]:
    rows = press.ledger.get_many(workspace, [item.message_id for item in items])
    waiting = {mid: row for mid, row in rows.items() if row.status in READY}
    people = press.profiles.get_many(
        workspace, {row.profile_id for row in waiting.values() if row.profile_id}
    )
    given = _given([i for i in items if i.message_id in waiting], waiting, press)
    done: list[DeliverMessage] = []
    for mid, data in given.items():
        message = waiting[mid]
        person = people.get(message.profile_id or "")
        delivered = _render_one(message, data, person=person, press=press)
        done += [delivered] if delivered else []
    return done


def _given(
    items: Sequence[RenderMessage], rows: Mapping[str, Message], press: Press
) -> dict[str, dict[str, Any]]:
    """
    Give the data of each message: from the work itself, else from the event that caused it.

    Work without data comes from upkeep; where the event is not closed yet, its own stage will
    send the work again.
    """
    data = {item.message_id: _opened(item, press.sealer) for item in items if item.sealed_data}
    keys = {item.message_id: rows[item.message_id].event_key for item in items}
    bare = [mid for mid, key in keys.items() if mid not in data and key]
    if not bare:
        return data
    known = press.events.get_many(items[0].workspace, [keys[mid] for mid in bare])
    for mid in bare:
        if keys[mid] in known:
            data[mid] = told(known[keys[mid]].event)
    return data


def _render_one(
    message: Message, given: dict[str, Any], *, person: Profile | None, press: Press
) -> DeliverMessage | None:
    draft: TemplateDraft | None = None
    try:
        address = _address(message, given, person=person, press=press)
        version, draft = _template(message, press)
        scope = _scope(message, given, person=person, press=press)
        key = f"{message.workspace}/{message.template}/{version}"
        filled = _filled(key, draft, scope=scope, press=press)
        filled = addressed(filled, _postal_address(message, press))
        raw = to_bytes(_mail(message, filled, address=address, press=press))
    except Gap as gap:
        skipped = draft is not None and draft.missing == "skip"
        _end(message, press, to="skipped" if skipped else "failed", reason=f"render: {gap}")
        return None
    except (Rejected, Missing) as error:
        _end(message, press, to="failed", reason=f"render: {error}")
        return None
    return _delivery(message, raw, version=version, to=(address, person), press=press)


def _address(
    message: Message, given: Mapping[str, Any], *, person: Profile | None, press: Press
) -> str:
    """
    Give the address to write to.

    The one that a caller named counts only while it is the one that the message was planned for.
    """
    named = given.get("to")
    if isinstance(named, str) and _handle(message, named, press) == message.recipient:
        return named
    known = person.address(message.channel) if person else None
    if known is None:
        raise Rejected.field("to", "the profile has no e-mail address")
    return known


def _handle(message: Message, address: str, press: Press) -> str:
    return press.sealer.handle(message.workspace, message.channel, normal(address))


def _opened(item: RenderMessage, sealer: Sealer) -> dict[str, Any]:
    body = base64.b64decode(item.sealed_data)
    plain = sealer.open(item.workspace, item.message_id, body)
    given: dict[str, Any] = json.loads(zlib.decompress(plain))
    return given


def _template(message: Message, press: Press) -> tuple[int, TemplateDraft]:
    version = message.template_version or _active(message, press)
    key = (message.workspace, message.template, version)
    draft = press.kept.get(key)
    if draft is None:
        found = press.catalog.version(*key)
        if found is None:
            raise Missing(f"template {message.template} has no version {version}")
        draft = press.kept[key] = press.texts.read(found.content_key)
        while len(press.kept) > _KEPT_TEXTS:
            press.kept.popitem(last=False)
    return version, draft


def _active(message: Message, press: Press) -> int:
    head = press.catalog.template(message.workspace, message.template)
    if head is None or head.active is None:
        raise Missing(f"template {message.template} has no active version")
    return head.active


def _scope(
    message: Message, given: dict[str, Any], *, person: Profile | None, press: Press
) -> dict[str, object]:
    traits: dict[str, object] = dict(person.values()) if person else {}
    place = {"workspace": message.workspace, "message_id": message.id}
    return {
        "profile": {"id": message.profile_id, **traits},
        "event": given.get("event", {}),
        "data": given.get("data", {}),
        "unsubscribe_url": press.tracker.unsubscribe_url(**place),
        "preferences_url": press.tracker.preferences_url(**place),
        "message": {"id": message.id, "topic": message.topic or ""},
        "sender": {"postal_address": _postal_address(message, press)},
    }


def _postal_address(message: Message, press: Press) -> str:
    """Give the address that marketing has to name; a service message needs none."""
    return press.postal_address(message.workspace) if message.topic is not None else ""


def _filled(key: str, draft: TemplateDraft, *, scope: dict[str, object], press: Press) -> Rendered:
    parts = Parts(subject=draft.subject, html=draft.html, text=draft.text)
    return press.renderer.render(
        key, parts, scope, missing="default" if draft.missing == "default" else "fail"
    )


def _mail(message: Message, filled: Rendered, *, address: str, press: Press) -> Mail:
    place = {"workspace": message.workspace, "message_id": message.id}
    unsubscribe = press.tracker.unsubscribe_url(**place)
    domain = press.sender.rstrip(">").rpartition("@")[2]
    return Mail(
        sender=press.sender,
        recipient=address,
        subject=filled.subject,
        html=press.tracker.track(filled.html, **place) if filled.html else None,
        text=filled.text,
        message_id_header=f"<{message.id}@{domain}>",
        date=message.planned_at,
        list_unsubscribe_url=unsubscribe if message.topic is not None else None,
        # A provider may give the mail a Message-ID of its own; by this one a bounce is known.
        headers={"X-Message": message.id},
    )


def _delivery(
    message: Message, raw: bytes, *, version: int, to: tuple[str, Profile | None], press: Press
) -> DeliverMessage:
    """Write the work for deliver, with all that its look has to know of the recipient now."""
    address, person = to
    handles = handles_of(address, person, workspace=message.workspace, sealer=press.sealer)
    marketed = person if message.topic is not None else None
    body = sealed(
        ascii_address("to", address),
        raw,
        workspace=message.workspace,
        message_id=message.id,
        sealer=press.sealer,
    )
    hashed = digest(raw)
    riding = len(body) <= LARGEST_RIDING_BYTES
    place = f"bodies/{message.workspace}/{message.id}/{hashed}"
    if not riding:
        press.objects.put(place, body)
    return DeliverMessage(
        workspace=message.workspace,
        message_id=message.id,
        template_version=version,
        recipient=handles.recipient,
        mailbox=handles.mailbox,
        also=handles.also,
        place=place_of(marketed.values()) if marketed else NOWHERE,
        rendered_at=press.clock.now(),
        body_hash=hashed,
        body=base64.b64encode(body).decode() if riding else "",
        body_ref="" if riding else place,
    )


def _end(message: Message, press: Press, *, to: Status, reason: str) -> None:
    step = Step(
        to=to,
        at=press.clock.now(),
        from_statuses=READY,
        epoch=message.epoch,
        reason=ended(reason[:250], message),
    )
    press.ledger.move(message.workspace, message.id, step)
