"""`signet up`: the whole system on this machine, until Ctrl-C."""

import socket
from pathlib import Path
from typing import Annotated

import typer

from cli.output import USAGE, Stop, say
from cli.welcome import Welcome

DEMOS = ("shop", "cdnow")


def up(  # noqa: PLR0913 - one parameter per option
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port on 127.0.0.1.")] = 8080,
    empty: Annotated[bool, typer.Option("--empty", help="No demo data.")] = False,
    persist: Annotated[Path | None, typer.Option(help="Folder that keeps the state.")] = None,
    smtp: Annotated[str | None, typer.Option(help="HOST:PORT to relay mails to.")] = None,
    open_page: Annotated[bool, typer.Option("--open/--no-open", help="Open a browser.")] = False,
    demo: Annotated[str, typer.Option(help="Demo data: shop or cdnow.")] = "shop",
    as_json: Annotated[bool, typer.Option("--json", help="Print the addresses as JSON.")] = False,
) -> None:
    """Serve the local cloud in the foreground, with demo data."""
    if demo not in DEMOS:
        raise Stop(f"--demo: {demo!r} is not one of {', '.join(DEMOS)}", code=USAGE)
    demand_free(port)
    welcome = Welcome(
        f"http://127.0.0.1:{port}", empty=empty, as_json=as_json, open_page=open_page
    )
    try:
        serve(port, welcome, persist=persist, smtp=smtp, demo=None if empty else demo)
    except KeyboardInterrupt:
        say("stopped")


def serve(
    port: int, welcome: Welcome, *, persist: Path | None, smtp: str | None, demo: str | None
) -> None:
    """
    Serve until Ctrl-C, and replay the demo behind it.

    Raises:
        Stop: The kept state or an option cannot be used.
    """
    from infra.local.cloud import LocalCloud
    from infra.local.keys import local_secret
    from infra.local.persist import BadState
    from infra.local.server import Server

    try:
        cloud = LocalCloud(secret=local_secret(), public_url=welcome.url, persist_dir=persist)
        kept = cloud.state_file is not None and cloud.state_file.exists()
        cloud.start()
    except BadState as error:
        raise Stop(f"--persist: {error}; remove {persist} to begin anew") from None
    except FileNotFoundError as error:
        raise Stop(f"{error.filename} is missing; is this a whole checkout?") from None
    try:
        try:
            server = Server(cloud, port=port, smtp=smtp)
        except ValueError as error:
            raise Stop(f"--smtp: {error}", code=USAGE) from None
        run(cloud, server, welcome=welcome, demo=demo, kept=kept)
    finally:
        cloud.close()


def run(cloud: "object", server: "object", *, welcome: Welcome, demo: str | None, kept: bool) -> None:
    """Serve a started cloud; a kept state is not given its demo twice."""
