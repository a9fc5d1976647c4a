"""Every port of the admin function, in memory."""

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from signet.domain.campaign import Campaign
from signet.domain.events import Event
from signet.domain.message import Message
from signet.domain.permission import Consent, Permission, Suppression
from signet.domain.profile import Profile
from signet.domain.request import Unprocessable
from signet.domain.source import Source
from signet.domain.template import Template, TemplateDraft, TemplateVersion
from signet.errors import Conflict, Missing
from signet.ids import derived
from signet.ports import DeadLetter, Page, TimelineEntry


def paged(items: Sequence[object], limit: int, position: str | None) -> Page:
    """Cut one page out of a list."""
    start = int(position or 0)
    end = start + limit
    return Page(tuple(items[start:end]), str(end) if end < len(items) else None)


@dataclass
class FakeCatalog:
    """The catalog with revisions checked as the real one does."""

    rows: dict[tuple[str, str, str], tuple[int, Any]] = field(default_factory=dict)

    def _list(self, kind: str, workspace: str) -> tuple[Any, ...]:
        return tuple(v for k, (_, v) in sorted(self.rows.items()) if k[:2] == (kind, workspace))

    def _read(self, kind: str, workspace: str, name: str) -> Any:
        return self.rows.get((kind, workspace, name), (0, None))[1]

    def _save(self, place: tuple[str, str, str], value: Any, expected: int | None) -> None:
        known = self.rows.get(place, (0, None))[0]
        if expected is not None and known != expected:
            raise Conflict("written by somebody else")
        self.rows[place] = ((expected or 0) + 1, value)

    def revision(self, workspace: str) -> int:
        """Count the rows."""
        return len([key for key in self.rows if key[1] == workspace])

    def campaigns(self, workspace: str) -> tuple[Campaign, ...]:
        """List campaigns."""
        return self._list("campaign", workspace)

    def campaign(self, workspace: str, campaign_id: str) -> Campaign | None:
        """Read a campaign."""
        return self._read("campaign", workspace, campaign_id)  # type: ignore[no-any-return]

    def save_campaign(self, campaign: Campaign, *, expected_revision: int) -> None:
        """Write a campaign."""
        self._save(("campaign", campaign.workspace, campaign.id), campaign, expected_revision)

    def templates(self, workspace: str) -> tuple[Template, ...]:
        """List templates."""
        return self._list("template", workspace)

    def template(self, workspace: str, name: str) -> Template | None:
        """Read a template."""
        return self._read("template", workspace, name)  # type: ignore[no-any-return]

    def save_template(self, template: Template, *, expected_revision: int) -> None:
        """Write a template."""
        self._save(("template", template.workspace, template.name), template, expected_revision)

    def version(self, workspace: str, name: str, version: int) -> TemplateVersion | None:
        """Read a version."""
        return self._read(f"version:{name}", workspace, f"{version:06d}")  # type: ignore[no-any-return]

    def versions(self, workspace: str, name: str) -> tuple[TemplateVersion, ...]:
        """List versions."""
        return self._list(f"version:{name}", workspace)

    def save_version(self, version: TemplateVersion, *, new: bool) -> None:
        """Write a version."""
        place = (f"version:{version.name}", version.workspace, f"{version.version:06d}")
        self._save(place, version, 0 if new else None)

    def source(self, workspace: str, name: str) -> Source | None:
        """Read a source."""
        return self._read("source", workspace, name)  # type: ignore[no-any-return]

    def save_source(self, workspace: str, source: Source, *, expected_revision: int) -> None:
        """Write a source."""
        self._save(("source", workspace, source.name), source, expected_revision)


@dataclass
class FakeTexts:
    """Template texts by their hash."""

    kept: dict[str, TemplateDraft] = field(default_factory=dict)

    def write(self, workspace: str, name: str, draft: TemplateDraft) -> tuple[str, str]:
        """Keep a text."""
        digest = derived(draft.model_dump_json())
        self.kept[f"{workspace}/{name}/{digest}"] = draft
        return f"{workspace}/{name}/{digest}", digest

    def read(self, content_key: str) -> TemplateDraft:
        """Read a text."""
        if content_key not in self.kept:
            raise Missing("no such text")
        return self.kept[content_key]


@dataclass
class FakePeople:
    """Profiles and handles."""

    people: dict[tuple[str, str], Profile] = field(default_factory=dict)
    handles: dict[tuple[str, str], str] = field(default_factory=dict)

    def resolve(self, workspace: str, handles: Iterable[str]) -> dict[str, str]:
        """Resolve handles."""
        known = ((h, self.handles.get((workspace, h))) for h in handles)
        return {handle: owner for handle, owner in known if owner}

    def link(self, workspace: str, handle: str, profile_id: str) -> str:
        """Link a handle."""
        return self.handles.setdefault((workspace, handle), profile_id)

    def get_many(self, workspace: str, profile_ids: Iterable[str]) -> dict[str, Profile]:
        """Read profiles."""
        known = {pid: self.people.get((workspace, pid)) for pid in profile_ids}
        return {pid: person for pid, person in known.items() if person}

    def save(self, profile: Profile, *, expected_version: int) -> None:
        """Write a profile."""
        known = self.people.get((profile.workspace, profile.id))
        if (known.version if known else 0) != expected_version:
            raise Conflict("written by somebody else")
        kept = profile.model_copy(update={"version": expected_version + 1})
        self.people[(profile.workspace, profile.id)] = kept

    def page(self, workspace: str, *, limit: int, position: str | None) -> Page:
        """List profiles."""
        rows = [person for (place, _), person in self.people.items() if place == workspace]
        return paged(rows, limit, position)


