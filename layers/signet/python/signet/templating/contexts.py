"""
Where in the html a variable stands.

Escaping protects text and quoted attributes. It does not protect a script, an unquoted
attribute, the inside of a tag or an event handler, so a variable there is refused.
"""

import re

from jinja2 import nodes

from signet.templating.syntax import Forbidden

OPENING = re.compile(r"<(!--|[a-zA-Z][^\s/>]*)")
NAME = re.compile(r"([^\s=/>\"']+)(\s*=\s*)?")
RAW = frozenset({"script", "iframe", "noembed", "noframes", "plaintext", "xmp"})

REASONS = {
    "script": "a variable cannot stand in a script",
    "tag": "a variable cannot stand inside a tag, outside of a quoted attribute",
    "unquoted": "a variable in an attribute needs quotes around the attribute",
    "handler": "a variable cannot stand in an event handler",
}


class _Html:
    """Follows html just closely enough to know in what a variable would land."""

    def __init__(self) -> None:
        self.state = "text"
        self.element = ""
        self.quote = ""

    def feed(self, data: str) -> None:
        """Follow a piece of html."""
        at = 0
        while at < len(data):
            at = getattr(self, "_in_" + self.state)(data, at)

    def variable(self) -> str | None:
        """Say why a variable is refused at this place, if it is."""
        return REASONS.get(self.state)

    def _in_text(self, data: str, at: int) -> int:
        match = OPENING.search(data, at)
        if match is None:
            self.element = ""
            self.state = "tag" if data.endswith(("<", "</")) else "text"
            return len(data)
        self.element = match[1].lower()
        self.state = "comment" if self.element == "!--" else "tag"
        return match.end()

    def _in_comment(self, data: str, at: int) -> int:
        end = data.find("-->", at)
        self.state = "comment" if end < 0 else "text"
        return len(data) if end < 0 else end + 3

    def _in_script(self, data: str, at: int) -> int:
        match = re.compile(f"</{re.escape(self.element)}", re.IGNORECASE).search(data, at)
        self.state = "text" if match else "script"
        return match.end() if match else len(data)

    def _in_tag(self, data: str, at: int) -> int:
        if data[at] == ">":
            self.state = "script" if self.element in RAW else "text"
            return at + 1
        match = NAME.match(data, at)
        if match is None:
            return at + 1
        if match[2]:
            self._value(match[1], data[match.end() : match.end() + 1])
            return match.end() + (self.state != "unquoted")
        return match.end()

    def _value(self, name: str, quote: str) -> None:
        quoted = quote in ('"', "'") and quote != ""
        self.quote = quote if quoted else ""
        handler = name.lower().startswith("on")
        self.state = "unquoted" if not quoted else "handler" if handler else "quoted"

    def _in_quoted(self, data: str, at: int) -> int:
        end = data.find(self.quote, at)
        if end >= 0:
            self.state = "tag"
        return len(data) if end < 0 else end + 1

    _in_handler = _in_quoted

    def _in_unquoted(self, data: str, at: int) -> int:
        while at < len(data) and not data[at].isspace() and data[at] != ">":
            at += 1
        if at < len(data):
            self.state = "tag"
        return at


def misplaced(tree: nodes.Template) -> None:
    """
    Refuse a variable at a place where escaping does not protect.

    Branches begin where their statement begins, and what follows goes on where the first
    branch has ended.

    Raises:
        Forbidden: A variable stands at such a place.
    """
    _follow(tree.body, _Html())


def _follow(body: list[nodes.Node], html: _Html) -> None:
    for node in body:
        if isinstance(node, nodes.Output):
            _output(node, html)
        elif isinstance(node, nodes.If):
            others = [*(other.body for other in node.elif_), node.else_]
            _branches([node.body, *others], html)
        elif isinstance(node, nodes.For):
            _branches([node.body, node.else_], html)
        elif isinstance(node, nodes.With):
            _follow(node.body, html)


def _branches(bodies: list[list[nodes.Node]], html: _Html) -> None:
    start = vars(html).copy()
    _follow(bodies[0], html)
    end = vars(html).copy()
    for body in bodies[1:]:
        vars(html).update(start)
        _follow(body, html)
    vars(html).update(end)


def _output(node: nodes.Output, html: _Html) -> None:
    for child in node.nodes:
        if isinstance(child, nodes.TemplateData):
            html.feed(child.data)
            continue
        reason = html.variable()
        if reason:
            raise Forbidden(reason, child.lineno or 1)
