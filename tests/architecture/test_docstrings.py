"""Everything that others meet says what it is."""

import ast
from pathlib import Path

from tests.architecture.tree import (
    MEASURED,
    ROOT,
    Definition,
    definitions,
    files,
    functions,
    parsed,
    relative,
    report,
    words,
)

EMPTY_WORDS = {"a", "an", "and", "are", "as", "is", "it", "of", "that", "the", "test", "to", "when"}


def _needs_words(definition: Definition) -> bool:
    decorators = {ast.unparse(d).rsplit(".", 1)[-1] for d in definition.node.decorator_list}
    return definition.public and not decorators & {"setter", "deleter", "overload"}


def _tests() -> list[tuple[Definition, str]]:
    return [
        (definition, ast.get_docstring(node) or "")
        for path in files(ROOT / "tests", suffix=".py")
        for definition, node in functions(path)
        if node.name.startswith("test_")
    ]


def _unsaid(path: Path) -> list[str]:
    silent = [d.where for d in definitions(path) if _needs_words(d)]
    said = {d.where for d in definitions(path) if ast.get_docstring(d.node)}
    return [where for where in silent if where not in said]


def test_every_module_has_a_docstring() -> None:
    """A file says in its first line what it is for."""
    offences = [
        relative(p) for p in files(*MEASURED, suffix=".py") if not ast.get_docstring(parsed(p))
    ]

    assert [] == offences, report(offences, "modules have docstrings")


def test_everything_public_has_a_docstring() -> None:
    """Public classes, functions and methods say what they do, tests included."""
    offences = [where for path in files(*MEASURED, suffix=".py") for where in _unsaid(path)]

    assert [] == offences, report(offences, "public things have docstrings")


def test_test_docstrings_state_a_rule_when_read_beside_the_name() -> None:
    """A test's docstring says more than its name does."""
    offences = [
        d.where
        for d, said in _tests()
        if said and not {*words(said)} - {*words(d.name)} - EMPTY_WORDS
    ]

    assert [] == offences, report(offences, "a test's docstring states the rule it protects")


def test_test_names_say_what_happens() -> None:
    """A test's name is a statement; "should" hides whether it is one."""
    offences = [d.where for d, _ in _tests() if "should" in words(d.name)]

    assert [] == offences, report(offences, "test names state what happens")
