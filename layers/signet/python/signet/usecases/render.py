"""Fill a message's pinned template with live data, and write the mail that will be sent."""

import base64
import hashlib
import json
import zlib
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from signet.domain.address import normal
from signet.domain.message import Message
from signet.domain.profile import Profile
from signet.domain.template import TemplateDraft
from signet.domain.work import DeliverMessage, RenderMessage, RenderMessages
from signet.errors import Missing, Rejected
from signet.ports import (
    Catalog,
    Clock,
    Ledger,
    ObjectStore,
    ProfileStore,
    Sealer,
    Step,
    TemplateTexts,
    WorkQueue,
)
from signet.templating.mime import Mail, to_bytes
from signet.templating.render import Rendered, Renderer
from signet.templating.template import Parts
from signet.templating.tracking import Tracker
from signet.usecases.send_work import packed_deliveries

# A body up to this size rides the queue; an object per message would cost more than the road.
LARGEST_RIDING_BYTES = 150_000
_KEPT_TEXTS = 256


@dataclass
class Press:
    """The ports that rendering needs, and the template texts it has read."""

    ledger: Ledger
    profiles: ProfileStore
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


def render(work: RenderMessages, press: Press) -> None:
    """
    Render a pack of messages and send them on to deliver.

    Effects: ledger (failures only), objects (large bodies), deliver queue.
    Idempotent: by message id; the same message renders to the same bytes.
    """
    by_workspace: dict[str, list[RenderMessage]] = {}
    for item in work.messages:
        by_workspace.setdefault(item.workspace, []).append(item)
    done: list[DeliverMessage] = []
    for workspace, items in by_workspace.items():
        done += _render_all(workspace, items, press)
    if done:
        press.queue.send(packed_deliveries(done))


def _render_all(
    workspace: str, items: Sequence[RenderMessage], press: Press
) -> list[DeliverMessage]:
    rows = press.ledger.get_many(workspace, [item.message_id for item in items])
    wanted = {row.profile_id for row in rows.values() if row.profile_id}
    people = press.profiles.get_many(workspace, wanted)
    done: list[DeliverMessage] = []
    for item in items:
        message = rows.get(item.message_id)
        if message is None or message.status not in {"planned", "held"}:
            continue
        person = people.get(message.profile_id or "")
        delivered = _render_one(message, item, person=person, press=press)
        done += [delivered] if delivered else []
    return done


def _render_one(
    message: Message, item: RenderMessage, *, person: Profile | None, press: Press
) -> DeliverMessage | None:
    given = _opened(item, press.sealer)
    address = given.get("to") or (person.address("email") if person else None)
    try:
        if not isinstance(address, str):
            raise Rejected.field("to", "the profile has no e-mail address")
        version, draft = _template(message, press)
        scope = _scope(message, given, person=person, press=press)
        key = f"{message.workspace}/{message.template}/{version}"
        filled = _filled(key, draft, scope=scope, press=press)
        raw = to_bytes(_mail(message, filled, address=address, press=press))
    except (Rejected, Missing) as error:
        _fail(message, f"render: {error}", press)
        return None
    return _delivery(message, raw, version=version, address=address, press=press)


def _opened(item: RenderMessage, sealer: Sealer) -> dict[str, Any]:
    if not item.sealed_data:
        return {}
    sealed = base64.b64decode(item.sealed_data)
    plain = sealer.open(item.workspace, item.message_id, sealed)
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
    unsubscribe = press.tracker.unsubscribe_url(workspace=message.workspace, message_id=message.id)
    return {
        "profile": {"id": message.profile_id, **traits},
        "event": given.get("event", {}),
        "data": given.get("data", {}),
        "unsubscribe_url": unsubscribe,
        "message": {"id": message.id, "topic": message.topic or ""},
    }


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
    )


def _delivery(
    message: Message, raw: bytes, *, version: int, address: str, press: Press
) -> DeliverMessage:
    plain = zlib.compress(address.encode() + b"\n" + raw)
    sealed = press.sealer.seal(message.workspace, message.id, plain)
    digest = hashlib.sha256(raw).hexdigest()
    riding = len(sealed) <= LARGEST_RIDING_BYTES
    place = f"bodies/{message.workspace}/{message.id}/{digest}"
    if not riding:
        press.objects.put(place, sealed)
    return DeliverMessage(
        workspace=message.workspace,
        message_id=message.id,
        template_version=version,
        recipient=press.sealer.handle(message.workspace, message.channel, normal(address)),
        rendered_at=press.clock.now(),
        body_hash=digest,
        body=base64.b64encode(sealed).decode() if riding else "",
        body_ref="" if riding else place,
    )


def _fail(message: Message, reason: str, press: Press) -> None:
    step = Step(
        to="failed",
        at=press.clock.now(),
        from_statuses=("planned", "held"),
        reason=reason[:300],
    )
    press.ledger.move(message.workspace, message.id, step)
