"""Merges on DynamoDB: one transaction each, over rows that stay what they were."""

import zlib
from collections.abc import Iterable
from typing import Any

from signet.adapters.dynamodb import keys
from signet.adapters.dynamodb.bonds import CHILD, CONSENTS, MERGED_INTO, PAST, Bonds
from signet.adapters.dynamodb.profiles import DynamoProfiles
from signet.domain.merge import Merge, Standing
from signet.domain.profile import Profile
from signet.ports import Sealer
from signet.ports.store import NEW, Absent, Change, Equal, Every, Put, Store, Update, Value

_ROW = "merge"


class DynamoMerges:
    """
    The store of merges.

    A profile that is merged away keeps its row, its consents, its lineage and its timeline, and
    handles that lead to it stay; whoever reads it is led on. So a merge is six rows, however
    much is known of anybody, and undoing it has nothing to put together again.
    """

    def __init__(self, table: Store, sealer: Sealer) -> None:
        self._table = table
        self._sealer = sealer
        self._profiles = DynamoProfiles(table, sealer)

    def standing(self, workspace: str, profile_ids: Iterable[str]) -> dict[str, Standing]:
        """Read profiles' own rows, consistently, without following merges."""
        found = self._table.get_many(_profile(workspace, pid) for pid in profile_ids)
        return {
            item["id"]: Standing(
                profile=self._profiles.read(workspace, item),
                merged_into=item.get(MERGED_INTO, ""),
            )
            for item in found.values()
        }

    def members(self, workspace: str, profile_id: str) -> tuple[str, ...]:
        """Give every profile that was merged into this one, or into one of those, sorted."""
        bonds = Bonds(self._table, workspace)
        bonds.load([profile_id])
        return tuple(sorted(bonds.members(profile_id)))

    def get_many(self, workspace: str, away_ids: Iterable[str]) -> dict[str, Merge]:
        """Read the last merge of each profile that was ever merged away."""
        found = self._table.get_many((keys.profile(workspace, pid), _ROW) for pid in away_ids)
        return {item["id"]: self._read(workspace, item) for item in found.values()}

    def merge(self, merge: Merge, survivor: Profile, away: Profile) -> None:
        """Let one profile be the other from now on, all or nothing."""
        workspace, gone = merge.workspace, {MERGED_INTO: merge.into}
        still = Every((Equal("version", away.version), Absent(MERGED_INTO)))
        stamp = {f"{CHILD}{merge.away}": keys.stamp(merge.at)}
        self._table.transact(
            [
                self._survivor(survivor),
                Change(
                    _profile(workspace, merge.away),
                    Update(sets=gone, adds={"version": 1}, condition=still),
                ),
                Change(_permission(workspace, merge.into), Update(sets=stamp)),
                Change(_permission(workspace, merge.away), Update(sets={MERGED_INTO: merge.into})),
                self._written(merge),
            ]
        )

    def undo(self, merge: Merge, survivor: Profile) -> None:
        """Let both profiles be themselves again, all or nothing."""
        workspace = merge.workspace
        still = Equal(MERGED_INTO, merge.into)
        until = keys.stamp(merge.undone_at or merge.at)
        span: dict[str, Value] = {"since": keys.stamp(merge.at), "until": until}
        self._table.transact(
            [
                self._survivor(survivor),
                Change(
                    _profile(workspace, merge.away),
                    Update(adds={"version": 1}, removes=(MERGED_INTO,), condition=still),
                ),
                Change(
                    _permission(workspace, merge.into),
                    Update(
                        removes=(f"{CHILD}{merge.away}",),
                        appends={PAST: [{"child": f"{CHILD}{merge.away}", **span}]},
                    ),
                ),
                Change(
                    _permission(workspace, merge.away),
                    Update(removes=(MERGED_INTO,), appends={PAST: [{"into": merge.into, **span}]}),
                ),
                self._written(merge),
            ]
        )

    def _survivor(self, survivor: Profile) -> Put:
        still = Every((Equal("version", survivor.version), Absent(MERGED_INTO)))
        row = self._profiles.row(survivor, version=survivor.version + 1)
        return Put(row, condition=still)

    def _written(self, merge: Merge) -> Put:
        newer = merge.model_copy(update={"version": merge.version + 1})
        body = zlib.compress(newer.model_dump_json().encode("utf-8", "surrogatepass"))
        row: dict[str, Any] = {
            "pk": keys.profile(merge.workspace, merge.away),
            "sk": _ROW,
            "id": merge.away,
            "version": newer.version,
            "sealed": self._sealer.seal(merge.workspace, merge.away, body),
        }
        return Put(row, condition=Equal("version", merge.version) if merge.version else NEW)

    def _read(self, workspace: str, item: dict[str, Any]) -> Merge:
        plain = zlib.decompress(self._sealer.open(workspace, item["id"], item["sealed"]))
        return Merge.model_validate_json(plain)


def _profile(workspace: str, profile_id: str) -> tuple[str, str]:
    return keys.profile(workspace, profile_id), "profile"


def _permission(workspace: str, profile_id: str) -> tuple[str, str]:
    return keys.profile(workspace, profile_id), CONSENTS
