"""What operators write."""

from typing import Protocol

from signet.domain.campaign import Campaign
from signet.domain.policy import Policy
from signet.domain.source import Source
from signet.domain.template import Template, TemplateDraft, TemplateVersion


class Catalog(Protocol):
    """What operators write, read-mostly."""

    def revision(self, workspace: str) -> int:
        """Give the number that grows with every change of the workspace's catalog."""

    def campaigns(self, workspace: str) -> tuple[Campaign, ...]:
        """List every campaign."""

    def campaign(self, workspace: str, campaign_id: str) -> Campaign | None:
        """Read one campaign."""

    def save_campaign(self, campaign: Campaign, *, expected_revision: int) -> None:
        """
        Write a campaign over the revision that was read (0: it must not exist).

        Raises:
            Conflict: Somebody else wrote it in between.
        """

    def templates(self, workspace: str) -> tuple[Template, ...]:
        """List every template."""

    def template(self, workspace: str, name: str) -> Template | None:
        """Read one template's head."""

    def save_template(self, template: Template, *, expected_revision: int) -> None:
        """Write a template's head over the revision that was read (0: it must not exist)."""

    def version(self, workspace: str, name: str, version: int) -> TemplateVersion | None:
        """Read one version."""

    def versions(self, workspace: str, name: str) -> tuple[TemplateVersion, ...]:
        """List the versions of a template, oldest first."""

    def save_version(self, version: TemplateVersion, *, new: bool) -> None:
        """Write a version; a new one must not exist."""

    def policy(self, workspace: str, version: int | None = None) -> Policy | None:
        """Read the policy that is in force, or a version of it."""

    def save_policy(self, policy: Policy) -> None:
        """
        Write the next version of a workspace's policy over the one before it.

        Raises:
            Conflict: Somebody else wrote it in between.
        """


class PolicyReader(Protocol):
    """Read what a workspace decided."""

    def policy(self, workspace: str, version: int | None = None) -> Policy | None:
        """Read the policy that is in force, or a version of it."""


class SourceRegistry(PolicyReader, Protocol):
    """What ingest reads from the catalog."""

    def source(self, workspace: str, name: str) -> Source | None:
        """Read one registered source."""

    def template_active(self, workspace: str, name: str) -> int | None:
        """Give the active version of a template, or None where there is none."""


class TemplateTexts(Protocol):
    """The immutable texts of template versions."""

    def write(self, workspace: str, name: str, draft: TemplateDraft) -> tuple[str, str]:
        """Keep a text under its own hash; give the content key and the SHA-256."""

    def read(self, content_key: str) -> TemplateDraft:
        """Read a text back."""
