"""What is shipped: one small archive for each function and the two layers."""

from pathlib import Path

import aws_cdk as cdk
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from constructs import Construct

ROOT = Path(__file__).resolve().parents[2]
COMPILED = ["**/__pycache__", "**/*.pyc"]


class Code(Construct):
    """The layers, and where each function's own code comes from."""

    def __init__(
        self, scope: Construct, construct_id: str, *, deps: Path, retention: logs.RetentionDays
    ) -> None:
        """
        Create the layers.

        Args:
            scope: the stack.
            construct_id: this construct's id.
            deps: the folder of the built deps layer; `python/` is inside it.
            retention: how long the functions' logs are kept.
        """
        super().__init__(scope, construct_id)
        self.retention = retention
        self.layers: list[lambda_.ILayerVersion] = [
            self._layer("SignetLayer", ROOT / "layers" / "signet"),
            self._layer("DepsLayer", deps),
        ]

    def function(self, name: str) -> lambda_.AssetCode:
        """Return one function's code, its path in the archive the same as in the repository."""
        return lambda_.Code.from_asset(
            str(ROOT), exclude=only(name), ignore_mode=cdk.IgnoreMode.GIT
        )

    def _layer(self, name: str, folder: Path) -> lambda_.LayerVersion:
        """Create a layer from a folder as it stands."""
        return lambda_.LayerVersion(
            self,
            name,
            code=lambda_.Code.from_asset(
                str(folder), exclude=COMPILED, ignore_mode=cdk.IgnoreMode.GIT
            ),
            compatible_architectures=[lambda_.Architecture.ARM_64],
            compatible_runtimes=[lambda_.Runtime.PYTHON_3_13],
        )


def only(name: str) -> list[str]:
    """
    Return the ignore patterns that leave one function of the whole repository.

    The leading slash matters: unanchored patterns match at every depth and leave nothing.
    """
    return [
        "/*",
        "!/functions",
        "/functions/*",
        "!/functions/__init__.py",
        f"!/functions/{name}",
        *COMPILED,
    ]
