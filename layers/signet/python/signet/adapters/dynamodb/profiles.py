"""People on DynamoDB: one sealed row per profile, one row per handle that resolves to it."""

import json
import zlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from signet.adapters.dynamodb import keys
from signet.adapters.dynamodb.bonds import MERGED_INTO
from signet.adapters.dynamodb.paging import after, gathered, position
from signet.domain.lineage import Lineage
from signet.domain.profile import Profile, Trait
from signet.errors import Conflict, Transient
from signet.ports import Page, Sealer
from signet.ports.store import NEW, Condition, Equal, Store


class DynamoProfiles:
    """The profile store; traits and identifiers are sealed, handles are keyed hashes."""

    def __init__(self, table: Store, sealer: Sealer) -> None:
        self._table = table
        self._sealer = sealer

    def resolve(self, workspace: str, handles: Iterable[str]) -> dict[str, str]:
        """Give the profile id of each handle that is known."""
        places = {(keys.alias(workspace, handle), "alias"): handle for handle in handles}
        found = self._table.get_many(places)
        return {places[place]: item["profile_id"] for place, item in found.items()}

    def link(self, workspace: str, handle: str, profile_id: str) -> str:
        """Let a handle resolve to a profile unless it does already; give the owner's id."""
        pk = keys.alias(workspace, handle)
        row = {"pk": pk, "sk": "alias", "profile_id": profile_id}
        if self._table.put(row, condition=NEW):
            return profile_id
        item = self._table.get((pk, "alias"))
        if item is None:
            raise Transient("a handle disappeared while it was read")
        return str(item["profile_id"])

    def link_many(self, workspace: str, handles: Mapping[str, str]) -> dict[str, str]:
        """Let handles resolve each to its profile unless they do already; give their owners."""
        rows = [
            {"pk": keys.alias(workspace, handle), "sk": "alias", "profile_id": profile_id}
            for handle, profile_id in handles.items()
        ]
        if all(self._table.insert(rows)):
            return dict(handles)
        owners = self.resolve(workspace, handles)
        if len(owners) < len(handles):
            raise Transient("a handle disappeared while it was read")
        return owners

    def get_many(self, workspace: str, profile_ids: Iterable[str]) -> dict[str, Profile]:
        """
        Read profiles, consistently; unknown ids are left out.

        For a profile that was merged away the survivor is given, which has an id of its own.
        """
        wanted = list(profile_ids)
        rows = self._rows(workspace, wanted)
        heirs = {pid: row[MERGED_INTO] for pid, row in rows.items() if MERGED_INTO in row}
        while missing := set(heirs.values()) - set(rows):
            more = self._rows(workspace, missing)
            rows |= {pid: more.get(pid, {}) for pid in missing}
            heirs |= {pid: row[MERGED_INTO] for pid, row in more.items() if MERGED_INTO in row}
        ends = {pid: _end(pid, heirs) for pid in wanted}
        read = {end: self.read(workspace, rows[end]) for end in ends.values() if rows.get(end)}
        return {pid: read[end] for pid, end in ends.items() if end in read}

    def exists(self, workspace: str, profile_id: str) -> bool:
        """Tell whether a profile exists in the workspace."""
        return self._table.get((keys.profile(workspace, profile_id), "profile")) is not None

    def save(self, profile: Profile, *, expected_version: int) -> None:
        """Write a profile over the version that was read (0: it must not exist)."""
        row = self.row(profile, version=expected_version + 1)
        if not self._table.put(row, condition=_over(expected_version)):
            raise Conflict(f"profile {profile.id} was written by somebody else")

    def save_many(self, profiles: Sequence[Profile]) -> None:
        """Write profiles, each over its version, in few calls."""
        new = [self.row(person, version=1) for person in profiles if not person.version]
        for person in profiles:
            if person.version:
                self.save(person, expected_version=person.version)
        if not all(self._table.insert(new)):
            raise Conflict("a new profile was written by somebody else")

    def row(self, profile: Profile, *, version: int) -> dict[str, Any]:
        """Write a profile as its row, of a version."""
        known = {"identifiers": profile.identifiers, "traits": _plain(profile.traits)}
        body = json.dumps(known, separators=(",", ":")).encode()
        return {
            "pk": keys.profile(profile.workspace, profile.id),
            "sk": "profile",
            "id": profile.id,
            "version": version,
            "created_at": profile.created_at.isoformat(),
            "updated_at": profile.updated_at.isoformat(),
            "sealed": self._sealer.seal(profile.workspace, profile.id, zlib.compress(body)),
        }

    def lineages(self, workspace: str, profile_ids: Iterable[str]) -> dict[str, Lineage]:
        """Read where the traits of people come from; who has no lineage yet is left out."""
        places = {(keys.profile(workspace, pid), "lineage"): pid for pid in profile_ids}
        found = self._table.get_many(places)
        return {places[place]: self._read_lineage(item) for place, item in found.items()}

    def save_lineage(self, lineage: Lineage, *, expected_version: int) -> None:
        """Write a lineage over the version that was read (0: it must not exist)."""
        row = self._lineage_row(lineage, version=expected_version + 1)
        if not self._table.put(row, condition=_over(expected_version)):
            raise Conflict(f"the lineage of {lineage.profile_id} was written by somebody else")

    def save_lineages(self, lineages: Sequence[Lineage]) -> None:
        """Write lineages, each over its version, in few calls."""
        new = [self._lineage_row(one, version=1) for one in lineages if not one.version]
        for lineage in lineages:
            if lineage.version:
                self.save_lineage(lineage, expected_version=lineage.version)
        if not all(self._table.insert(new)):
            raise Conflict("a new lineage was written by somebody else")

    def _lineage_row(self, lineage: Lineage, *, version: int) -> dict[str, Any]:
        workspace, owner = lineage.workspace, lineage.profile_id
        newer = lineage.model_copy(update={"version": version})
        body = zlib.compress(newer.model_dump_json(exclude_defaults=True).encode())
        return {
            "pk": keys.profile(workspace, owner),
            "sk": "lineage",
            "id": owner,
            "workspace": workspace,
            "version": newer.version,
            "sealed": self._sealer.seal(workspace, owner, body),
        }

    def page(self, workspace: str, *, limit: int, position: str | None) -> Page:
        """List profiles of a workspace by reading on through the table."""
        return self._page(workspace, limit, after(position))

    def _page(self, workspace: str, limit: int, start: dict[str, Any] | None) -> Page:
        prefix = keys.profile(workspace, "")
        page = gathered(self._table, (prefix, "profile"), limit=limit, start=start)
        own = (item for item in page.items if MERGED_INTO not in item)
        return Page(tuple(self.read(workspace, item) for item in own), position(page.last))

    def _read_lineage(self, item: dict[str, Any]) -> Lineage:
        body = self._sealer.open(item["workspace"], item["id"], item["sealed"])
        return Lineage.model_validate_json(zlib.decompress(body))

    def _rows(self, workspace: str, profile_ids: Iterable[str]) -> dict[str, dict[str, Any]]:
        places = {(keys.profile(workspace, pid), "profile"): pid for pid in profile_ids}
        return {places[place]: item for place, item in self._table.get_many(places).items()}

    def read(self, workspace: str, item: dict[str, Any]) -> Profile:
        """Read a profile from its own row."""
        body = zlib.decompress(self._sealer.open(workspace, item["id"], item["sealed"]))
        open_part = Profile.model_validate_json(
            b'{"workspace":"","id":"","created_at":"1970-01-01T00:00:00Z",'
            b'"updated_at":"1970-01-01T00:00:00Z",' + body[1:]
        )
        return open_part.model_copy(
            update={
                "workspace": workspace,
                "id": item["id"],
                "version": item["version"],
                "created_at": datetime.fromisoformat(item["created_at"]),
                "updated_at": datetime.fromisoformat(item["updated_at"]),
            }
        )


def _over(version: int) -> Condition:
    return Equal("version", version) if version else NEW


def _end(profile_id: str, heirs: Mapping[str, str]) -> str:
    while profile_id in heirs:
        profile_id = heirs[profile_id]
    return profile_id


def _plain(traits: Mapping[str, Trait]) -> dict[str, Any]:
    """Write traits without what is as usual: a profile's row is read with every event."""
    return {
        name: trait.model_dump(mode="json", exclude_defaults=True) | {"value": trait.value}
        for name, trait in traits.items()
    }
