"""Obey what people ask for in what they send: keywords, words of their own, a browser's signal."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from signet.cleaning import phone
from signet.domain.choices import GPC
from signet.domain.events import MAIL_RECEIVED, Event
from signet.domain.feedback import said_in
from signet.domain.suppression import Suppression, Which
from signet.ports import MessageBook, Sealer
from signet.reading.keywords import Meaning, meant
from signet.usecases.scribe import Scribe
from signet.usecases.sharing import opt_out, opted_out

SMS: Final = "sms"
KEYWORD: Final = "keyword:STOP"
ASKED: Final = "asked"
# What Twilio made of a text, where it knows the word and we do not.
_OPT_OUT_TYPE = "OptOutType"
_TYPES: dict[object, Meaning] = {"STOP": "stop", "START": "start", "HELP": "help"}
_ANSWERED = re.compile(r"\s*[^\W\d_]{1,5}\s*:")


@dataclass(frozen=True)
class Ear:
    """The ports that obeying needs."""

    ledger: MessageBook
    sealer: Sealer
    scribe: Scribe


def meaning(event: Event) -> Meaning | None:
    """Tell what a text message or a mail means that a person sent; None for all other events."""
    said = said_in(event)
    text = said.text if said else ""
    if event.type == MAIL_RECEIVED:
        return _of_mail(event, text)
    if said is None or said.kind != SMS:
        return None
    known = event.properties.get(_OPT_OUT_TYPE)
    return meant(text) or (_TYPES.get(known) if isinstance(known, str) else None)


def obey(told: Sequence[tuple[str, Event]], ear: Ear) -> None:
    """
    Do what people ask for in events, before these are done.

    Args:
        told: Events of one workspace, each with its profile, which is written already.
        ear: The ports.

    Effects: permissions; ledger (read); preprocess queue (entries in the timeline).
    Idempotent: a suppression stands once, an older word lifts no newer one, and who opted out
        already does not opt out again.
    """
    for _, event in told:
        asked = meaning(event)
        if asked is not None and event.type == MAIL_RECEIVED:
            _obey_mail(event, asked, ear)
        elif asked is not None:
            _obey_text(event, asked, ear)
    _obey_browsers(told, ear)


def _of_mail(event: Event, text: str) -> Meaning | None:
    """Read a mail: a keyword alone stops; words of one's own ask, on top or as the subject."""
    if event.properties.get("automatic") is True:
        return None
    if meant(text) == "stop":
        return "stop"
    subject = str(event.properties.get("subject") or "")
    # The subject of an answer is ours, not theirs.
    own = "" if _ANSWERED.match(subject) else subject
    asks = {meant(text.strip().partition("\n")[0]), meant(own)} & {"asks", "stop"}
    return "asks" if asks else None


def _obey_text(event: Event, asked: Meaning, ear: Ear) -> None:
    number = event.identifiers.phone
    if number is None or asked == "help":
        return
    handle = ear.sealer.handle(event.workspace, "phone", phone.matching(number))
    permissions = ear.scribe.desk.permissions
    if asked == "start":
        lifted = Which(channel=SMS, reason=KEYWORD, before=event.occurred_at)
        permissions.release(event.workspace, handle, lifted)
        return
    found = Suppression(
        handle=handle,
        channel=SMS,
        reason=KEYWORD if asked == "stop" else ASKED,
        scope="channel",
        at=event.occurred_at,
    )
    # The last of several counts, so that no START between two of them lifts what came later.
    permissions.suppress(event.workspace, found, renew=True)


def _obey_mail(event: Event, asked: Meaning, ear: Ear) -> None:
    """Suppress the address to which the message went that is answered, for its topic."""
    named = event.properties.get("message_id")
    message = ear.ledger.get(event.workspace, named) if isinstance(named, str) else None
    if message is None or not message.recipient:
        return
    found = Suppression(
        handle=message.mailbox or message.recipient,
        channel=message.channel,
        reason=KEYWORD if asked == "stop" else ASKED,
        scope="address" if message.topic is None else "topic",
        topic=message.topic,
        at=event.occurred_at,
    )
    ear.scribe.desk.permissions.suppress(event.workspace, found)


def _obey_browsers(told: Sequence[tuple[str, Event]], ear: Ear) -> None:
    """Record the opt-out of everybody whose browser signals it, once."""
    signals = {pid: event for pid, event in told if event.context.get(GPC) is True}
    if not signals:
        return
    workspace = told[0][1].workspace
    allowed = ear.scribe.desk.permissions.look_many(workspace, [(pid, ()) for pid in signals])
    for (profile_id, event), permission in zip(signals.items(), allowed, strict=True):
        if not opted_out(permission):
            opt_out(profile_id, workspace=workspace, source=event.source, scribe=ear.scribe)
