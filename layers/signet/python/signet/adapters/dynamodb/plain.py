"""The catalog for who must start fast: the few reads they need, without pynamodb."""

from signet.adapters.dynamodb import keys
from signet.adapters.dynamodb.ledger import DynamoLedger as PlainLedger
from signet.adapters.dynamodb.permissions import DynamoPermissions as PlainPermissions
from signet.adapters.dynamodb.profiles import DynamoProfiles as PlainProfiles
from signet.adapters.dynamodb.quarantine import DynamoQuarantine as PlainQuarantine
from signet.domain.campaign import Campaign
from signet.domain.policy import Policy
from signet.domain.source import Source
from signet.domain.template import Template
from signet.ports.store import Store

__all__ = [
    "PlainCatalog",
    "PlainLedger",
    "PlainPermissions",
    "PlainProfiles",
    "PlainQuarantine",
]


class PlainCatalog:
    """Sources, campaigns, active templates and the policy, read consistently."""

    def __init__(self, table: Store) -> None:
        self._table = table

    def source(self, workspace: str, name: str) -> Source | None:
        """Read one source."""
        item = self._table.get((keys.listing(workspace, "source"), name))
        return Source.model_validate_json(item["body"]) if item else None

    def campaign(self, workspace: str, campaign_id: str) -> Campaign | None:
        """Read one campaign."""
        item = self._table.get((keys.listing(workspace, "campaign"), campaign_id))
        return Campaign.model_validate_json(item["body"]) if item else None

    def template_active(self, workspace: str, name: str) -> int | None:
        """Give the active version of a template, or None where there is none."""
        item = self._table.get((keys.listing(workspace, "template"), name))
        return Template.model_validate_json(item["body"]).active if item else None

    def policy(self, workspace: str, version: int | None = None) -> Policy | None:
        """Read the policy that is in force, or a version of it."""
        name = "current" if version is None else f"{version:06d}"
        item = self._table.get((keys.listing(workspace, "policy"), name))
        return Policy.model_validate_json(item["body"]) if item else None
