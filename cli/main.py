"""The `signet` command."""

import sys

import typer

from cli.bench import bench
from cli.doctor import doctor
from cli.importing import import_
from cli.output import Stop, say
from cli.redrive import redrive
from cli.simulate import simulate
from cli.up import up

app = typer.Typer(
    name="signet",
    help="Customer communication that can prove itself.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
app.command()(up)
app.command("import")(import_)
app.command()(redrive)
app.command()(doctor)
# What the benchmarks and the simulator may be told is theirs to know.
THEIRS = {"allow_extra_args": True, "ignore_unknown_options": True}
app.command(context_settings=THEIRS)(bench)
app.command(context_settings={**THEIRS, "help_option_names": []})(simulate)


@app.callback()
def signet() -> None:
    """Offer the commands."""


def main(arguments: list[str] | None = None) -> None:
    """
    Run one command and leave with its exit code.

    Args:
        arguments: Those of the command line if not given.
    """
    try:
        app(arguments)
    except Stop as stop:
        say(f"signet: {stop}")
        sys.exit(stop.code)


if __name__ == "__main__":
    main()
