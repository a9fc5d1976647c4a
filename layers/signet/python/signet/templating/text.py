"""Readable text out of html, for the text part of a mail and for people who read it."""

import re
from dataclasses import dataclass, field

from signet.templating.markup import Tag, attributes, tokens

WIDTH = 78
# Elements deeper than this are read as if they stood beside one another.
DEPTH = 100
_SKIPPED = "head style script title template noscript svg object iframe select"
_VOID = "area base br col embed hr img input link meta source track wbr"
_BLOCKS = """
    address article aside body center dd div dt figcaption figure footer form header html li main
    nav section tr td th thead tbody tfoot caption fieldset
"""
SKIPPED = frozenset(_SKIPPED.split())
VOID = frozenset(_VOID.split())
BLOCKS = frozenset(_BLOCKS.split())
HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
# Paragraphs keep a blank line around them, blocks only a line of their own.
PARAGRAPHS = HEADINGS | {"p", "ul", "ol", "dl", "blockquote", "table", "pre", "hr"}
HIDDEN = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|mso-hide\s*:\s*all"
    r"|max-height\s*:\s*0(?![.\d])|font-size\s*:\s*0(?![.\d])|opacity\s*:\s*0(?![.\d])",
    re.IGNORECASE,
)
BLANKS = re.compile(r"[ \t\r\n\f]+")
INVISIBLE = re.compile("[\u00ad\u034f\u200b\u200c\u2060\ufeff]+(?![\u200d])")
# Stands between the cells of a row until the row is written; no html can say it.
CELL = "\x1f"
Given = dict[str, str]


@dataclass(slots=True)
class _Open:
    """One open element: what it hides, what stands in front of its lines, where it began."""

    tag: str
    hidden: bool = False
    href: str = ""
    start: int = 0
    line: int = 0
    indent: str = ""
    number: int | None = None


@dataclass(slots=True)
class _Page:
    """Lines so far, and the words of the next; `blank` asks for an empty line before it."""

    lines: list[str] = field(default_factory=list)
    words: list[str] = field(default_factory=list)
    bullet: str = ""
    blank: bool = False

    def flush(self, indent: str) -> None:
        """Write the collected words as wrapped lines."""
        cells = BLANKS.sub(" ", "".join(self.words)).split(CELL)
        text = "  ".join(cell.strip(" ") for cell in cells if cell.strip(" "))
        self.words.clear()
        if not text:
            return
        if self.blank and self.lines:
            self.lines.append("")
        self.blank = False
        first = indent[: len(indent) - len(self.bullet)] + self.bullet if self.bullet else indent
        self.bullet = ""
        self.lines.extend(_wrapped(text, first, indent))


def html_to_text(html: str) -> str:
    """
    Turn html into text that reads well: paragraphs, lists, rows, and links with their address.

    Hidden elements (such as preheaders), styles and scripts are left out. Lines are wrapped at
    78 characters; an address is never broken.
    """
    reader = _Reader()
    for token in tokens(html):
        if isinstance(token, str):
            reader.data(token)
        elif token.closes:
            reader.close(token.name)
        else:
            reader.begin(token)
    return reader.text()