@dataclass
class FakeEvents:
    """Timelines."""

    rows: list[TimelineEntry] = field(default_factory=list)

    def known(self, events: Sequence[Event]) -> frozenset[str]:
        """Tell which events are there."""
        there = {entry.event.key for entry in self.rows}
        return frozenset(event.key for event in events if event.key in there)

    def add(self, profile_id: str, event: Event, *, messages: Sequence[str]) -> bool:
        """Add an event."""
        self.rows.insert(0, TimelineEntry(profile_id, event, tuple(messages)))
        return True

    def timeline(
        self, workspace: str, profile_id: str, *, limit: int, position: str | None
    ) -> Page:
        """List a timeline."""
        rows = [r for r in self.recent(workspace, limit=10_000) if r.profile_id == profile_id]
        return paged(rows, limit, position)

    def recent(self, workspace: str, *, limit: int) -> tuple[TimelineEntry, ...]:
        """List the newest events."""
        return tuple(r for r in self.rows if r.event.workspace == workspace)[:limit]


@dataclass
class FakeLedger:
    """Messages."""

    rows: dict[tuple[str, str], Message] = field(default_factory=dict)

    def plan(self, message: Message) -> bool:
        """Write a message."""
        self.rows[(message.workspace, message.id)] = message
        return True

    def get(self, workspace: str, message_id: str) -> Message | None:
        """Read a message."""
        return self.rows.get((workspace, message_id))

    def get_many(self, workspace: str, message_ids: Sequence[str]) -> dict[str, Message]:
        """Read messages."""
        found = {mid: self.rows.get((workspace, mid)) for mid in message_ids}
        return {mid: row for mid, row in found.items() if row}

    def claim(self, message: Message, claim: object) -> bool:
        """Refuse: nothing here hands mails over."""
        raise AssertionError((message, claim))

    def move(self, workspace: str, message_id: str, step: object) -> bool:
        """Refuse: nothing here moves messages."""
        raise AssertionError((workspace, message_id, step))

    def engage(self, workspace: str, message_id: str, what: object, *, at: datetime) -> bool:
        """Refuse: nothing here notes engagement."""
        raise AssertionError((workspace, message_id, what, at))

    def of_campaign(
        self, workspace: str, campaign_id: str, *, limit: int, position: str | None
    ) -> Page:
        """List a campaign's messages."""
        rows = [r for r in self.recent(workspace, limit=10_000) if r.campaign_id == campaign_id]
        return paged(rows, limit, position)

    def recent(self, workspace: str, *, limit: int) -> tuple[Message, ...]:
        """List the newest messages."""
        return tuple(row for (place, _), row in self.rows.items() if place == workspace)[:limit]


@dataclass
class FakePermissions:
    """Consents and suppressions."""

    consents: dict[tuple[str, str], tuple[Consent, ...]] = field(default_factory=dict)
    suppressed: dict[str, list[Suppression]] = field(default_factory=lambda: defaultdict(list))

    def look(self, workspace: str, profile_id: str, recipient: str) -> Permission:
        """Read what a person allows."""
        assert isinstance(recipient, str)
        return Permission(consents=self.consents.get((workspace, profile_id), ()))

    def record_consent(self, workspace: str, profile_id: str, consent: Consent) -> Consent:
        """Write a consent."""
        self.consents[(workspace, profile_id)] = (consent,)
        return consent

    def suppress(self, workspace: str, suppression: Suppression) -> None:
        """Write a suppression."""
        self.suppressed[workspace].append(suppression)

    def release(self, workspace: str, handle: str, channel: str) -> bool:
        """Refuse: admin does not release."""
        raise AssertionError((workspace, handle, channel))

    def suppressions(self, workspace: str, *, limit: int, position: str | None) -> Page:
        """List suppressions."""
        return paged(self.suppressed[workspace], limit, position)


@dataclass
class FakeCounters:
    """Counters by workspace and scope."""

    sums: dict[tuple[str, str], dict[str, int]] = field(default_factory=dict)

    def checkpoint(self, shard: str) -> str:
        """Give no checkpoint."""
        return shard[:0]

    def fold(self, shard: str, *, before: str, after: str, changes: object) -> None:
        """Refuse: admin does not count."""
        raise AssertionError((shard, before, after, changes))

    def read(self, workspace: str, scopes: Sequence[str]) -> dict[str, dict[str, int]]:
        """Read scopes."""
        return {s: self.sums[(workspace, s)] for s in scopes if (workspace, s) in self.sums}


@dataclass
class FakeLetters:
    """Dead letters."""

    rows: dict[str, DeadLetter] = field(default_factory=dict)

    def add(self, letter: DeadLetter) -> None:
        """Add a letter."""
        self.rows[letter.position] = letter

    def page(self, *, queue: str | None, limit: int, position: str | None) -> Page:
        """List letters."""
        return paged([r for r in self.rows.values() if queue in (None, r.queue)], limit, position)

    def remove(self, position: str) -> bool:
        """Remove a letter."""
        return self.rows.pop(position, None) is not None


@dataclass
class FakeQueue:
    """A queue that takes bodies as they are."""

    bodies: list[str] = field(default_factory=list)

    def send_raw(self, body: str) -> None:
        """Take a body."""
        self.bodies.append(body)


@dataclass
class FakeOnce:
    """Answers by key."""

    kept: dict[tuple[str, str], tuple[str, dict[str, Any]]] = field(default_factory=dict)

    def __call__(
        self, key: str, *, scope: str, fingerprint: str, work: Callable[[], dict[str, Any]]
    ) -> dict[str, Any]:
        """Do the work once."""
        if (scope, key) not in self.kept:
            self.kept[(scope, key)] = (fingerprint, json.loads(json.dumps(work())))
        known, answer = self.kept[(scope, key)]
        if known != fingerprint:
            raise Unprocessable("used with another body")
        return answer
