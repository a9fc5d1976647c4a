"""The deployment's one secret: the root of all keys, and the first callers' keys."""

import hmac
import json
from functools import cached_property
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from signet.adapters.sealer import RootSealer, derive
from signet.domain.principal import Principal
from signet.errors import Misconfigured
from signet.ids import SystemRandom, derived


class SecretKeyRing:
    """Callers' keys as the secret lists them."""

    def __init__(self, keys: dict[str, dict[str, str]]) -> None:
        self._principals = {
            key: Principal(
                workspace=entry["workspace"],
                role="ingest" if entry.get("kind") == "write" else entry["role"],  # type: ignore[arg-type]
                key_id=derived("key", key, length=12),
            )
            for key, entry in keys.items()
        }

    def find(self, key: str) -> Principal | None:
        """Give the principal of a key; every known key is compared in constant time."""
        found: Principal | None = None
        for known, principal in self._principals.items():
            if hmac.compare_digest(known.encode(), key.encode("utf-8", "surrogatepass")):
                found = principal
        return found

    def workspaces(self) -> frozenset[str]:
        """Give every workspace that somebody has a key of."""
        return frozenset(principal.workspace for principal in self._principals.values())


class WorkspaceSecrets:
    """
    The secret, read once at first use.

    Args:
        client: A Secrets Manager client.
        secret_id: Name or ARN of a secret whose value is JSON with `root` and `keys`.
    """

    def __init__(self, client: Any, secret_id: str) -> None:
        self._client = client
        self._secret_id = secret_id

    @cached_property
    def _value(self) -> dict[str, Any]:
        try:
            answer = self._client.get_secret_value(SecretId=self._secret_id)
        except (ClientError, BotoCoreError) as error:
            raise Misconfigured(f"the secret {self._secret_id} cannot be read") from error
        value: dict[str, Any] = json.loads(answer["SecretString"])
        return value

    @cached_property
    def _root(self) -> bytes:
        return str(self._value["root"]).encode()

    @cached_property
    def sealer(self) -> RootSealer:
        """The sealer of this deployment."""
        return RootSealer(self._root, SystemRandom())

    @cached_property
    def keys(self) -> SecretKeyRing:
        """The callers' keys."""
        return SecretKeyRing(self._value.get("keys", {}))

    def link_key(self) -> bytes:
        """Give the key that signs links in mails."""
        return derive(self._root, "links")

    def cursor_key(self) -> bytes:
        """Give the key that signs paging cursors."""
        return derive(self._root, "cursors")
