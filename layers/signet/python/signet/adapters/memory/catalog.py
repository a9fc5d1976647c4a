"""The catalog on any store, row for row as the deployed one writes it."""

from collections.abc import Collection
from typing import TypeVar

from pydantic import BaseModel

from signet.adapters.dynamodb import keys
from signet.domain.campaign import Campaign
from signet.domain.feedback import FeedbackTopics
from signet.domain.policy import Policy
from signet.domain.source import Source
from signet.domain.template import Template, TemplateVersion
from signet.errors import Conflict
from signet.ports.store import (
    NEW,
    Change,
    Condition,
    Equal,
    Key,
    Put,
    Query,
    Store,
    Update,
    Value,
    pages,
)

Content = TypeVar("Content", bound=BaseModel)
_PAGE = 100


class MemoryCatalog:
    """The catalog, for tests and the simulator."""

    def __init__(self, table: Store) -> None:
        self._table = table

    def revision(self, workspace: str) -> int:
        """Give the number that grows with every change of the workspace's catalog."""
        row = self._table.get(_revision(workspace))
        return int(row["revision"]) if row else 0

    def campaigns(self, workspace: str) -> tuple[Campaign, ...]:
        """List every campaign."""
        return self._list(Campaign, keys.listing(workspace, "campaign"))

    def campaign(self, workspace: str, campaign_id: str) -> Campaign | None:
        """Read one campaign."""
        return self._read(Campaign, (keys.listing(workspace, "campaign"), campaign_id))

    def save_campaign(self, campaign: Campaign, *, expected_revision: int) -> None:
        """Write a campaign over the revision that was read (0: it must not exist)."""
        place = (keys.listing(campaign.workspace, "campaign"), campaign.id)
        self._save(campaign.workspace, place, campaign, expected=expected_revision)

    def templates(self, workspace: str) -> tuple[Template, ...]:
        """List every template."""
        return self._list(Template, keys.listing(workspace, "template"))

    def template(self, workspace: str, name: str) -> Template | None:
        """Read one template's head."""
        return self._read(Template, (keys.listing(workspace, "template"), name))

    def template_active(self, workspace: str, name: str) -> int | None:
        """Give the active version of a template, or None where there is none."""
        head = self.template(workspace, name)
        return head.active if head else None

    def save_template(self, template: Template, *, expected_revision: int) -> None:
        """Write a template's head over the revision that was read (0: it must not exist)."""
        place = (keys.listing(template.workspace, "template"), template.name)
        self._save(template.workspace, place, template, expected=expected_revision)

    def version(self, workspace: str, name: str, version: int) -> TemplateVersion | None:
        """Read one version."""
        return self._read(TemplateVersion, _version(workspace, name, version))

    def versions(self, workspace: str, name: str) -> tuple[TemplateVersion, ...]:
        """List the versions of a template, oldest first."""
        return self._list(TemplateVersion, keys.join(workspace, "version", name))

    def save_version(self, version: TemplateVersion, *, new: bool) -> None:
        """Write a version; a new one must not exist."""
        place = _version(version.workspace, version.name, version.version)
        self._save(version.workspace, place, version, expected=0 if new else None)

    def sources(self, workspace: str) -> tuple[Source, ...]:
        """List every source."""
        return self._list(Source, keys.listing(workspace, "source"))

    def source(self, workspace: str, name: str) -> Source | None:
        """Read one source."""
        return self._read(Source, (keys.listing(workspace, "source"), name))

    def save_source(self, workspace: str, source: Source, *, expected_revision: int) -> None:
        """Write a source over the revision that was read (0: it must not exist)."""
        place = (keys.listing(workspace, "source"), source.name)
        version = _source_version(workspace, source.name, source.revision)
        kept = _row(version, source.past(), revision=1)
        self._save(workspace, place, source, expected=expected_revision, beside=Put(kept))

    def source_versions(self, workspace: str, name: str) -> tuple[Source, ...]:
        """List what a source was at each revision, oldest first."""
        return self._list(Source, keys.join(workspace, "source_version", name))

    def source_versions_at(
        self, workspace: str, wanted: Collection[tuple[str, int]]
    ) -> dict[tuple[str, int], Source]:
        """Read what sources were at these revisions, in one call; unknown ones are left out."""
        rows = self._table.get_many([_source_version(workspace, *one) for one in wanted])
        found = (Source.model_validate_json(row["body"]) for row in rows.values())
        return {(source.name, source.revision): source for source in found}

    def feedback_topics(self, workspace: str, version: int | None = None) -> FeedbackTopics | None:
        """Read a version of the topics of feedback, or the newest."""
        if version is not None:
            return self._read(FeedbackTopics, _topics(workspace, version))
        newest = Query(_topics(workspace, 0)[0], 1, newest_first=True)
        rows = self._table.query(newest).items
        return FeedbackTopics.model_validate_json(rows[0]["body"]) if rows else None

    def save_feedback_topics(self, topics: FeedbackTopics) -> None:
        """Write a new version of the topics of feedback."""
        place = _topics(topics.workspace, topics.version)
        self._save(topics.workspace, place, topics, expected=0)

    def policy(self, workspace: str, version: int | None = None) -> Policy | None:
        """Read the policy that is in force, or a version of it."""
        return self._read(Policy, _policy(workspace, version))

    def save_policy(self, policy: Policy) -> None:
        """Write the next version of a workspace's policy over the one before it."""
        place = _policy(policy.workspace, None)
        kept = _row(_policy(policy.workspace, policy.version), policy, revision=1)
        expected = policy.version - 1
        self._save(policy.workspace, place, policy, expected=expected, beside=Put(kept))

    def _read(self, kind: type[Content], place: Key) -> Content | None:
        row = self._table.get(place)
        return kind.model_validate_json(row["body"]) if row else None

    def _list(self, kind: type[Content], partition: str) -> tuple[Content, ...]:
        rows = pages(self._table, Query(partition, _PAGE))
        return tuple(kind.model_validate_json(row["body"]) for row in rows)

    def _save(
        self,
        workspace: str,
        place: Key,
        body: BaseModel,
        *,
        expected: int | None,
        beside: Put | None = None,
    ) -> None:
        condition: Condition | None = None
        if expected is not None:
            condition = Equal("revision", expected) if expected else NEW
        row = _row(place, body, revision=(expected or 0) + 1)
        raised = Change(_revision(workspace), Update(adds={"revision": 1}))
        more = [] if beside is None else [beside]
        try:
            self._table.transact([Put(row, condition), raised, *more])
        except Conflict as error:
            raise Conflict(f"{place[1]} was written by somebody else") from error


def _row(place: Key, body: BaseModel, *, revision: int) -> dict[str, Value]:
    return {
        "pk": place[0],
        "sk": place[1],
        "revision": revision,
        "body": body.model_dump_json(by_alias=True),
    }


def _revision(workspace: str) -> Key:
    return keys.listing(workspace, "revision"), "revision"


def _version(workspace: str, name: str, version: int) -> Key:
    return keys.join(workspace, "version", name), f"{version:06d}"


def _source_version(workspace: str, name: str, revision: int) -> Key:
    return keys.join(workspace, "source_version", name), f"{revision:06d}"


def _topics(workspace: str, version: int) -> Key:
    return keys.listing(workspace, "feedback-topics"), f"{version:06d}"


def _policy(workspace: str, version: int | None) -> Key:
    return keys.listing(workspace, "policy"), "current" if version is None else f"{version:06d}"
