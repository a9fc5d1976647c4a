"""
The catalog on DynamoDB: what operators write.

Every write raises the workspace's revision in the same transaction, so that a reader who keeps
content under the revision it read first can never keep stale content.
"""

from collections.abc import Collection
from typing import Any, TypeVar

from pydantic import BaseModel
from pynamodb.connection import Connection
from pynamodb.exceptions import PynamoDBException, TransactWriteError
from pynamodb.transactions import TransactWrite

from signet.adapters.dynamodb import keys
from signet.adapters.dynamodb.catalog_row import CatalogRow, bind, row
from signet.domain.campaign import Campaign
from signet.domain.feedback import FeedbackTopics
from signet.domain.policy import Policy
from signet.domain.source import Source
from signet.domain.template import Template, TemplateVersion
from signet.errors import Conflict, Transient

Content = TypeVar("Content", bound=BaseModel)
Place = tuple[str, str]


def campaign_place(workspace: str, campaign_id: str) -> Place:
    """Give the key of a campaign."""
    return keys.listing(workspace, "campaign"), campaign_id


def template_place(workspace: str, name: str) -> Place:
    """Give the key of a template's head."""
    return keys.listing(workspace, "template"), name


def version_place(workspace: str, name: str, version: int) -> Place:
    """Give the key of a template version."""
    return keys.join(workspace, "version", name), f"{version:06d}"


def source_place(workspace: str, name: str) -> Place:
    """Give the key of a source."""
    return keys.listing(workspace, "source"), name


def source_version_place(workspace: str, name: str, revision: int) -> Place:
    """Give the key of what a source was at a revision."""
    return keys.join(workspace, "source_version", name), f"{revision:06d}"


def topics_place(workspace: str, version: int) -> Place:
    """Give the key of a version of the topics of feedback."""
    return keys.listing(workspace, "feedback-topics"), f"{version:06d}"


def policy_place(workspace: str, version: int | None) -> Place:
    """Give the key of a version of a workspace's policy, or of the one that is in force."""
    return keys.listing(workspace, "policy"), "current" if version is None else f"{version:06d}"


