"""Read a template: refuse what is not offered, then rewrite what must be counted."""

from collections import deque
from itertools import islice
from typing import Any

from jinja2 import TemplateSyntaxError, nodes
from jinja2.visitor import NodeTransformer

from signet.templating.filters import BUILT, CALL, CONCAT, FUNCTIONS, METHODS, TURNS
from signet.templating.limits import SOURCE_DEPTH, SOURCE_NODES, SOURCE_TOKENS
from signet.templating.sandbox import Sandbox

OFFERED = """
    Template Output TemplateData Const Name Getattr Getitem Slice Filter Test Call Keyword If For
    Assign With CondExpr Compare Operand And Or Not Add Sub Mul Div FloorDiv Mod Pow Neg Pos
    Concat List Tuple Dict Pair NSRef Scope
"""
REFUSED = {
    "Include": "a template cannot include another",
    "Import": "a template cannot import another",
    "FromImport": "a template cannot import another",
    "Extends": "a template cannot extend another",
    "Block": "blocks are not offered, as a template cannot extend another",
    "Macro": "macros are not offered",
    "CallBlock": "macros are not offered",
    "AssignBlock": "set blocks are not offered; write {% set name = value %}",
    "FilterBlock": "filter blocks are not offered; write {{ value|filter }}",
    "ScopedEvalContextModifier": "escaping cannot be switched off",
}
RESERVED = frozenset({"self", "super", "caller", "varargs", "kwargs"})


_OFFERED = frozenset(OFFERED.split())


class Forbidden(Exception):
    """A construct that is not offered, with its line."""

    def __init__(self, message: str, line: int) -> None:
        super().__init__(message)
        self.line = line


def parsed(environment: Sandbox, source: str) -> nodes.Template:
    """
    Parse a template and refuse what is not offered.

    Raises:
        Forbidden: A construct is not offered, or there is too much of it.
        TemplateSyntaxError: It is not a template.
    """
    tokens = sum(1 for _ in islice(environment.lexer.tokeniter(source, None), SOURCE_TOKENS + 1))
    if tokens > SOURCE_TOKENS:
        raise Forbidden(f"has more than {SOURCE_TOKENS} words of template language", 1)
    try:
        tree = environment.parse(source)
    except RecursionError:
        raise Forbidden("is nested too deeply", 1) from None
    except (ValueError, OverflowError) as error:
        raise Forbidden("contains a number or text that cannot be read", 1) from error
    _verify(environment, tree)
    return tree


def counted(environment: Sandbox, tree: nodes.Template) -> nodes.Template:
    """Rewrite a verified tree so that loops, joins, calls and new lists are counted."""
    rewritten: nodes.Template = _Counting(environment).visit(tree)
    return rewritten


def _verify(environment: Sandbox, tree: nodes.Template) -> None:
    waiting: deque[tuple[nodes.Node, int]] = deque([(tree, 1)])
    seen = 0
    while waiting:
        node, depth = waiting.popleft()
        seen += 1
        line = node.lineno or 1
        if depth > SOURCE_DEPTH:
            raise Forbidden("is nested too deeply", line)
        if seen > SOURCE_NODES:
            raise Forbidden(f"has more than {SOURCE_NODES} parts", line)
        refusal = _refusal(environment, node)
        if refusal:
            raise Forbidden(refusal, line)
        waiting.extend((child, depth + 1) for child in node.iter_child_nodes())


def _refusal(environment: Sandbox, node: nodes.Node) -> str | None:
    kind = type(node).__name__
    if kind not in _OFFERED:
        return REFUSED.get(kind, f"{kind} is not offered")
    check = _CHECKS.get(kind)
    return check(environment, node) if check else None


def _name(_: Sandbox, node: Any) -> str | None:
    if node.name.startswith("_") or node.name in RESERVED:
        return f"the name {node.name} is not offered"
    return None


def _attribute(_: Sandbox, node: Any) -> str | None:
    if node.attr.startswith("_"):
        return f"the attribute {node.attr} is not offered"
    return None


