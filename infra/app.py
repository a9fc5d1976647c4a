"""The CDK app: reads `cdk.json`, makes the stack; no AWS call, no Docker, no git."""

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from infra.build import deps_folder
from infra.node import use_locked_node

if TYPE_CHECKING:
    import aws_cdk as cdk

ROOT = Path(__file__).resolve().parents[1]
STACK = "Signet"


def context() -> dict[str, Any]:
    """Return the context of `cdk.json`, which only the command line would pass by itself."""
    loaded: dict[str, Any] = json.loads((ROOT / "cdk.json").read_text("utf-8"))["context"]
    return loaded


def make_app(outdir: Path | str, **changes: Any) -> "cdk.App":
    """Make the app with its one stack, ready to be synthesised; `changes` are of the context."""
    use_locked_node()
    # Importing the CDK starts Node, so it waits until the locked one is found.
    import aws_cdk as cdk  # noqa: PLC0415

    from infra.findings import accept_findings  # noqa: PLC0415
    from infra.stack import SignetStack  # noqa: PLC0415

    settings = context() | changes
    app = cdk.App(outdir=str(outdir), context=settings, analytics_reporting=False)
    stack = SignetStack(
        app,
        STACK,
        deps=deps_folder(),
        # Asked of the app, so that `cdk synth -c sender_domain=…` is heard.
        context={name: app.node.try_get_context(name) for name in settings},
    )
    accept_findings(stack)
    return app


def synth(outdir: Path | str, **changes: Any) -> dict[str, Any]:
    """Synthesise into a folder and return the template; `changes` are of the context."""
    make_app(outdir, **changes).synth()
    loaded: dict[str, Any] = json.loads(
        (Path(outdir) / f"{STACK}.template.json").read_text("utf-8")
    )
    return loaded


if __name__ == "__main__":
    # The command line names the folder; without it, the usual one is used.
    synth(os.environ.get("CDK_OUTDIR", ROOT / "cdk.out"))
