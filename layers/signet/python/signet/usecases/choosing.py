"""The preference centre: what a recipient has chosen, and how they choose otherwise."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from pydantic import JsonValue

from signet.domain.choices import (
    ANY_CHANNEL,
    FREQUENCIES,
    PAUSE,
    UNSET,
    Frequency,
    Settings,
)
from signet.domain.message import Message
from signet.domain.permission import Permission
from signet.domain.policy import Policy, Topic
from signet.domain.request import ConsentRequest
from signet.errors import Missing
from signet.ports import MessageBook, PolicyReader
from signet.usecases import consent
from signet.usecases.scribe import Scribe
from signet.usecases.sharing import opt_out, opted_out

# Who chooses twice at the same moment is asked for both.
TRIES = 2
Deed = Literal["save", "pause", "resume", "none"]


@dataclass(frozen=True)
class Desk:
    """The ports that choosing needs."""

    ledger: MessageBook
    catalog: PolicyReader
    scribe: Scribe


@dataclass(frozen=True, slots=True)
class Box:
    """
    One thing that may be ticked: a topic over a channel.

    `on` tells that a consent is in force; `offered` is the policy's topic, None where it has none.
    """

    channel: str
    topic: str
    on: bool
    offered: Topic | None = None

    @property
    def place(self) -> str:
        """How a form names it."""
        return f"{self.channel}:{self.topic}"


@dataclass(frozen=True)
class Choices:
    """
    What holds for the recipient of a message at a moment.

    `policy_version` is the version of the policy whose wording they see.
    """

    message: Message
    boxes: tuple[Box, ...]
    settings: Settings
    unshared: bool
    traits: Mapping[str, JsonValue] | None
    policy_version: int
    at: datetime

    @property
    def known(self) -> bool:
        """Whether the recipient is somebody who can choose; else only the address is known."""
        return self.message.profile_id is not None

    @property
    def paused_until(self) -> datetime | None:
        """When a pause ends that stands."""
        return self.settings.paused_until if self.settings.paused(self.at) else None


@dataclass(frozen=True, slots=True)
class Wish:
    """
    What a recipient sends back.

    `shown` are the boxes that they saw and `on` those that they ticked; what they did not see
    stays. `gpc` tells that their browser forbids that their data are sold or shared.
    """

    does: Deed
    shown: frozenset[str] = frozenset()
    on: frozenset[str] = frozenset()
    frequency: Frequency | None = None
    gpc: bool = False


def choices(message_id: str, *, workspace: str, desk: Desk) -> Choices:
    """
    Read what holds for the recipient of a message.

    Effects: ledger, profiles, permissions, catalog (read).

    Raises:
        Missing: There is no such message any more.
    """
    message = desk.ledger.get(workspace, message_id)
    if message is None or not (message.profile_id or message.recipient):
        raise Missing("there is no such link")
    named = message.profile_id
    people = desk.scribe.desk.profiles.get_many(workspace, [named]) if named else {}
    person = people.get(named or "")
    found = Choices(
        message=message if person else message.model_copy(update={"profile_id": None}),
        boxes=(),
        settings=UNSET,
        unshared=False,
        traits=person.values() if person else None,
        policy_version=0,
        at=desk.scribe.desk.clock.now(),
    )
    return _looked(found, desk) if person else found


def choose(known: Choices, wish: Wish, desk: Desk) -> Choices:
    """
    Do what a recipient wishes, and give what holds then.

    Only what is not so already is written: a consent or its withdrawal for each box that is
    ticked otherwise, and the person's own settings. Who is no known person has an address only,
    which unsubscribing from everything suppresses.

    Effects: permissions, preprocess queue (entries in the timeline).
    Idempotent: a second time changes nothing more.
    """
    message, scribe = known.message, desk.scribe
    if message.profile_id is None:
        if wish.does == "none":
            consent.unsubscribe_from(message, desk.scribe.desk)
        return known
    if wish.does == "none" and message.topic is not None:
        consent.unsubscribe_from(message, desk.scribe.desk)
        known = _looked(known, desk)
    for box in known.boxes:
        ticked = wish.does != "none" and box.place in wish.on
        if ticked != box.on and (wish.does == "none" or box.place in wish.shown):
            _record(box, known, scribe, granted=ticked)
    _set(known, wish, desk)
    if wish.gpc and not known.unshared:
        opt_out(
            message.profile_id, workspace=message.workspace, source=_source(known), scribe=scribe
        )
    return _looked(known, desk)


def _set(known: Choices, wish: Wish, desk: Desk) -> None:
    """Write the settings that are wished for, over those that stand at this moment."""
    message, permissions = known.message, desk.scribe.desk.permissions
    workspace, person = message.workspace, message.profile_id or ""
    for _ in range(TRIES):
        wanted = _wanted(known, wish)
        if wanted is None or permissions.choose(workspace, person, wanted, over=known.settings):
            return
        known = _looked(known, desk)
    # Of somebody who was merged, settings may stand that are in another one's row.
    if (wanted := _wanted(known, wish)) is not None:
        permissions.choose(workspace, person, wanted)


def _looked(known: Choices, desk: Desk) -> Choices:
    """Look at what holds for a known person at this moment."""
    message = known.message
    policy = desk.catalog.policy(message.workspace) or Policy(workspace=message.workspace)
    allowed = desk.scribe.desk.permissions.look(message.workspace, message.profile_id or "")
    now = desk.scribe.desk.clock.now()
    return replace(
        known,
        boxes=tuple(_boxes(policy, allowed, message, at=now)),
        settings=allowed.settings,
        unshared=opted_out(allowed),
        policy_version=policy.version,
        at=now,
    )


def _boxes(policy: Policy, allowed: Permission, message: Message, *, at: datetime) -> Iterator[Box]:
    """Give the policy's topics, then the message's own, then whatever else is granted."""
    offered = {topic.topic: topic for topic in policy.draft.topics}
    places = [(topic.topic, channel) for topic in offered.values() for channel in topic.channels]
    if message.topic is not None:
        places.append((message.topic, message.channel))
    granted = [one for one in allowed.consents if one.grants(at)]
    places += sorted((one.topic, one.channel) for one in granted if one.channel != ANY_CHANNEL)
    order = dict.fromkeys(topic for topic, _ in places)
    on = {(one.topic, one.channel) for one in granted}
    for topic in order:
        for place in dict.fromkeys(one for one in places if one[0] == topic):
            yield Box(place[1], topic, on=place in on, offered=offered.get(topic))


def _wanted(known: Choices, wish: Wish) -> Settings | None:
    """Give the settings that are wished for; None where they hold already."""
    now, settings = known.at, known.settings
    until, cap = settings.paused_until, settings.cap
    if wish.does == "pause":
        until = now + PAUSE
    elif wish.does == "resume":
        until = None
    if wish.frequency is not None and wish.does != "none":
        cap = FREQUENCIES[wish.frequency]
    if (until, cap) == (settings.paused_until, settings.cap):
        return None
    return Settings(paused_until=until, cap=cap, at=now)


def _record(box: Box, known: Choices, scribe: Scribe, *, granted: bool) -> None:
    word = ConsentRequest(
        channel=box.channel,
        topic=box.topic,
        status="granted" if granted else "withdrawn",
        wording_version=str(known.policy_version),
        source=_source(known),
    )
    message = known.message
    scribe.write(word, workspace=message.workspace, profile_id=message.profile_id or "")


def _source(known: Choices) -> str:
    return f"preferences:{known.message.id}"
