"""Conditions and updates, written as DynamoDB's expressions with placeholders for everything."""

from dataclasses import dataclass, field
from typing import Any

from signet.adapters.dynamodb.item import pack
from signet.ports.store import (
    Absent,
    Condition,
    Either,
    Equal,
    Every,
    OneOf,
    Path,
    Present,
    Update,
    UpTo,
    Value,
)


@dataclass
class Writer:
    """Collects names and values; no attribute's name ever stands in an expression itself."""

    names: dict[str, str] = field(default_factory=dict)
    values: dict[str, Any] = field(default_factory=dict)

    def name(self, path: Path) -> str:
        """Give the placeholder of an attribute, or of a key inside one."""
        parts = (path,) if isinstance(path, str) else path
        return ".".join(self._one_name(part) for part in parts)

    def value(self, value: Value) -> str:
        """Give the placeholder of a value."""
        place = f":v{len(self.values)}"
        self.values[place] = pack(value)
        return place

    def condition(self, condition: Condition) -> str:
        """Write a condition."""
        match condition:
            case Absent(path):
                return f"attribute_not_exists({self.name(path)})"
            case Present(path):
                return f"attribute_exists({self.name(path)})"
            case Equal(path, value):
                return f"{self.name(path)} = {self.value(value)}"
            case UpTo(path, value):
                return f"{self.name(path)} <= {self.value(value)}"
            case OneOf(path, values):
                return f"{self.name(path)} IN ({', '.join(self.value(v) for v in values)})"
        return self._joined(condition)

    def update(self, change: Update) -> str:
        """Write the clauses of an update."""
        assigned = [f"{self.name(k)} = {self.value(v)}" for k, v in change.sets.items()]
        assigned += [self._append(name, tail) for name, tail in change.appends.items()]
        added = [f"{self.name(k)} {self.value(v)}" for k, v in change.adds.items()]
        clauses = (
            ("SET", assigned),
            ("ADD", added),
            ("REMOVE", [self.name(k) for k in change.removes]),
        )
        return " ".join(f"{word} {', '.join(terms)}" for word, terms in clauses if terms)

    def arguments(self) -> dict[str, Any]:
        """Give the placeholders as arguments of a call."""
        found: dict[str, Any] = {"ExpressionAttributeNames": self.names} if self.names else {}
        if self.values:
            found["ExpressionAttributeValues"] = self.values
        return found

    def _one_name(self, name: str) -> str:
        for place, known in self.names.items():
            if known == name:
                return place
        place = f"#n{len(self.names)}"
        self.names[place] = name
        return place

    def _append(self, name: str, tail: list[Value]) -> str:
        place = self.name(name)
        empty, more = self.value([]), self.value(tail)
        return f"{place} = list_append(if_not_exists({place}, {empty}), {more})"

    def _joined(self, condition: Condition) -> str:
        match condition:
            case Every(parts):
                return " AND ".join(f"({self.condition(part)})" for part in parts)
            case Either(parts):
                return " OR ".join(f"({self.condition(part)})" for part in parts)
        raise TypeError(f"{type(condition).__name__} is no condition of ours")


def conditional(condition: Condition | None, writer: Writer | None = None) -> dict[str, Any]:
    """Give the arguments that make a write conditional."""
    writer = writer or Writer()
    given = {} if condition is None else {"ConditionExpression": writer.condition(condition)}
    return {**given, **writer.arguments()}


def updating(change: Update) -> dict[str, Any]:
    """Give the arguments of an update, condition included."""
    writer = Writer()
    expression = writer.update(change)
    return {"UpdateExpression": expression, **conditional(change.condition, writer)}
