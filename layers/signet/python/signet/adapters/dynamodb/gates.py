"""The gates on DynamoDB, and the beat that tells a restored table from the living one."""

import json
from collections.abc import Collection, Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any

from signet.adapters.dynamodb import keys
from signet.domain.cap import Cap
from signet.domain.gate import Gate
from signet.domain.policy import Hours, Policy
from signet.ports import SendEpoch
from signet.ports.store import Absent, Either, Equal, Key, Store, Update

SORT = "gate"
_BEAT = (keys.listing("-", "gate"), SORT)
RESTORED = "the tables are from a backup"


class DynamoGates:
    """
    The gates.

    Args:
        events: The table of the ledger: restored together with it, so that the beat tells.
        catalog: The table of campaigns.
        epoch: The beat that no restored table takes back.
    """

    def __init__(self, events: Store, catalog: Store, epoch: SendEpoch) -> None:
        self._events = events
        self._catalog = catalog
        self._epoch = epoch

    def look(self, workspace: str, campaign_ids: Collection[str]) -> Gate:
        """Read a workspace's gate and its campaigns, consistently."""
        # The epoch first: a beat raises the row before it, so the row is never behind by chance.
        epoch, place = self._epoch.read(), _place(workspace)
        rows = self._events.get_many([_BEAT, place])
        behind = rows.get(_BEAT, {}).get("beat", 0) < epoch
        stopped = RESTORED if behind else str(rows.get(place, {}).get("stopped", ""))
        places = {(keys.listing(workspace, "campaign"), found): found for found in campaign_ids}
        written = policy_place(workspace)
        campaigns = self._catalog.get_many([*places, written])
        policy = campaigns.pop(written, None)
        bodies = {places[where]: json.loads(row["body"]) for where, row in campaigns.items()}
        return Gate(
            shut=stopped,
            campaigns={found: body["status"] for found, body in bodies.items()},
            caps={found: caps for found, body in bodies.items() if (caps := _caps(body))},
            policy=_policy(policy["body"]) if policy else None,
            quiet_hours={found: quiet for found, body in bodies.items() if (quiet := _quiet(body))},
        )

    def beat(self) -> int:
        """Give the beat as the ledger's own table has it; 0 before the first."""
        return int((self._events.get(_BEAT) or {}).get("beat", 0))

    def raise_beat(self, before: int, after: int) -> bool:
        """Write the next beat over the one that was read; False when it is another."""
        known = Equal("beat", before)
        condition = known if before else Either((Absent("beat"), known))
        return self._events.update(_BEAT, Update(sets={"beat": after}, condition=condition))


class DynamoSwitch:
    """The switches, in the same rows as the gates."""

    def __init__(self, events: Store) -> None:
        self._events = events

    def stop(self, workspace: str, reason: str, *, at: datetime) -> None:
        """Shut a workspace's gate; doing it twice keeps the first reason."""
        sets = {"stopped": reason, "stopped_at": at.isoformat()}
        self._events.update(_place(workspace), Update(sets=sets, condition=Absent("stopped")))

    def resume(self, workspace: str, *, seen: Mapping[str, int]) -> None:
        """Open it again; `seen` are the counters that are forgiven."""
        change = Update(sets={"forgiven": dict(seen)}, removes=("stopped", "stopped_at"))
        self._events.update(_place(workspace), change)

    def forgiven(self, workspace: str) -> Mapping[str, int]:
        """Give the counters that were forgiven when the gate was opened last."""
        found = self._events.get(_place(workspace)) or {}
        return dict(found.get("forgiven", {}))


@lru_cache(maxsize=64)
def _policy(body: str) -> Policy:
    """Read a policy; every look of a lot reads the same one."""
    return Policy.model_validate_json(body)


def policy_place(workspace: str) -> Key:
    """Give the key of the policy that is in force."""
    return keys.listing(workspace, "policy"), "current"


def _caps(body: Mapping[str, Any]) -> tuple[Cap, ...]:
    return tuple(Cap.model_validate(cap) for cap in body["draft"].get("caps", ()))


def _quiet(body: Mapping[str, Any]) -> tuple[Hours, ...]:
    return tuple(Hours.model_validate(quiet) for quiet in body["draft"].get("quiet_hours", ()))


def _place(workspace: str) -> Key:
    return keys.listing(workspace, "gate"), SORT
