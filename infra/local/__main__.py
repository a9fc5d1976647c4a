"""`python -m infra.local serve`: the local cloud without demo data or decoration."""

import argparse
import sys
from pathlib import Path

from infra.local.cloud import SNAPSHOT, LocalCloud
from infra.local.keeper import news
from infra.local.server import Server
from infra.local.talk import say


def main(arguments: list[str] | None = None) -> int:
    """Serve until Ctrl-C."""
    parser = argparse.ArgumentParser(prog="python -m infra.local")
    commands = parser.add_subparsers(dest="command", required=True)
    serve = commands.add_parser("serve", help="serve the stack's template on this machine")
    serve.add_argument("--port", type=int, default=8080)
    serve.add_argument("--persist", type=Path, help="folder that keeps the state between runs")
    serve.add_argument("--smtp", metavar="HOST:PORT", help="relay every mail there")
    serve.add_argument("--template", type=Path, default=SNAPSHOT)
    serve.add_argument("--worker", action="store_true", help="run functions in another process")
    given = parser.parse_args(arguments)
    url = f"http://127.0.0.1:{given.port}"
    cloud = LocalCloud(
        given.template, public_url=url, persist_dir=given.persist, worker=given.worker
    )
    with cloud:
        for line in news(cloud):
            say(line)
        Server(cloud, port=given.port, smtp=given.smtp).run(lambda: say(f"ready on {url}"))
    return 0


if __name__ == "__main__":
    sys.exit(main())
