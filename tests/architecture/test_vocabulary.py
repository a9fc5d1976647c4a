"""One thing, one name: words that are wrong wherever they stand; the glossary has others."""

import ast
import io
import re
import tokenize
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from tests.architecture.tree import MEASURED, ROOT, files, parsed, relative, report, words

WRONG = re.compile(
    r"\b(contacts?|subscribers?|blacklist\w*|whitelist\w*|helpers?|utils?|managers?|processors?"
    r"|engines?|service layers?|common|core)\b",
    re.IGNORECASE,
)
# Names that AWS, Python or a library gave, and expressions that mean something else.
ALLOWED = re.compile(
    r"secrets? manager|context managers?|rule engines?|local engines?"
    r"|(?:one|two|cpu)[ -]cores?|in common|service manager|package managers?",
    re.IGNORECASE,
)
# The one defines the wrong words, the other lists what to say instead.
EXEMPT = {"docs/glossary.md", "tests/architecture/test_vocabulary.py"}


def offences(text: str) -> list[str]:
    """Give the wrong words of a text."""
    return WRONG.findall(ALLOWED.sub(" ", text))


def names(path: Path) -> Iterator[str]:
    """Give the names that a file defines, its own included."""
    yield path.stem
    for node in ast.walk(parsed(path)):
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                yield node.name
            case ast.arg():
                yield node.arg
            case ast.Name(ctx=ast.Store()):
                yield node.id
            case ast.Attribute(ctx=ast.Store()):
                yield node.attr
            case ast.alias(asname=str()):
                yield node.asname or ""


def prose(path: Path) -> Iterator[str]:
    """Give the comments and docstrings of a Python file, or the text of a page without its code."""
    text = path.read_text("utf-8")
    if path.suffix != ".py":
        yield re.sub(r"```.*?```|`[^`\n]*`|\]\([^)]*\)", " ", text, flags=re.DOTALL)
        return
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.COMMENT:
            yield token.string
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    for node in ast.walk(parsed(path)):
        if isinstance(node, documented):
            yield ast.get_docstring(node) or ""


def _found(paths: list[Path], reader: Callable[[Path], Iterable[str]]) -> list[str]:
    return [
        f"{relative(path)}: {word!r} in {text.strip()[:60]!r}"
        for path in paths
        if relative(path) not in EXEMPT
        for text in reader(path)
        for word in offences(text)
    ]


def test_identifiers_use_our_words() -> None:
    """Names in code are those of the glossary."""
    found = _found(
        files(*MEASURED, suffix=".py"), lambda path: (" ".join(words(n)) for n in names(path))
    )

    assert [] == found, report(found, "wrong words in identifiers")


def test_prose_uses_our_words() -> None:
    """Comments, docstrings and pages use the names of the glossary."""
    found = _found(files(*MEASURED, suffix=".py") + files(ROOT, suffix=".md"), prose)

    assert [] == found, report(found, "wrong words in comments, docstrings and pages")


def test_library_names_are_allowed() -> None:
    """What others named keeps its name, and only that."""
    assert [] == offences("the AWS Secrets Manager")
    assert ["manager"] == offences("the manager of a Secrets Manager")