class _Reader:
    """Reads html and writes a page of text."""

    def __init__(self) -> None:
        self.page = _Page()
        self.open: list[_Open] = []
        self.hidden = 0
        self.preformatted = 0

    def text(self) -> str:
        """Give the finished text, ending in one line end."""
        self.page.flush(self._indent())
        lines = [line.rstrip() for line in self.page.lines]
        return "\n".join(lines) + "\n" if lines else ""

    def begin(self, begun: Tag) -> None:
        """Open an element."""
        tag = begun.name
        given: Given = {a.name: a.value() for a in attributes(begun)} if begun.attributes else {}
        if tag in VOID:
            self._void(tag, given)
            return
        self._implied_end(tag)
        if not self.hidden:
            self._border(tag)
        if len(self.open) >= DEPTH:
            return
        hidden = tag in SKIPPED or _is_hidden(given)
        self.hidden += hidden
        self.preformatted += tag == "pre"
        self.open.append(self._opened(tag, given, hidden=hidden))

    def close(self, tag: str) -> None:
        """Close an element, and those inside of it that were left open."""
        if not any(element.tag == tag for element in self.open):
            return
        while self.open:
            element = self.open.pop()
            self._closed(element)
            if element.tag == tag:
                return

    def data(self, data: str) -> None:
        """Collect text."""
        if self.hidden:
            return
        if self.preformatted:
            self._verbatim(data)
        else:
            text = INVISIBLE.sub("", data).replace("\xa0", " ").replace(CELL, " ")
            self.page.words.append(text)

    def _opened(self, tag: str, given: Given, *, hidden: bool) -> _Open:
        element = _Open(tag, hidden=hidden, start=len(self.page.words), line=len(self.page.lines))
        if tag == "a":
            element.href = given.get("href", "").strip()
        elif tag in {"ul", "ol"}:
            element.number = 1 if tag == "ol" else None
        elif tag == "blockquote":
            element.indent = "> "
        elif tag == "li" and not self.hidden:
            element.indent = self._item()
        return element

    def _closed(self, element: _Open) -> None:
        self.hidden -= element.hidden
        self.preformatted -= element.tag == "pre"
        if self.hidden:
            return
        if element.tag == "a":
            self._link(element)
        elif element.tag in {"td", "th"}:
            self.page.words.append(CELL)
        elif element.tag in BLOCKS | PARAGRAPHS:
            self.page.flush(self._indent() + element.indent)
            self.page.blank |= element.tag in PARAGRAPHS and not self._inside_list(element.tag)

    def _border(self, tag: str) -> None:
        cell = tag in {"td", "th"}
        if cell or tag not in BLOCKS | PARAGRAPHS:
            return
        self.page.flush(self._indent())
        self.page.blank |= tag in PARAGRAPHS and not self._inside_list(tag)

    def _inside_list(self, tag: str) -> bool:
        return tag in {"ul", "ol"} and any(element.tag == "li" for element in self.open)

    def _item(self) -> str:
        lists = [element for element in self.open if element.tag in {"ul", "ol"}]
        bullet = "- "
        if lists and lists[-1].number is not None:
            bullet = f"{lists[-1].number}. "
            lists[-1].number += 1
        self.page.bullet = bullet
        return " " * len(bullet)

    def _link(self, element: _Open) -> None:
        if not element.href or element.href.startswith("#"):
            return
        shown = element.href.removeprefix("mailto:").removeprefix("tel:")
        # A block inside of the link has been written already: its label is on lines of its own.
        start = 0 if len(self.page.lines) > element.line else element.start
        label = BLANKS.sub(" ", "".join(self.page.words[start:])).strip()
        if label and not _same(label, shown):
            self.page.words.append(f" ({shown})")
        elif not label and len(self.page.lines) > element.line:
            self.page.lines[-1] += f" ({shown})"
        elif not label:
            self.page.words.append(shown)

    def _void(self, tag: str, given: Given) -> None:
        if self.hidden:
            return
        if tag == "br":
            self.page.flush(self._indent())
        elif tag == "hr":
            self.page.flush(self._indent())
            self.page.blank = True
            self.page.words.append("-" * 20)
            self.page.flush(self._indent())
            self.page.blank = True
        elif tag == "img" and not _is_hidden(given):
            self.page.words.append(given.get("alt", ""))

    def _verbatim(self, data: str) -> None:
        indent = self._indent()
        if self.page.blank and self.page.lines and data.strip():
            self.page.lines.append("")
            self.page.blank = False
        self.page.lines.extend(indent + line for line in data.strip("\n").splitlines())

    def _implied_end(self, tag: str) -> None:
        last = self.open[-1].tag if self.open else ""
        if (last == "p" and tag in BLOCKS | PARAGRAPHS) or (last == tag and tag in {"li", "td"}):
            self.close(last)

    def _indent(self) -> str:
        return "".join(element.indent for element in self.open)


def _is_hidden(given: Given) -> bool:
    return "hidden" in given or bool(HIDDEN.search(given.get("style", "")))


def _same(label: str, target: str) -> bool:
    def bare(url: str) -> str:
        """Leave out what people do not read aloud."""
        return re.sub(r"^https?://(www\.)?", "", url.lower()).rstrip("/")

    return bare(label) == bare(target)


def _wrapped(text: str, first: str, indent: str) -> list[str]:
    lines, line, empty = [], first, True
    for word in text.split(" "):
        if not empty and len(line) + 1 + len(word) > WIDTH:
            lines.append(line)
            line, empty = indent, True
        line += word if empty else f" {word}"
        empty = False
    return [*lines, line]
