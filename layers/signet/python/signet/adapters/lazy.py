"""What reads the secret at its first use, so that a cold start touches no network."""

from signet.adapters.secrets import WorkspaceSecrets


class LazySealer:
    """The sealer of a deployment's secret."""

    def __init__(self, secrets: WorkspaceSecrets) -> None:
        self._secrets = secrets

    def seal(self, workspace: str, subject: str, plain: bytes) -> bytes:
        """Encrypt bytes for one subject."""
        return self._secrets.sealer.seal(workspace, subject, plain)

    def open(self, workspace: str, subject: str, sealed: bytes) -> bytes:
        """Decrypt what `seal` made for the same workspace and subject."""
        return self._secrets.sealer.open(workspace, subject, sealed)

    def handle(self, workspace: str, kind: str, value: str) -> str:
        """Give the keyed hash by which an address or identifier is looked up."""
        return self._secrets.sealer.handle(workspace, kind, value)


class LazyWorkspaces:
    """The workspaces of a deployment, by the callers' keys in its secret."""

    def __init__(self, secrets: WorkspaceSecrets) -> None:
        self._secrets = secrets

    def workspaces(self) -> frozenset[str]:
        """Give every workspace that somebody has a key of."""
        return self._secrets.keys.workspaces()