def _item(_: Sandbox, node: Any) -> str | None:
    key = node.arg.value if isinstance(node.arg, nodes.Const) else None
    if isinstance(key, str) and key.startswith("__"):
        return f"the attribute {key} is not offered"
    return None


def _filter(environment: Sandbox, node: Any) -> str | None:
    if node.name not in environment.filters:
        return f"the filter {node.name} is not offered"
    if node.name == "map" and (node.args or not node.kwargs):
        return "the filter map is offered as map(attribute=...) only"
    return _starred(node, f"the filter {node.name}")


def _test(environment: Sandbox, node: Any) -> str | None:
    if node.name not in environment.tests:
        return f"the test {node.name} is not offered"
    return _starred(node, f"the test {node.name}")


def _call(_: Sandbox, node: Any) -> str | None:
    target = node.node
    if isinstance(target, nodes.Name) and target.name in FUNCTIONS:
        return _starred(node, target.name)
    if isinstance(target, nodes.Getattr) and target.attr in METHODS:
        named = "is called with positions only" if node.kwargs else None
        return named or _starred(node, target.attr)
    name = getattr(target, "name", getattr(target, "attr", "this"))
    return f"the function {name} is not offered"


def _for(_: Sandbox, node: Any) -> str | None:
    return "recursive loops are not offered" if node.recursive else None


def _starred(node: Any, what: str) -> str | None:
    return f"{what} cannot take * arguments" if node.dyn_args or node.dyn_kwargs else None


_CHECKS: dict[str, Any] = {
    "Name": _name,
    "Getattr": _attribute,
    "Getitem": _item,
    "Filter": _filter,
    "Test": _test,
    "Call": _call,
    "For": _for,
}


class _Counting(NodeTransformer):
    """Put the counting filters around what costs."""

    def __init__(self, environment: Sandbox) -> None:
        self.environment = environment

    def visit_For(self, node: nodes.For) -> nodes.Node:
        """Charge a loop for the size of its body in each turn."""
        weight = sum(1 for body in node.body for _ in body.find_all(nodes.Node)) + 1
        self.generic_visit(node)
        iterated: Any = node.iter
        node.iter = self._through(TURNS, iterated, nodes.Const(weight))
        return node

    def visit_Concat(self, node: nodes.Concat) -> nodes.Node:
        """Measure a join before it is made."""
        self.generic_visit(node)
        return self._through(CONCAT, nodes.List(node.nodes))

    def visit_CondExpr(self, node: nodes.CondExpr) -> nodes.Node:
        """Let an inline if without an else print nothing."""
        self.generic_visit(node)
        if node.expr2 is None:
            node.expr2 = nodes.Const("", lineno=node.lineno, environment=self.environment)
        return node

    def visit_Call(self, node: nodes.Call) -> nodes.Node:
        """Turn the call of a method into a filter, so that no method is ever a value."""
        self.generic_visit(node)
        if not isinstance(node.node, nodes.Getattr):
            return node
        return self._through(CALL, node.node.node, nodes.Const(node.node.attr), *node.args)

    def visit_List(self, node: nodes.List) -> nodes.Node:
        """Measure a new list, unless it is made of constants."""
        return self._built(node, node.items)

    def visit_Dict(self, node: nodes.Dict) -> nodes.Node:
        """Measure a new mapping, unless it is made of constants."""
        return self._built(node, [pair.value for pair in node.items])

    def visit_Tuple(self, node: nodes.Tuple) -> nodes.Node:
        """Measure a new tuple; those on the left of an assignment are not values."""
        return node if node.ctx != "load" else self._built(node, node.items)

    def _built(self, node: nodes.Expr, items: list[nodes.Expr]) -> nodes.Node:
        self.generic_visit(node)
        if all(isinstance(item, nodes.Const) for item in items):
            return node
        return self._through(BUILT, node)

    def _through(self, name: str, value: nodes.Expr, *args: nodes.Expr) -> nodes.Filter:
        made = nodes.Filter(value, name, list(args), [], None, None)
        made.set_lineno(value.lineno or 1)
        made.set_environment(self.environment)
        return made


__all__ = ["Forbidden", "TemplateSyntaxError", "counted", "parsed"]
