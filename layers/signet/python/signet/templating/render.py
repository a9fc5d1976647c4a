"""Render a template version with data, from compiled templates that are kept."""

from collections import OrderedDict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from traceback import walk_tb

from jinja2 import Template, UndefinedError

from signet.errors import Rejected
from signet.templating.headers import header_refusal
from signet.templating.limits import (
    BUDGET,
    OUTPUT_BYTES,
    SUBJECT_CHARACTERS,
    Budget,
    Exhausted,
)
from signet.templating.paths import missing as missing_paths
from signet.templating.paths import variables
from signet.templating.sandbox import Missing, Part, sandbox
from signet.templating.syntax import Forbidden, TemplateSyntaxError, counted, parsed
from signet.templating.template import Parts
from signet.templating.text import html_to_text
from signet.templating.urls import unsafe_reference

AUTHORS_ERRORS = (
    ArithmeticError,
    LookupError,
    RecursionError,
    RuntimeError,
    TypeError,
    ValueError,
    AttributeError,
)


class Gap(Rejected):
    """The data has no value for something that the template needs; the field is its path."""


@dataclass(frozen=True, slots=True)
class Rendered:
    """One message's content; `html` is None where the template has only text."""

    subject: str
    html: str | None
    text: str


@dataclass(frozen=True, slots=True)
class Compiled:
    """One part, ready to be rendered, with the paths it needs."""

    part: Part
    template: Template
    needed: tuple[str, ...]


class Renderer:
    """
    Renders templates and keeps the compiled ones, the least recently used leave first.

    Args:
        keep: How many compiled parts are kept, at least 1.
    """

    def __init__(self, keep: int = 512) -> None:
        self._keep = keep
        self._compiled: OrderedDict[tuple[str, Part, Missing], Compiled] = OrderedDict()
        self.compiles = 0

    def render(
        self, key: str, parts: Parts, data: Mapping[str, object], *, missing: Missing = "fail"
    ) -> Rendered:
        """
        Render all parts of a template version.

        Args:
            key: Names the version: the same key must always come with the same parts.
            parts: The sources, used when the version is not compiled yet.
            data: What the variables are read from.
            missing: With `fail` a missing variable rejects the message, with `default` it
                prints as nothing.

        Raises:
            Gap: A variable is missing; the field is its path.
            Rejected: A part cannot be rendered with this data; the field is the part.
        """
        scope = dict(data)
        scope[BUDGET] = Budget()

        def written(part: Part, source: str | None) -> str | None:
            """Render one part, if the template has it."""
            if source is None:
                return None
            return _written(self._part((key, part, missing), source), scope)

        subject = _subject(written("subject", parts.subject) or "")
        html = _html(written("html", parts.html))
        text = written("text", parts.text)
        return Rendered(subject, html, html_to_text(html or "") if text is None else text)

    def _part(self, key: tuple[str, Part, Missing], source: str) -> Compiled:
        found = self._compiled.get(key)
        if found is not None:
            self._compiled.move_to_end(key)
            return found
        self.compiles += 1
        made = _compile(key[1], source, missing=key[2])
        self._compiled[key] = made
        if len(self._compiled) > self._keep:
            self._compiled.popitem(last=False)
        return made


def _compile(part: Part, source: str, *, missing: Missing) -> Compiled:
    environment = sandbox(part, missing)
    try:
        tree = parsed(environment, source)
        needed = variables(tree).needed
        return Compiled(part, environment.from_string(counted(environment, tree)), needed)
    except (Forbidden, TemplateSyntaxError, SyntaxError, RecursionError, ValueError) as fault:
        raise Rejected.field(part, f"cannot be compiled: {fault}") from fault


def _written(compiled: Compiled, scope: dict[str, object]) -> str:
    template = compiled.template
    try:
        context = template.new_context(scope)
        return "".join(_capped(template.root_render_func(context)))
    except UndefinedError as fault:
        raise Gap.field(_path(compiled, str(fault), scope), "is missing") from None
    except (Exhausted, *AUTHORS_ERRORS) as fault:
        line = _line(template, fault)
        reason = str(fault) if isinstance(fault, Exhausted) else f"fails ({type(fault).__name__})"
        raise Rejected.field(compiled.part, f"line {line}: {reason}") from None


def _capped(pieces: Iterator[str]) -> Iterator[str]:
    left = OUTPUT_BYTES
    for piece in pieces:
        left -= len(piece) if piece.isascii() else len(piece.encode())
        if left < 0:
            raise Exhausted(f"prints more than {OUTPUT_BYTES // 1024} KB")
        yield piece


def _path(compiled: Compiled, name: str, scope: Mapping[str, object]) -> str:
    gone = missing_paths(compiled.needed, scope)
    named = (path for path in gone if name in path.replace("[]", "").split("."))
    return next(named, None) or name or next(iter(gone), compiled.part)


def _line(template: Template, fault: BaseException) -> int:
    steps = walk_tb(fault.__traceback__)
    lines = [line for frame, line in steps if frame.f_code.co_filename == "<template>"]
    return template.get_corresponding_lineno(lines[-1]) if lines else 1


def _subject(subject: str) -> str:
    refusal = header_refusal(subject)
    if refusal:
        raise Rejected.field("subject", refusal)
    if len(subject) > SUBJECT_CHARACTERS:
        raise Rejected.field("subject", f"is longer than {SUBJECT_CHARACTERS} characters")
    return subject


def _html(html: str | None) -> str | None:
    found = unsafe_reference(html) if html else None
    if found:
        raise Rejected.field("html", f"refers to an address that begins with {found}:")
    return html
