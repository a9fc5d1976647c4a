"""Which variables a template reads, as whole paths: `event.properties.items[].price`."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from jinja2 import nodes

from signet.templating.filters import FUNCTIONS, absent

# Filters that hand on the elements they get, so that a loop over their result reads the source.
KEEPING = frozenset(
    ("batch", "list", "reject", "rejectattr", "reverse", "select", "selectattr", "slice", "sort")
)
GUARDING = frozenset({"default", "d"})
GUARDING_TESTS = frozenset({"defined", "undefined", "none"})
Scope = Mapping[str, str | None]


@dataclass(frozen=True, slots=True)
class Variables:
    """The paths a template needs, and those it also does without; in order of appearance."""

    needed: tuple[str, ...]
    optional: tuple[str, ...]


def variables(tree: nodes.Template) -> Variables:
    """Find the paths that a template reads from its data."""
    walk = _Walk()
    walk.block(tree.body, {"loop": None})
    needed = tuple(walk.needed)
    return Variables(needed, tuple(path for path in walk.optional if path not in walk.needed))


def missing(paths: tuple[str, ...], data: Mapping[str, object]) -> tuple[str, ...]:
    """Give the paths that lead nowhere, or to null, in some data."""
    return tuple(path for path in paths if _leads_nowhere(path.split("."), data))


def _leads_nowhere(steps: list[str], value: object) -> bool:
    if not steps:
        return absent(value)
    step, *rest = steps
    name = step.rstrip("[]")
    depth = (len(step) - len(name)) // 2
    if not isinstance(value, Mapping) or absent(value.get(name)):
        return True
    return any(_leads_nowhere(rest, inner) for inner in _elements(value[name], depth))


def _elements(value: object, depth: int) -> list[object]:
    if depth == 0:
        return [value]
    if not isinstance(value, list | tuple):
        return []
    return [inner for element in value for inner in _elements(element, depth - 1)]


@dataclass(slots=True)
class _Walk:
    """The walk through one tree; `needed` and `optional` keep their order and no value."""

    needed: dict[str, None] = field(default_factory=dict)
    optional: dict[str, None] = field(default_factory=dict)

    def block(self, body: list[nodes.Node], scope: Scope) -> None:
        """Walk statements one after another; an assignment is seen by those that follow."""
        inner = dict(scope)
        for node in body:
            self.visit(node, inner)
            if isinstance(node, nodes.Assign):
                inner |= _bound(node.target, self.path(node.node, inner))

    def visit(self, node: nodes.Node, scope: Scope) -> None:
        """Walk one node."""
        if isinstance(node, nodes.For):
            self._loop(node, scope)
        elif isinstance(node, nodes.If):
            self.visit(node.test, scope)
            for body in (node.body, *(other.body for other in node.elif_), node.else_):
                self.block(body, scope)
            for other in node.elif_:
                self.visit(other.test, scope)
        elif isinstance(node, nodes.With):
            self._with(node, scope)
        elif not self._chain(node, scope):
            for child in node.iter_child_nodes():
                self.visit(child, scope)

    def path(self, node: nodes.Node, scope: Scope) -> str | None:
        """Name the place in the data that an expression reads, where it is just a place."""
        if isinstance(node, nodes.Name):
            return scope.get(node.name, node.name)
        if isinstance(node, nodes.Filter) and node.name in KEEPING and node.node is not None:
            return self.path(node.node, scope)
        if not isinstance(node, nodes.Getattr | nodes.Getitem):
            return None
        base = self.path(node.node, scope)
        key = _key(node)
        return None if base is None else f"{base}.{key}" if key else f"{base}[]"

    def _chain(self, node: nodes.Node, scope: Scope) -> bool:
        if isinstance(node, nodes.Name | nodes.Getattr | nodes.Getitem):
            return self._read(node, scope)
        guarded = _guarded(node)
        if guarded is not None:
            self._note(self.optional, self.path(guarded, scope))
            self._arguments(node, scope)
            return True
        if isinstance(node, nodes.Call):
            target = node.node
            if isinstance(target, nodes.Getattr):
                self.visit(target.node, scope)
            self._arguments(node, scope)
            return True
        return False

    def _read(self, node: nodes.Node, scope: Scope) -> bool:
        if getattr(node, "ctx", "load") != "load":
            return True
        self._note(self.needed, self.path(node, scope))
        for link in _links(node):
            self.visit(link, scope)
        return True

    def _arguments(self, node: nodes.Node, scope: Scope) -> None:
        for child in node.iter_child_nodes(exclude=("node",)):
            self.visit(child, scope)

    def _loop(self, node: nodes.For, scope: Scope) -> None:
        self.visit(node.iter, scope)
        source = self.path(node.iter, scope)
        inner = {**scope, **_bound(node.target, f"{source}[]" if source else None)}
        if node.test is not None:
            self.visit(node.test, inner)
        self.block(node.body, inner)
        self.block(node.else_, scope)

    def _with(self, node: nodes.With, scope: Scope) -> None:
        inner = dict(scope)
        for target, value in zip(node.targets, node.values, strict=True):
            self.visit(value, scope)
            inner |= _bound(target, self.path(value, scope))
        self.block(node.body, inner)

    @staticmethod
    def _note(seen: dict[str, None], path: str | None) -> None:
        if path is not None and path not in FUNCTIONS:
            seen.setdefault(path)


def _key(node: nodes.Getattr | nodes.Getitem) -> str | None:
    if isinstance(node, nodes.Getattr):
        return node.attr
    if isinstance(node.arg, nodes.Const) and isinstance(node.arg.value, str):
        return node.arg.value
    return None


def _links(node: nodes.Node) -> list[nodes.Node]:
    """Give what stands inside the brackets and at the root of a chain, where that is computed."""
    inside: list[nodes.Node] = []
    while isinstance(node, nodes.Getattr | nodes.Getitem):
        if isinstance(node, nodes.Getitem):
            inside.append(node.arg)
        node = node.node
    return inside if isinstance(node, nodes.Name) else [*inside, node]


def _guarded(node: nodes.Node) -> nodes.Node | None:
    if not isinstance(node, nodes.Filter | nodes.Test):
        return None
    names = GUARDING if isinstance(node, nodes.Filter) else GUARDING_TESTS
    inner = node.node if node.name in names else None
    return inner if isinstance(inner, nodes.Name | nodes.Getattr | nodes.Getitem) else None


def _bound(target: nodes.Node, path: str | None) -> dict[str, str | None]:
    if isinstance(target, nodes.Name):
        return {target.name: path}
    return {name.name: None for name in target.find_all(nodes.Name)}
