"""How large things may grow; the table of figures is printed with every run."""

import ast
import math
import statistics
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from tests.architecture.tree import (
    MEASURED,
    ROOT,
    SHIPPED,
    SIGNET,
    Definition,
    Function,
    files,
    functions,
    relative,
    report,
)

FILE_LINES = 350
BODY_LINES = 40
NESTING = 3
POSITIONAL = 3
PARAMETERS = 7
DOORWAY_FILE_LINES = 60
DOORWAY_BODY_LINES = 8
BLOCKS = (
    ast.If,
    ast.For,
    ast.AsyncFor,
    ast.While,
    ast.With,
    ast.AsyncWith,
    ast.Try,
    ast.TryStar,
    ast.Match,
)


def lines(path: Path) -> int:
    """Count all lines of a file."""
    return len(path.read_text("utf-8").splitlines())


def body(function: Function) -> int:
    """Count the lines of a function without its signature and docstring."""
    statements = function.body[ast.get_docstring(function) is not None :]
    return (function.end_lineno or 0) - statements[0].lineno + 1 if statements else 0


def nesting(node: ast.AST) -> int:
    """Count the deepest blocks within blocks; an `elif` is no deeper than its `if`."""
    scopes = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)
    inner = [c for c in ast.iter_child_nodes(node) if not isinstance(c, scopes)]
    deeper = [(isinstance(c, BLOCKS) and not _is_elif(node, c)) + nesting(c) for c in inner]
    return max(deeper, default=0)


def _is_elif(node: ast.AST, child: ast.AST) -> bool:
    return (
        isinstance(node, ast.If)
        and isinstance(child, ast.If)
        and node.orelse == [child]
        and node.col_offset == child.col_offset
    )


def positional(function: Function) -> int:
    """Count what a caller may pass by position; a name like `_unused` is somebody else's wish."""
    names = [a.arg for a in (*function.args.posonlyargs, *function.args.args)]
    return len([n for n in names if n not in {"self", "cls"} and not n.startswith("_")])


def _too_large(measure: Callable[[Function], int], limit: int) -> list[str]:
    return [
        f"{definition.where}: {measure(node)}"
        for path in files(*MEASURED, suffix=".py")
        for definition, node in functions(path)
        if measure(node) > limit and not (measure is _by_position and _is_dictated(definition))
    ]


def _is_dictated(definition: Definition) -> bool:
    """Tell whether somebody else's interface sets the parameters, and the linter was told why."""
    signature = definition.path.read_text("utf-8").splitlines()[definition.node.lineno - 1]
    return "noqa: PLR0917 - " in signature


def _is_injected(function: Function) -> bool:
    """Tell whether pytest, not a caller, fills the parameters."""
    decorators = " ".join(ast.unparse(d) for d in function.decorator_list)
    return function.name.startswith("test_") or "fixture" in decorators or "given" in decorators


def _by_position(function: Function) -> int:
    return 0 if _is_injected(function) else positional(function)


def test_files_stay_short() -> None:
    """A file that outgrows its limit is two files."""
    grown = [f"{relative(p)}: {lines(p)}" for p in files(*MEASURED, suffix=".py")]
    offences = [line for line in grown if int(line.rsplit(" ", 1)[1]) > FILE_LINES]

    assert [] == offences, report(offences, f"files have at most {FILE_LINES} lines")


def test_function_bodies_stay_short() -> None:
    """A body that outgrows its limit is two functions."""
    offences = _too_large(body, BODY_LINES)

    assert [] == offences, report(offences, f"bodies have at most {BODY_LINES} lines")


def test_blocks_are_not_nested_deeply() -> None:
    """Three levels are as many as a reader can hold."""
    offences = _too_large(nesting, NESTING)

    assert [] == offences, report(offences, f"nesting is at most {NESTING}")


def test_positional_parameters_are_few() -> None:
    """The fourth argument of a call has to say its name."""
    offences = _too_large(_by_position, POSITIONAL)

    assert [] == offences, report(offences, f"at most {POSITIONAL} parameters are positional")


def test_parameters_are_few() -> None:
    """More than seven parameters are a type that nobody has named."""
    offences = _too_large(lambda f: positional(f) + len(f.args.kwonlyargs), PARAMETERS)

    assert [] == offences, report(offences, f"functions take at most {PARAMETERS} parameters")


def test_handlers_are_doorways() -> None:
    """A handler file is read at a glance, and its handler does nothing but pass on."""
    offences = []
    for path in sorted((ROOT / "functions").glob("*/handler.py")):
        if lines(path) > DOORWAY_FILE_LINES:
            offences.append(f"{relative(path)}: {lines(path)} lines")
        offences += [
            f"{definition.where}: body of {body(node)}"
            for definition, node in functions(path)
            if definition.name == "handler" and body(node) > DOORWAY_BODY_LINES
        ]

    assert [] == offences, report(offences, "a handler has 8 lines, its file 60")


def _row(name: str, folders: Sequence[Path]) -> tuple[str, ...]:
    paths = files(*folders, suffix=".py")
    nodes = [node for path in paths for _, node in functions(path)]
    measures = [lines(p) for p in paths if lines(p)], [body(n) for n in nodes]
    spreads = (" / ".join(str(n) for n in _spread(values)) for values in measures)
    return (name, str(len(paths)), *spreads, str(_spread(map(nesting, nodes))[1]))


def _laid(rows: Sequence[tuple[str, ...]]) -> str:
    """Lay rows out in columns as wide as their widest cell, figures to the right."""
    wide = [max(map(len, column)) for column in zip(*rows, strict=True)]
    table = ""
    for name, *figures in rows:
        right = (figure.rjust(w) for figure, w in zip(figures, wide[1:], strict=True))
        table += "  ".join((name.ljust(wide[0]), *right)) + "\n"
    return table


def _spread(values: Iterable[int]) -> tuple[int, int, int]:
    ordered = sorted(values)
    if not ordered:
        return 0, 0, 0
    tenth = ordered[math.ceil(0.9 * len(ordered)) - 1]
    return round(statistics.median(ordered)), tenth, ordered[-1]


def test_figures_are_printed(show: Callable[[str], None]) -> None:
    """Whoever runs the tests sees how large the house has become."""
    roots = {"signet": [SIGNET], "functions": [ROOT / "functions"], "infra": [ROOT / "infra"]}
    groups = {**roots, "cli": [ROOT / "cli"], "all": SHIPPED, "tests": [ROOT / "tests"]}
    rows = [_row(name, folders) for name, folders in groups.items()]
    table = _laid([("", "files", "lines", "body", "nest"), *rows])
    show(f"{table}(median / 90 % / largest; nesting 90 %)")

    assert "signet" in table


def test_columns_of_figures_stay_apart() -> None:
    """However long a figure grows, it does not run into the one before."""
    rows = [("", "files", "lines"), ("tests", "1126", "108 / 2400 / 13500")]

    assert "tests   1126  108 / 2400 / 13500" == _laid(rows).splitlines()[1]
