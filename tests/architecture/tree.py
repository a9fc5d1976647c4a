"""The files of the house and what their syntax trees define, for the tests that measure them."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SIGNET = ROOT / "layers" / "signet" / "python" / "signet"
SHIPPED = (SIGNET, ROOT / "functions", ROOT / "infra", ROOT / "cli")
MEASURED = (*SHIPPED, ROOT / "tests", ROOT / "benchmarks")
NOT_OURS = {"build", "cdk.out", "node_modules", "__pycache__", "vendor"}
HIDDEN_BUT_OURS = {".ci", ".github", ".gitignore"}

Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Definition:
    """A function or class, with where it stands."""

    path: Path
    name: str
    node: Function | ast.ClassDef
    owner: ast.AST

    @property
    def where(self) -> str:
        """Tell a reader where to look."""
        return f"{self.path.relative_to(ROOT)}:{self.node.lineno} {self.name}"

    @property
    def public(self) -> bool:
        """Tell whether others may use it; what functions define inside is nobody's business."""
        parts = self.name.split(".")
        inside = isinstance(self.owner, ast.FunctionDef | ast.AsyncFunctionDef)
        return not inside and not any(part.startswith("_") for part in parts)


def _ours(path: Path) -> bool:
    parts = path.relative_to(ROOT).parts
    hidden = any(p.startswith(".") and p not in HIDDEN_BUT_OURS for p in parts)
    return not hidden and not NOT_OURS.intersection(parts) and ".egg-info" not in str(path)


def files(*folders: Path, suffix: str = "") -> list[Path]:
    """List our files below some folders, all by default."""
    found = (p for folder in folders or (ROOT,) for p in _walk(folder))
    return sorted(p for p in found if p.name.endswith(suffix))


def _walk(folder: Path) -> Iterator[Path]:
    for path in folder.iterdir() if folder.is_dir() else ():
        if not _ours(path):
            continue
        if path.is_dir():
            yield from _walk(path)
        else:
            yield path


def relative(path: Path) -> str:
    """Write a path as a person would."""
    return path.relative_to(ROOT).as_posix()


@cache
def parsed(path: Path) -> ast.Module:
    """Parse a Python file once."""
    return ast.parse(path.read_text("utf-8"), str(path))


def definitions(path: Path) -> Iterator[Definition]:
    """Give every function and class of a file, nested ones included."""
    yield from _definitions(path, parsed(path), "")


def _definitions(path: Path, node: ast.AST, prefix: str) -> Iterator[Definition]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield Definition(path, prefix + child.name, child, node)
            yield from _definitions(path, child, f"{prefix}{child.name}.")


def functions(path: Path) -> Iterator[tuple[Definition, Function]]:
    """Give every function and method of a file."""
    for definition in definitions(path):
        if isinstance(definition.node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield definition, definition.node


def words(identifier: str) -> list[str]:
    """Split a name into its words, in lower case."""
    return [w.lower() for w in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+", identifier)]


def report(offences: list[str], rule: str) -> str:
    """Write what a failing test says."""
    return "\n".join([f"{rule} ({len(offences)}):", *offences])
