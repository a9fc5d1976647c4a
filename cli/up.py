"""`signet up`: the whole system on this machine, until Ctrl-C."""

import socket
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.demo.choice import Choice, read
from cli.output import USAGE, Stop, say
from cli.welcome import Welcome

if TYPE_CHECKING:
    from infra.local.cloud import LocalCloud
    from infra.local.server import Server

UNFINISHED = ("chosen", "starting", "running")


def up(
    *,
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port on 127.0.0.1.")] = 8080,
    empty: Annotated[bool, typer.Option("--empty", help="No demo data.")] = False,
    persist: Annotated[
        Path | None, typer.Option(help="Folder that keeps the state, and every mail that left.")
    ] = None,
    smtp: Annotated[str | None, typer.Option(help="HOST:PORT to relay mails to.")] = None,
    open_page: Annotated[bool, typer.Option("--open/--no-open", help="Open a browser.")] = False,
    demo: Annotated[
        str, typer.Option(help="Demo data: shop or cdnow; shop:50 has its first fifty people.")
    ] = "shop",
    as_json: Annotated[bool, typer.Option("--json", help="Print the addresses as JSON.")] = False,
) -> None:
    """
    Serve the local cloud in the foreground, with demo data.

    With --persist, Ctrl-C and SIGTERM lose nothing, and a SIGKILL at most the last 5 s: what
    left in them is known all the same, and does not leave again.
    A demo that was interrupted goes on where it stopped at the next start; one that ended is not
    told again, and a state without a demo stays without one.
    """
    chosen = choice_of(demo)
    demand_free(port)
    url = f"http://127.0.0.1:{port}"
    welcome = Welcome(url, as_json=as_json, open_page=open_page, empty=empty)
    try:
        cloud = started(welcome.url, persist, None if empty else chosen)
        try:
            server = served(cloud, port, smtp)
            played = None if empty else left(cloud.progress)
            run(cloud, server, show=welcome.show, demo=played)
        finally:
            cloud.close()
    except KeyboardInterrupt:
        say("stopped")


def choice_of(demo: str) -> Choice:
    """
    Read which demo is wanted.

    Raises:
        Stop: There is none of this name, or the number of people is none.
    """
    try:
        return read(demo)
    except ValueError as error:
        raise Stop(f"--demo: {error}", code=USAGE) from None


def left(progress: Mapping[str, Any]) -> Choice | None:
    """Give the demo that was chosen and is not at its end, if there is one."""
    if progress.get("state") not in UNFINISHED:
        return None
    if progress["state"] != "chosen":
        say(f"demo: {progress['demo']} goes on where it stopped")
    return Choice(progress["demo"], progress["people"])


def demand_free(port: int) -> None:
    """
    Make sure that the port can be served.

    Raises:
        Stop: Somebody else has it.
    """
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            reason = error.strerror or str(error)
            raise Stop(f"port {port} is not free ({reason}); choose another: --port") from None


def started(url: str, persist: Path | None, demo: Choice | None) -> "LocalCloud":
    """
    Start the local cloud, on the state of an earlier run if there is one.

    Args:
        url: Where it will be served.
        persist: The folder that keeps the state.
        demo: What is shown where there is no earlier state; the first state says so already.

    Raises:
        Stop: The kept state cannot be used, or the template is not there.
    """
    from infra.local.cloud import LocalCloud  # noqa: PLC0415 - costs other commands a second
    from infra.local.keeper import FolderTaken, news  # noqa: PLC0415 - costs other commands a second
    from infra.local.keys import local_secret  # noqa: PLC0415 - costs other commands a second
    from infra.local.persist import BadState  # noqa: PLC0415 - costs other commands a second

    try:
        cloud = LocalCloud(secret=local_secret(), public_url=url, persist_dir=persist)
        if demo:
            cloud.progress = asked_for(demo)
        cloud.start()
    except BadState as error:
        raise Stop(f"--persist: {error}; remove {persist} to begin anew") from None
    except FolderTaken as error:
        raise Stop(f"--persist: {error}") from None
    except OSError as error:
        raise Stop(f"{error.filename or persist}: {error.strerror or error}") from None
    for line in news(cloud):
        say(line)
    return cloud


def asked_for(demo: Choice) -> dict[str, Any]:
    """Give the progress of a demo that has not begun."""
    return {"demo": demo.name, "people": demo.people, "state": "chosen", "done": 0, "total": 0}


def served(cloud: "LocalCloud", port: int, smtp: str | None) -> "Server":
    """
    Put the cloud behind its port.

    Raises:
        Stop: The relay's address cannot be read.
    """
    from infra.local.server import Server  # noqa: PLC0415 - costs other commands a second

    try:
        return Server(cloud, port=port, smtp=smtp)
    except ValueError as error:
        raise Stop(f"--smtp: {error}", code=USAGE) from None


def run(
    cloud: "LocalCloud", server: "Server", *, show: Callable[[], None], demo: Choice | None
) -> None:
    """Serve until Ctrl-C; the demo, if any, is replayed behind the open port."""
    from cli.demo.replay import Replay  # noqa: PLC0415 - costs other commands a second

    if demo is None:
        server.run(show)
        return
    replay = Replay(cloud, demo, prepared=show)
    cloud.waited_for.append(replay.wait)
    server.run(replay.start, ending=replay.stop)
