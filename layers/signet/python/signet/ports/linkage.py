"""Duplicates: blocks that bring people together, pairs that were found, and merges."""

from collections.abc import Iterable, Mapping
from typing import Protocol

from signet.domain.duplicate import DuplicatePair, MergeRule, PairStatus, Zone
from signet.domain.merge import Merge, Standing
from signet.domain.profile import Profile
from signet.ports.people import Page


class DuplicateStore(Protocol):
    """Who is in a block with whom, and which pairs were found."""

    def enrol(self, workspace: str, wanted: Mapping[str, Iterable[str]]) -> dict[str, set[str]]:
        """
        Put people into blocks, and give who is in each.

        Of two that are enrolled at the same moment at least one sees the other. A block that
        has grown too large takes nobody in and gives nobody.

        Args:
            workspace: Where.
            wanted: Profile ids by the handle of their block.
        """

    def get_many(self, workspace: str, pair_ids: Iterable[str]) -> dict[str, DuplicatePair]:
        """Read pairs, consistently; unknown ids are left out."""

    def save(self, pair: DuplicatePair, *, expected_version: int) -> None:
        """
        Write a pair over the version that was read (0: it must not exist).

        Raises:
            Conflict: Somebody else wrote it in between.
        """

    def page(
        self,
        workspace: str,
        *,
        status: PairStatus | None,
        zone: Zone | None,
        limit: int,
        position: str | None,
    ) -> Page:
        """List pairs of one status and zone, or of all, but for open ones that fell apart."""

    def rule(self, workspace: str) -> MergeRule:
        """Read whether pairs are merged by rule; the usual one where nobody said anything."""

    def save_rule(self, workspace: str, rule: MergeRule) -> None:
        """Write whether pairs are merged by rule from now on."""


class MergeStore(Protocol):
    """Profiles as they stand by themselves, and the merges that bind them."""

    def standing(self, workspace: str, profile_ids: Iterable[str]) -> dict[str, Standing]:
        """Read profiles' own rows, consistently, without following merges."""

    def members(self, workspace: str, profile_id: str) -> tuple[str, ...]:
        """Give every profile that was merged into this one, or into one of those, sorted."""

    def get_many(self, workspace: str, away_ids: Iterable[str]) -> dict[str, Merge]:
        """Read the last merge of each profile that was ever merged away."""

    def merge(self, merge: Merge, survivor: Profile, away: Profile) -> None:
        """
        Let one profile be the other from now on, all or nothing.

        Args:
            merge: What is done, and what it takes to undo it.
            survivor: The profile that stays, with all that both knew, of the version read.
            away: The profile that goes, of the version read.

        Raises:
            Conflict: Somebody else wrote one of them in between.
        """

    def undo(self, merge: Merge, survivor: Profile) -> None:
        """
        Let both profiles be themselves again, all or nothing.

        Args:
            merge: What is undone, by whom and when.
            survivor: The profile that stayed, with what is its own, of the version read.

        Raises:
            Conflict: Somebody else wrote one of them in between.
        """
