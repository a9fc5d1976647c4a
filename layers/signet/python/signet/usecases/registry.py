"""The registry of sources."""

from dataclasses import dataclass
from typing import Any, Protocol

from pydantic import ConfigDict, JsonValue, model_validator

from signet.domain.source import RESERVED_NAMES, Source, SourceDraft, SourceTerms
from signet.errors import Missing, Rejected
from signet.ports import Sealer
from signet.usecases import ready_made, signatures
from signet.usecases.views import View


class SourceShelf(Protocol):
    """Read and write registered sources."""

    def source(self, workspace: str, name: str) -> Source | None:
        """Read one source."""

    def save_source(self, workspace: str, source: Source, *, expected_revision: int) -> None:
        """
        Write a source over the revision that was read (0: it must not exist).

        Raises:
            Conflict: Somebody else wrote it in between.
        """


def _without_kind(schema: dict[str, Any]) -> None:
    """Take the kind from what must be written: a ready-made source brings its own."""
    schema["required"].remove("kind")
    schema["anyOf"] = [{"required": ["kind"]}, {"required": ["ready_made"]}]


class SourceRequest(SourceDraft):
    """A draft, or the name of a ready-made one and what differs from it."""

    model_config = ConfigDict(frozen=True, extra="forbid", json_schema_extra=_without_kind)

    @model_validator(mode="before")
    @classmethod
    def _completed(cls, given: Any) -> Any:
        return ready_made.completed(given) if isinstance(given, dict) else given


class SourceView(View, SourceTerms):
    """
    A source as it is shown; `mapping_version` grows with every change.

    Secrets are never shown: the signature says whether there are any.
    """

    name: str
    mapping_version: int
    signature: dict[str, JsonValue]


def find(workspace: str, name: str, *, shelf: SourceShelf) -> Source:
    """
    Read a source.

    Raises:
        Missing: There is none of this name.
    """
    source = shelf.source(workspace, name)
    if source is None:
        raise Missing("there is no such source")
    return source


@dataclass(frozen=True, slots=True)
class Desk:
    """The ports that writing a source needs."""

    shelf: SourceShelf
    sealer: Sealer


def put(
    draft: SourceDraft, *, workspace: str, name: str, known: Source | None, desk: Desk
) -> Source:
    """
    Write a source over what was read.

    A signature without secrets keeps those that are there.

    Effects: catalog.
    Idempotent: the same content twice is one revision.

    Raises:
        Rejected: The name is one of ours, or a secret is missing.
        Conflict: Somebody else wrote it in between.
    """
    if name in RESERVED_NAMES:
        raise Rejected.field("source", "must be another name; this one is a path of ours")
    sealed = signatures.sealed(
        draft.signature, workspace=workspace, name=name, known=known, sealer=desk.sealer
    )
    before = known.revision if known else 0
    source = drafted(draft, workspace=workspace, name=name, revision=before + 1)
    source = source.model_copy(update={"sealed": sealed})
    if known is not None and known == source.model_copy(update={"revision": before}):
        return known
    desk.shelf.save_source(workspace, source, expected_revision=before)
    return source


def drafted(draft: SourceDraft, *, workspace: str, name: str, revision: int) -> Source:
    """Make the source that a draft would become, without its secrets."""
    told = draft.model_dump(exclude={"signature": {"secrets"}})
    return Source(**told, workspace=workspace, name=name, revision=revision)


def show(source: Source) -> SourceView:
    """Show a source."""
    told = source.model_dump(exclude={"workspace", "revision", "sealed", "signature"})
    signature = source.signature.model_dump(mode="json", exclude={"secrets"})
    if source.signature.keyed:
        signature["secret_set"] = bool(source.sealed)
    return SourceView(**told, mapping_version=source.revision, signature=signature)
