"""A template's parts, and the check they pass before they are saved."""

from dataclasses import dataclass
from typing import Literal

from jinja2 import TemplateSyntaxError
from pydantic import BaseModel, ConfigDict

from signet.errors import FieldError, Rejected
from signet.templating.contexts import misplaced
from signet.templating.limits import SOURCE_BYTES
from signet.templating.paths import Variables, variables
from signet.templating.sandbox import Part, sandbox
from signet.templating.syntax import Forbidden, counted, parsed

PARTS: tuple[Part, ...] = ("subject", "html", "text")


class Parts(BaseModel):
    """The sources of one template version; html or text, or both, make the body."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    channel: Literal["email"] = "email"
    subject: str
    html: str | None = None
    text: str | None = None

    def sources(self) -> dict[Part, str]:
        """Give the sources that there are, by the name of their part."""
        found: dict[Part, str | None] = {n: getattr(self, n) for n in PARTS}
        return {name: source for name, source in found.items() if source is not None}


@dataclass(frozen=True, slots=True)
class Checked:
    """
    What the check has found out.

    `variables` are the paths that must be in the data; `optional` those that the template does
    without (they are only read under `default` or `is defined`).
    """

    variables: tuple[str, ...]
    optional: tuple[str, ...]


def check(parts: Parts) -> Checked:
    """
    Check a template before it is saved.

    Returns:
        The paths of the variables that it reads.

    Raises:
        Rejected: It cannot be a template, with the part, the line and the reason of each fault.
    """
    sources = parts.sources()
    if not {"html", "text"} & set(sources):
        raise Rejected.field("html", "is missing; a message needs html or text")
    faults = [fault for part, source in sources.items() if (fault := _fault(part, source))]
    if faults:
        first = faults[0]
        raise Rejected(f"{first.field}: {first.message}", faults)
    found = [inspected(part, source) for part, source in sources.items()]
    needed = dict.fromkeys(path for part in found for path in part.needed)
    optional = dict.fromkeys(path for part in found for path in part.optional)
    return Checked(tuple(needed), tuple(path for path in optional if path not in needed))


def inspected(part: Part, source: str) -> Variables:
    """Give the variables of a part that has passed the check."""
    return variables(parsed(sandbox(part), source))


def _fault(part: Part, source: str) -> FieldError | None:
    try:
        if len(source.encode()) > SOURCE_BYTES:
            return FieldError(part, f"is larger than {SOURCE_BYTES // 1024} KB")
        environment = sandbox(part)
        tree = parsed(environment, source)
        if part == "html":
            misplaced(tree)
        environment.from_string(counted(environment, tree))
    except Forbidden as fault:
        return FieldError(part, f"line {fault.line}: {fault}")
    except TemplateSyntaxError as fault:
        return FieldError(part, f"line {fault.lineno}: {fault.message}")
    except UnicodeEncodeError:
        return FieldError(part, "contains half a character (a lone surrogate)")
    except (SyntaxError, RecursionError, MemoryError, ValueError, OverflowError):
        return FieldError(part, "is nested too deeply or too large to compile")
    return None
