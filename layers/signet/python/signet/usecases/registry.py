"""The registry of sources."""

from typing import Protocol

from signet.domain.source import FieldMapping, Source, SourceDraft, SourceKind
from signet.errors import Missing
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


class SourceView(View):
    """A source as it is shown; `mapping_version` grows with every change."""

    name: str
    kind: SourceKind
    mapping: FieldMapping
    mapping_version: int
    thank_you_url: str | None


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


def put(
    draft: SourceDraft, *, workspace: str, name: str, known: Source | None, shelf: SourceShelf
) -> Source:
    """
    Write a source over what was read.

    Effects: catalog.
    Idempotent: the same content twice is one revision.

    Raises:
        Conflict: Somebody else wrote it in between.
    """
    before = known.revision if known else 0
    source = Source(**draft.model_dump(), workspace=workspace, name=name, revision=before + 1)
    if known is not None and known == source.model_copy(update={"revision": before}):
        return known
    shelf.save_source(workspace, source, expected_revision=before)
    return source


def show(source: Source) -> SourceView:
    """Show a source."""
    return SourceView(
        name=source.name,
        kind=source.kind,
        mapping=source.mapping,
        mapping_version=source.revision,
        thank_you_url=source.thank_you_url,
    )