class DynamoCatalog:
    """The catalog, through pynamodb."""

    def __init__(self, table_name: str) -> None:
        self._rows = bind(table_name)
        self._connection = Connection(max_retry_attempts=3)

    def revision(self, workspace: str) -> int:
        """Give the number that grows with every change of the workspace's catalog."""
        found = self._get(_revision_place(workspace))
        return int(found.revision) if found else 0

    def campaigns(self, workspace: str) -> tuple[Campaign, ...]:
        """List every campaign."""
        return self._list(Campaign, keys.listing(workspace, "campaign"))

    def campaign(self, workspace: str, campaign_id: str) -> Campaign | None:
        """Read one campaign."""
        return self._read(Campaign, campaign_place(workspace, campaign_id))

    def save_campaign(self, campaign: Campaign, *, expected_revision: int) -> None:
        """Write a campaign over the revision that was read (0: it must not exist)."""
        place = campaign_place(campaign.workspace, campaign.id)
        self._save(campaign.workspace, place, campaign, expected=expected_revision)

    def templates(self, workspace: str) -> tuple[Template, ...]:
        """List every template."""
        return self._list(Template, keys.listing(workspace, "template"))

    def template(self, workspace: str, name: str) -> Template | None:
        """Read one template's head."""
        return self._read(Template, template_place(workspace, name))

    def save_template(self, template: Template, *, expected_revision: int) -> None:
        """Write a template's head over the revision that was read (0: it must not exist)."""
        place = template_place(template.workspace, template.name)
        self._save(template.workspace, place, template, expected=expected_revision)

    def version(self, workspace: str, name: str, version: int) -> TemplateVersion | None:
        """Read one version."""
        return self._read(TemplateVersion, version_place(workspace, name, version))

    def versions(self, workspace: str, name: str) -> tuple[TemplateVersion, ...]:
        """List the versions of a template, oldest first."""
        return self._list(TemplateVersion, keys.join(workspace, "version", name))

    def save_version(self, version: TemplateVersion, *, new: bool) -> None:
        """Write a version; a new one must not exist."""
        place = version_place(version.workspace, version.name, version.version)
        self._save(version.workspace, place, version, expected=0 if new else None)

    def sources(self, workspace: str) -> tuple[Source, ...]:
        """List every source."""
        return self._list(Source, keys.listing(workspace, "source"))

    def source(self, workspace: str, name: str) -> Source | None:
        """Read one source."""
        return self._read(Source, source_place(workspace, name))

    def save_source(self, workspace: str, source: Source, *, expected_revision: int) -> None:
        """Write a source over the revision that was read (0: it must not exist)."""
        place = source_place(workspace, source.name)
        version = source_version_place(workspace, source.name, source.revision)
        kept = row(version, revision=1, body=source.past())
        self._save(workspace, place, source, expected=expected_revision, beside=kept)

    def source_versions(self, workspace: str, name: str) -> tuple[Source, ...]:
        """List what a source was at each revision, oldest first."""
        return self._list(Source, keys.join(workspace, "source_version", name))

    def source_versions_at(
        self, workspace: str, wanted: Collection[tuple[str, int]]
    ) -> dict[tuple[str, int], Source]:
        """Read what sources were at these revisions, in one call; unknown ones are left out."""
        places = [source_version_place(workspace, *one) for one in wanted]
        try:
            rows = list(self._rows.batch_get(places, consistent_read=True))
        except PynamoDBException as error:
            raise Transient(str(error)) from error
        found = (Source.model_validate_json(one.body) for one in rows)
        return {(source.name, source.revision): source for source in found}

    def feedback_topics(self, workspace: str, version: int | None = None) -> FeedbackTopics | None:
        """Read a version of the topics of feedback, or the newest."""
        if version is not None:
            return self._read(FeedbackTopics, topics_place(workspace, version))
        newest = self._newest(topics_place(workspace, 0)[0])
        return FeedbackTopics.model_validate_json(newest.body) if newest else None

    def save_feedback_topics(self, topics: FeedbackTopics) -> None:
        """Write a new version of the topics of feedback."""
        place = topics_place(topics.workspace, topics.version)
        self._save(topics.workspace, place, topics, expected=0)

    def policy(self, workspace: str, version: int | None = None) -> Policy | None:
        """Read the policy that is in force, or a version of it."""
        return self._read(Policy, policy_place(workspace, version))

    def save_policy(self, policy: Policy) -> None:
        """Write the next version of a workspace's policy over the one before it."""
        place = policy_place(policy.workspace, None)
        kept = row(policy_place(policy.workspace, policy.version), revision=1, body=policy)
        expected = policy.version - 1
        self._save(policy.workspace, place, policy, expected=expected, beside=kept)

    def _newest(self, pk: str) -> CatalogRow | None:
        try:
            rows = self._rows.query(pk, consistent_read=True, scan_index_forward=False, limit=1)
            return next(iter(rows), None)
        except PynamoDBException as error:
            raise Transient(str(error)) from error

    def _get(self, place: Place) -> CatalogRow | None:
        try:
            return self._rows.get(*place, consistent_read=True)
        except self._rows.DoesNotExist:
            return None
        except PynamoDBException as error:
            raise Transient(str(error)) from error

    def _read(self, kind: type[Content], place: Place) -> Content | None:
        found = self._get(place)
        return kind.model_validate_json(found.body) if found else None

    def _list(self, kind: type[Content], pk: str) -> tuple[Content, ...]:
        try:
            rows = list(self._rows.query(pk, consistent_read=True))
        except PynamoDBException as error:
            raise Transient(str(error)) from error
        return tuple(kind.model_validate_json(found.body) for found in rows)

    def _save(
        self,
        workspace: str,
        place: Place,
        body: BaseModel,
        *,
        expected: int | None,
        beside: CatalogRow | None = None,
    ) -> None:
        condition: Any = None
        if expected == 0:
            condition = CatalogRow.pk.does_not_exist()
        elif expected is not None:
            condition = CatalogRow.revision == expected
        revised = CatalogRow(*_revision_place(workspace))
        try:
            with TransactWrite(connection=self._connection) as write:
                written = row(place, revision=(expected or 0) + 1, body=body)
                write.save(written, condition=condition)
                write.update(revised, [CatalogRow.revision.add(1)])
                if beside is not None:
                    write.save(beside)
        except TransactWriteError as error:
            raise Conflict(f"{place[1]} was written by somebody else") from error
        except PynamoDBException as error:
            raise Transient(str(error)) from error


def _revision_place(workspace: str) -> Place:
    return keys.listing(workspace, "revision"), "revision"
