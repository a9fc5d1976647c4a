"""The state of the local cloud as one file: written in one moment, replaced in one step."""

import copy
import io
import os
import pickle
from dataclasses import asdict
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ministack.core.responses import AccountRegionScopedDict, AccountScopedDict

from infra.local.journal import settle_folder
from infra.local.letters import Letter
from infra.local.owed import Account
from infra.local.streams import Progress, StreamMapping

if TYPE_CHECKING:
    from infra.local.cloud import LocalCloud

FORMAT = 2
DIGEST = 32
UNREADABLE = (
    pickle.UnpicklingError,
    EOFError,
    LookupError,
    AttributeError,
    TypeError,
    ValueError,
    OverflowError,
    MemoryError,
)
SCOPED = (AccountScopedDict, AccountRegionScopedDict)
ALLOWED = {
    ("collections", "defaultdict"),
    ("collections", "OrderedDict"),
    ("decimal", "Decimal"),
    ("datetime", "datetime"),
    ("datetime", "timedelta"),
    ("datetime", "timezone"),
    ("builtins", "dict"),
    ("builtins", "list"),
    ("builtins", "set"),
    ("builtins", "frozenset"),
    ("builtins", "bytearray"),
}


class BadState(ValueError):
    """The file holds no state of a local cloud that this version can read."""


class Careful(pickle.Unpickler):
    """Reads data, and nothing that could run."""

    def find_class(self, module: str, name: str) -> Any:
        """
        Give a class of plain data.

        Raises:
            BadState: It is any other.
        """
        if (module, name) in ALLOWED:
            return super().find_class(module, name)
        raise BadState(f"the saved state names {module}.{name}, which is no data")


def capture(cloud: "LocalCloud", account: Account | None = None, *, journal: int = 0) -> bytes:
    """
    Take the whole state; the caller holds the cloud's lock.

    Args:
        cloud: Whose state.
        account: What the relay owes at this moment.
        journal: The number of the first file of the journal that tells of what follows.
    """
    state = {
        "format": FORMAT,
        "offset": cloud.clock.offset.total_seconds(),
        "moment": cloud.clock.timestamp(),
        "journal": journal,
        "owed": asdict(account or Account()),
        "services": {n: _service(m) for n, m in cloud.emulator.modules.items() if n != "kms"},
        "kms": _plain(cloud.emulator.modules["kms"].get_state()),
        "sequence": cloud.emulator.sequence,
        "mails": [_mail(letter) for letter in cloud.outbox.letters.values()],
        "numbered": cloud.ses.numbered,
        "progress": {
            m.id: asdict(m.progress) for m in cloud.wired.mappings if isinstance(m, StreamMapping)
        },
        "schedules": {s.id: s.last for s in cloud.wired.schedules},
        "replay": dict(cloud.progress),
    }
    return pickle.dumps(state, protocol=5)


def _mail(letter: Letter) -> dict[str, Any]:
    return dict(vars(letter))


def _service(module: Any) -> dict[str, dict[Any, Any]]:
    """Take a module's stores; what it can build again from them is left out."""
    stores = {n: v._data for n, v in vars(module).items() if isinstance(v, SCOPED)}
    if "_tables" in stores:
        built = module._INDEX_MEMBERS
        stores["_tables"] = {
            key: {k: v for k, v in table.items() if k != built}
            for key, table in stores["_tables"].items()
        }
    return stores


def _plain(state: dict[str, Any]) -> dict[str, Any]:
    return {n: (v._data if isinstance(v, SCOPED) else v) for n, v in state.items()}


def read(state: bytes) -> dict[str, Any]:
    """
    Read a captured state.

    Raises:
        BadState: It is none, or of a version that this one does not know.
    """
    try:
        kept = Careful(io.BytesIO(state)).load()
    except BadState:
        raise
    except UNREADABLE as error:
        raise BadState(f"the saved state cannot be read: {error}") from error
    if not isinstance(kept, dict) or kept.get("format") != FORMAT:
        raise BadState("the saved state is of another version")
    return kept


def restore_data(cloud: "LocalCloud", kept: dict[str, Any]) -> None:
    """Put the stores, the mails and the clock back."""
    for name, stores in kept["services"].items():
        module = cloud.emulator.modules[name]
        for store, data in stores.items():
            getattr(module, store)._data = data
    kms = cloud.emulator.modules["kms"]
    kms.reset()
    kms.load_persisted_state({n: _scoped(v) for n, v in copy.deepcopy(kept["kms"]).items()})
    cloud.emulator.sequence = kept["sequence"]
    cloud.ses.numbered = kept["numbered"]
    cloud.outbox.letters = {m["id"]: Letter(**m) for m in kept["mails"]}
    cloud.clock.advance(timedelta(seconds=kept["offset"]) - cloud.clock.offset)
    cloud.progress = dict(kept.get("replay", {}))


def _scoped(data: dict[Any, Any]) -> AccountRegionScopedDict:
    store = AccountRegionScopedDict()
    store._data = data
    return store


def restore_progress(cloud: "LocalCloud", kept: dict[str, Any]) -> None:
    """Let mappings and schedules go on where they were."""
    for mapping in cloud.wired.mappings:
        if isinstance(mapping, StreamMapping) and mapping.id in kept["progress"]:
            mapping.progress = Progress(**kept["progress"][mapping.id])
    for schedule in cloud.wired.schedules:
        schedule.last = kept["schedules"].get(schedule.id, schedule.last)


def write(path: Path, state: bytes) -> None:
    """Replace the file in one step that survives a power cut; its digest is at its end."""
    path.parent.mkdir(parents=True, exist_ok=True)
    half = path.with_suffix(".tmp")
    with half.open("wb") as file:
        file.write(state)
        file.write(sha256(state).digest())
        file.flush()
        os.fsync(file.fileno())
    half.replace(path)
    settle_folder(path.parent)


def load(path: Path) -> dict[str, Any] | None:
    """
    Read the state of an earlier run, or nothing if there was none.

    Raises:
        BadState: It is none, or damaged, or of a version that this one does not know.
    """
    if not path.exists():
        return None
    found = path.read_bytes()
    # Pickle stops before the digest, so a state that is older than digests names its version.
    kept = read(found)
    if sha256(found[:-DIGEST]).digest() != found[-DIGEST:]:
        raise BadState("the saved state is damaged")
    return kept
