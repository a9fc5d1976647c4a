"""Route keys of an HTTP API: the most specific one wins, then $default."""

from dataclasses import dataclass
from urllib.parse import unquote


@dataclass(frozen=True)
class Route:
    """One route of the API and the function behind it."""

    key: str
    function: str

    @property
    def method(self) -> str:
        """Tell the method, or ANY."""
        return self.key.split(" ")[0] if " " in self.key else "ANY"

    @property
    def segments(self) -> list[str]:
        """Give the parts of the path."""
        return self.key.partition(" ")[2].split("/")[1:]

    def match(self, method: str, parts: list[str]) -> dict[str, str] | None:
        """Give the path parameters if this route fits, still encoded."""
        if self.method not in (method, "ANY") or self.key == "$default":
            return None
        own, found = self.segments, {}
        greedy = bool(own) and own[-1].endswith("+}")
        if len(own) != len(parts) and not (greedy and len(parts) >= len(own)):
            return None
        for number, segment in enumerate(own):
            if segment.startswith("{"):
                value = "/".join(parts[number:]) if segment.endswith("+}") else parts[number]
                if not value:
                    return None
                found[segment.strip("{}+")] = value
            elif segment != parts[number]:
                return None
        return found

    def rank(self) -> tuple[list[int], int]:
        """Order by how specific it is: literal before parameter before greedy."""
        weights = [2 if s.endswith("+}") else int(s.startswith("{")) for s in self.segments]
        return weights, int(self.method == "ANY")


class RouteTable:
    """All routes of one API."""

    def __init__(self, routes: list[Route]) -> None:
        """Sort the routes by how specific they are."""
        self._routes = sorted((r for r in routes if r.key != "$default"), key=Route.rank)
        self._default = next((r for r in routes if r.key == "$default"), None)

    def find(self, method: str, path: str) -> tuple[Route, dict[str, str]] | None:
        """Give the route of a request and its decoded path parameters."""
        parts = path.split("/")[1:]
        for route in self._routes:
            found = route.match(method, parts)
            if found is not None:
                return route, {name: unquote(value) for name, value in found.items()}
        return (self._default, {}) if self._default else None
