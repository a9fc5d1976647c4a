"""The fixed keys of local runs; they open nothing but a cloud on this machine."""

from typing import Any

ROOT = "5e" * 32
ROLES = ("owner", "editor", "approver", "operator", "analyst", "support", "privacy", "auditor")
WRITE_KEY = "demo"


def key(workspace: str, role: str, kind: str) -> dict[str, str]:
    """Describe one key as the secret holds it."""
    return {"workspace": workspace, "role": role, "kind": kind}


def local_secret() -> dict[str, Any]:
    """Give the value of the secret in local runs: a write key and one bearer key per role."""
    keys = {f"local-{role}": key("main", role, "bearer") for role in ROLES}
    keys[WRITE_KEY] = key("main", "owner", "write")
    keys["local-other-owner"] = key("other", "owner", "bearer")
    return {"root": ROOT, "keys": keys}
