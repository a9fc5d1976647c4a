"""What the admin function needs from the world."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Protocol

from signet.domain.source import Source
from signet.ports import (
    Catalog,
    Clock,
    Counters,
    DeadLetterRows,
    DuplicateStore,
    EventStore,
    FeedbackIndex,
    Gates,
    ImportBook,
    KeyRing,
    Ledger,
    MergeStore,
    ObjectStore,
    PermissionStore,
    ProfileStore,
    Quarantine,
    Random,
    Sealer,
    Switch,
    TemplateTexts,
    TopicRules,
    WorkQueue,
)
from signet.runtime.cursor import Cursors
from signet.runtime.idempotency import Once
from signet.templating.render import Renderer
from signet.usecases.readmission import ReportReader
from signet.usecases.redrive import RawQueue


class FullCatalog(Catalog, TopicRules, Protocol):
    """The catalog with the registry of sources and the topics of feedback."""

    def source(self, workspace: str, name: str) -> Source | None:
        """Read one source."""

    def sources(self, workspace: str) -> tuple[Source, ...]:
        """List every source."""

    def source_versions(self, workspace: str, name: str) -> tuple[Source, ...]:
        """List what a source was at each revision, oldest first."""

    def source_versions_at(
        self, workspace: str, wanted: Collection[tuple[str, int]]
    ) -> Mapping[tuple[str, int], Source]:
        """Read what sources were at these revisions, in one call; unknown ones are left out."""

    def save_source(self, workspace: str, source: Source, *, expected_revision: int) -> None:
        """Write a source over the revision that was read (0: it must not exist)."""


class CursorMint(Protocol):
    """Give the signer of cursors; its key is read at the first call."""

    def __call__(self) -> Cursors:
        """Give the signer."""


@dataclass(frozen=True, slots=True)
class Ports:
    """
    Every port of this function.

    `queues` are the work queues by the names of their stages, `walks` is upkeep's; `intake`
    holds imported files, `feedback` what people said, which is found by `feedback_index`;
    `reports` reads what a provider reports, `post_codes` holds tables of where they lie.
    """

    clock: Clock
    random: Random
    keys: KeyRing
    sealer: Sealer
    catalog: FullCatalog
    texts: TemplateTexts
    profiles: ProfileStore
    events: EventStore
    ledger: Ledger
    permissions: PermissionStore
    duplicates: DuplicateStore
    merges: MergeStore
    counters: Counters
    quarantine: Quarantine
    imports: ImportBook
    reports: ReportReader
    intake: ObjectStore
    feedback: ObjectStore
    feedback_index: FeedbackIndex
    post_codes: ObjectStore
    dead_letters: DeadLetterRows
    queues: Mapping[str, RawQueue]
    walks: WorkQueue
    gates: Gates
    switch: Switch
    renderer: Renderer
    cursors: CursorMint
    once: Once
