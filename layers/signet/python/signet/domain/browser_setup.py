"""What RudderStack's browser client asks before its first call, wherever the question arrives."""

from typing import Any

from signet.domain.principal import Principal


def source_config(principal: Principal, *, key: str, url: str) -> dict[str, Any]:
    """
    Describe one source to the client.

    Args:
        principal: Whose key it is.
        key: The write key, as the client gave it.
        url: Where the client sends its calls, with scheme and host.
    """
    quiet = {"enabled": False}
    source: dict[str, Any] = {
        "id": principal.key_id,
        "name": "signet",
        "writeKey": key,
        "enabled": True,
        "workspaceId": principal.workspace,
        "destinations": [],
        "config": {"statsCollection": {"errors": quiet, "metrics": quiet}},
        "dataplanes": {"default": [{"url": url, "default": True}]},
    }
    return {"source": source, "isHosted": False, "updatedAt": "2026-01-01T00:00:00.000Z"}
