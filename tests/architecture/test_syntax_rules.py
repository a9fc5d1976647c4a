"""Rules over the syntax tree that no linter says."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from tests.architecture.tree import (
    ROOT,
    SHIPPED,
    SIGNET,
    files,
    functions,
    parsed,
    relative,
    report,
)

EFFECTS = re.compile(
    r"os\.(environ|environb|getenv)|(.*\.)?(client|resource|create_client|get_session|Session)\(\)"
    r"|open\(\)|.*\.(read_text|read_bytes|open)\(\)"
)
TIME = re.compile(
    r"(.*\.)?datetime\.(now|utcnow|today)|(.*\.)?date\.today|time\.(time|time_ns|gmtime|localtime)"
)
RANDOM = re.compile(
    r"random\.\w+|secrets\.(token_\w+|choice|randbelow)|(uuid\.)?uuid[14]|os\.urandom"
)
CLOCKS = {"layers/signet/python/signet/clock.py", "infra/local/clock.py"}
IDS = "layers/signet/python/signet/ids.py"
LOCAL = "infra/local/"


def at_import(node: ast.AST) -> Iterator[ast.AST]:
    """Give the nodes that are evaluated when a module is imported."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            arguments = child.args
            evaluated = [*arguments.defaults, *filter(None, arguments.kw_defaults)]
            evaluated += getattr(child, "decorator_list", [])
            for expression in evaluated:
                yield expression
                yield from at_import(expression)
        elif not (isinstance(child, ast.If) and "__name__" in ast.unparse(child.test)):
            yield child
            yield from at_import(child)


def spelled(node: ast.AST) -> str:
    """Write a name or a call the way the patterns read it."""
    if isinstance(node, ast.Call):
        return f"{ast.unparse(node.func)}()"
    return ast.unparse(node) if isinstance(node, ast.Attribute | ast.Name) else ""


def _uses(path: Path, pattern: re.Pattern[str]) -> list[str]:
    return [
        f"{relative(path)}:{node.lineno} {spelled(node)}"
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.Attribute | ast.Name) and pattern.fullmatch(spelled(node))
    ]


def _is_doorway(path: Path) -> bool:
    return path.is_relative_to(ROOT / "functions") and path.name in {"handler.py", "wiring.py"}


def test_nothing_happens_at_import() -> None:
    """Importing a module reads no environment and no file and makes no client."""
    offences = [
        f"{relative(path)}:{getattr(node, 'lineno', 0)} {spelled(node)}"
        for path in files(*SHIPPED, suffix=".py")
        if not _is_doorway(path)
        for node in at_import(parsed(path))
        if EFFECTS.fullmatch(spelled(node))
    ]

    assert [] == offences, report(offences, "nothing happens at import")


def test_time_comes_from_the_clock() -> None:
    """Two modules ask what time it is; everyone else is told."""
    paths = [p for p in files(*SHIPPED, suffix=".py") if relative(p) not in CLOCKS]
    offences = [use for path in paths for use in _uses(path, TIME)]

    assert [] == offences, report(offences, "only signet.clock and infra.local.clock ask the time")


def test_randomness_comes_from_one_module() -> None:
    """Ids and tokens are drawn in one place, so that tests can draw them too."""
    paths = [p for p in files(*SHIPPED, suffix=".py") if relative(p) != IDS]
    # The demo's story is drawn from a fixed seed: the same people on every machine.
    paths = [p for p in paths if not relative(p).startswith((LOCAL, "cli/demo/"))]
    offences = [use for path in paths for use in _uses(path, RANDOM)]

    assert [] == offences, report(offences, "only signet.ids draws randomness")


def test_build_is_defined_in_wiring_only() -> None:
    """The place where a function's adapters are chosen is always found under one name."""
    paths = [p for p in files(SIGNET, ROOT / "functions", suffix=".py") if p.name != "wiring.py"]
    offences = [d.where for path in paths for d, _ in functions(path) if d.name == "build"]

    assert [] == offences, report(offences, "build() is defined in wiring.py")


def test_build_is_called_at_the_top_of_a_handler_only() -> None:
    """A function is put together once per cold start, and nowhere else."""
    offences = [
        f"{relative(path)}:{node.lineno}"
        for path in files(SIGNET, ROOT / "functions", suffix=".py")
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.Call) and spelled(node) in {"build()", "wiring.build()"}
        if path.name != "handler.py" or node not in at_import(parsed(path))
    ]

    assert [] == offences, report(offences, "build() is called at the top of handler.py")
