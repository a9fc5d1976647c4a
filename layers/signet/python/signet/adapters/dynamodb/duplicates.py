"""Pairs on DynamoDB, one row each, and who is in a block with whom."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from signet.adapters.dynamodb import keys
from signet.adapters.dynamodb.blocks import Blocks
from signet.adapters.dynamodb.paging import after, place, position
from signet.domain.duplicate import DuplicatePair, MergeRule, PairStatus, Zone
from signet.errors import Conflict
from signet.ports import Page
from signet.ports.store import NEW, Equal, Query, Store

_READS = 20


class DynamoDuplicates:
    """The store of duplicates; neither keys nor rows hold what anybody is known by."""

    def __init__(self, table: Store) -> None:
        self._table = table
        self._blocks = Blocks(table)

    def enrol(self, workspace: str, wanted: Mapping[str, Iterable[str]]) -> dict[str, set[str]]:
        """Put people into blocks, and give who is in each."""
        return self._blocks.enrol(workspace, wanted)

    def get_many(self, workspace: str, pair_ids: Iterable[str]) -> dict[str, DuplicatePair]:
        """Read pairs, consistently; unknown ids are left out."""
        found = self._table.get_many((_partition(workspace), pair) for pair in pair_ids)
        return {item["sk"]: _read(item) for item in found.values()}

    def save(self, pair: DuplicatePair, *, expected_version: int) -> None:
        """Write a pair over the version that was read (0: it must not exist)."""
        condition = Equal("version", expected_version) if expected_version else NEW
        newer = pair.model_copy(update={"version": expected_version + 1})
        if not self._table.put(pair_row(newer), condition=condition):
            raise Conflict("somebody else decided about these two in between")

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
        wanted = {"status": status, "zone": zone}
        query = Query(_partition(workspace), limit + 1, after=after(position))
        return self._page(query, limit, {n: v for n, v in wanted.items() if v})

    def rule(self, workspace: str) -> MergeRule:
        """Read whether pairs are merged by rule; the usual one where nobody said anything."""
        row = self._table.get(_rule(workspace))
        return MergeRule.model_validate_json(row["rule"]) if row else MergeRule()

    def save_rule(self, workspace: str, rule: MergeRule) -> None:
        """Write whether pairs are merged by rule from now on."""
        pk, sk = _rule(workspace)
        self._table.put({"pk": pk, "sk": sk, "rule": rule.model_dump_json()})

    def _page(self, query: Query, limit: int, wanted: Mapping[str, str]) -> Page:
        found: list[dict[str, Any]] = []
        start = query.after
        for _ in range(_READS):
            page = self._table.query(replace(query, after=start))
            found += [item for item in page.items if _fits(item, wanted)]
            start = page.last
            if start is None or len(found) > limit:
                break
        if len(found) > limit:
            start = place((found[limit - 1]["pk"], found[limit - 1]["sk"]))
        return Page(tuple(_read(item) for item in found[:limit]), position(start))


def pair_row(pair: DuplicatePair) -> dict[str, Any]:
    """Write a pair as its row; reasons are words, without anybody's values."""
    return {
        "pk": _partition(pair.workspace),
        "sk": pair.id,
        "status": pair.status,
        "zone": pair.zone,
        "version": pair.version,
        "pair": pair.model_dump_json(),
    }


def _fits(item: Mapping[str, Any], wanted: Mapping[str, str]) -> bool:
    if item["status"] == "open" and item["zone"] == "apart":
        return False
    return all(item[name] == value for name, value in wanted.items())


def _read(item: Mapping[str, Any]) -> DuplicatePair:
    return DuplicatePair.model_validate_json(item["pair"])


def _rule(workspace: str) -> tuple[str, str]:
    return keys.listing(workspace, "merging"), "rule"


def _partition(workspace: str) -> str:
    return keys.listing(workspace, "duplicates")
