"""The template's functions: Ref, GetAtt, Join, Sub, Select, Split and the few others we meet."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from infra.local.emulator import ACCOUNT, REGION

PSEUDO: Mapping[str, Any] = {
    "AWS::AccountId": ACCOUNT,
    "AWS::Region": REGION,
    "AWS::Partition": "aws",
    "AWS::URLSuffix": "amazonaws.com",
    "AWS::StackName": "signet-local",
    "AWS::StackId": f"arn:aws:cloudformation:{REGION}:{ACCOUNT}:stack/signet-local/local",
    "AWS::NoValue": None,
}
_PLACE = re.compile(r"\$\{([^}]+)\}")


class UnknownReference(LookupError):
    """The template refers to something that the local cloud does not have."""


class Resolver:
    """Replaces intrinsic functions by values."""

    def __init__(self, parameters: Mapping[str, Any] | None = None) -> None:
        """
        Know the pseudo parameters and the template's own.

        Args:
            parameters: Values by name.
        """
        self.values: dict[str, Any] = {**PSEUDO, **(parameters or {})}
        self.attributes: dict[tuple[str, str], Any] = {}
        self._functions: dict[str, Callable[[Any], Any]] = {
            "Ref": self._ref,
            "Fn::GetAtt": self._get_att,
            "Fn::Join": self._join,
            "Fn::Sub": self._sub,
            "Fn::Select": self._select,
            "Fn::Split": self._split,
            "Fn::GetAZs": lambda _: [f"{REGION}a", f"{REGION}b"],
        }

    def put(self, logical_id: str, ref: Any, **attributes: Any) -> None:
        """Record what a resource's Ref and GetAtt give."""
        self.values[logical_id] = ref
        for name, value in attributes.items():
            self.attributes[logical_id, name] = value

    def __call__(self, node: Any) -> Any:
        """
        Resolve everything inside `node`.

        Raises:
            UnknownReference: A name or function that is not known.
        """
        if isinstance(node, list):
            return [self(item) for item in node]
        if not isinstance(node, dict):
            return node
        if len(node) == 1:
            (name, value), *_ = node.items()
            if name in self._functions:
                return self._functions[name](value)
            if name.startswith("Fn::"):
                raise UnknownReference(f"the local cloud does not know the function {name}")
        resolved = {key: self(value) for key, value in node.items()}
        return {k: v for k, v in resolved.items() if not (v is None and node[k] is not None)}

    def _ref(self, name: str) -> Any:
        if name not in self.values:
            raise UnknownReference(f"Ref {name}: no such resource in the local cloud")
        return self.values[name]

    def _get_att(self, value: Any) -> Any:
        name, _, attribute = value.partition(".") if isinstance(value, str) else _pair(value)
        if (name, attribute) not in self.attributes:
            raise UnknownReference(f"GetAtt {name}.{attribute}: not known to the local cloud")
        return self.attributes[name, attribute]

    def _join(self, value: Any) -> str:
        delimiter, parts = value
        return str(delimiter).join(str(part) for part in self(parts))

    def _sub(self, value: Any) -> str:
        template, own = (value, {}) if isinstance(value, str) else (value[0], self(value[1]))

        def fill(match: re.Match[str]) -> str:
            name = match[1]
            if name.startswith("!"):
                return "${" + name[1:] + "}"
            if name in own:
                return str(own[name])
            return str(self._get_att(name) if "." in name else self._ref(name))

        return _PLACE.sub(fill, template)

    def _select(self, value: Any) -> Any:
        index, items = value
        return self(items)[int(self(index))]

    def _split(self, value: Any) -> list[str]:
        delimiter, text = value
        return str(self(text)).split(delimiter)


def _pair(value: Any) -> tuple[str, str, str]:
    return value[0], ".", value[1]
