"""
Walk over html in one pass, in time linear in its length whatever is in it.

The library's parser needs quadratic time for tags that never end, and authors and data may
contain such; this walk also knows where each tag stands, so that a tag can be replaced and
every other byte stay as it is.
"""

import re
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from html import unescape

TAG = re.compile(
    r"""<(?P<close>/?)(?P<name>[a-zA-Z][^\s/><]*)(?P<attributes>(?:[^<>"']++|"[^"]*+"|'[^']*+')*+)>"""
)
ATTRIBUTE = re.compile(r"""([^\s=/>"']+)(?:\s*=\s*("[^"]*"|'[^']*'|[^\s"'>]+))?""")
RAW = frozenset({"script", "style", "title", "textarea", "xmp", "iframe", "noscript"})
# The longest tag that is read as one; it bounds the cost of a tag that never ends.
TAG_CHARACTERS = 20_000


@dataclass(slots=True)
class Tag:
    """One tag: where it stands, its name in lower case and its unread attributes."""

    start: int
    end: int
    name: str
    closes: bool
    attributes: str
    attributes_at: int


@dataclass(slots=True)
class Attribute:
    """One attribute as it is written: its value, and the place of the value in its tag."""

    name: str
    written: str
    start: int
    end: int

    def value(self) -> str:
        """Read the value without its quotes and with its entities decoded."""
        written = self.written
        if written[:1] in {'"', "'"}:
            written = written[1:-1]
        return unescape(written) if "&" in written else written


def tags(html: str) -> Iterator[Tag]:
    """Give the tags of html in order; comments and the insides of raw elements hold none."""
    for token in tokens(html):
        if isinstance(token, Tag):
            yield token


def tokens(html: str) -> Iterator[Tag | str]:
    """Give tags and the text between them, entities decoded; comments are left out."""
    text_from = at = 0
    while (at := html.find("<", at)) >= 0:
        token, end = _token(html, at)
        if end == at:
            at += 1
            continue
        if at > text_from:
            yield _text(html[text_from:at])
        if token is not None:
            yield token
            end = yield from _raw(html, token)
        text_from = at = end
    if text_from < len(html):
        yield _text(html[text_from:])


def attributes(tag: Tag) -> Iterator[Attribute]:
    """Give the attributes of a tag in order."""
    for match in ATTRIBUTE.finditer(tag.attributes):
        yield Attribute(match[1].lower(), match[2] or "", *match.span(2))


def _token(html: str, at: int) -> tuple[Tag | None, int]:
    """Read what begins at a `<`: a tag, a comment (None), or text, which ends where it begins."""
    if html.startswith("<!--", at):
        end = html.find("-->", at + 4)
        return None, len(html) if end < 0 else end + 3
    if html.startswith(("<!", "<?"), at):
        end = html.find(">", at)
        return None, len(html) if end < 0 else end + 1
    match = TAG.match(html, at, at + TAG_CHARACTERS)
    if match is None:
        return None, at
    tag = Tag(
        start=at,
        end=match.end(),
        name=match["name"].lower(),
        closes=bool(match["close"]),
        attributes=match["attributes"],
        attributes_at=match.start("attributes"),
    )
    return tag, tag.end


def _raw(html: str, tag: Tag) -> Generator[str, None, int]:
    """Give the inside of a raw element as one text."""
    if tag.closes or tag.name not in RAW:
        return tag.end
    match = re.compile(f"</{tag.name}", re.IGNORECASE).search(html, tag.end)
    end = match.start() if match else len(html)
    if end > tag.end:
        yield html[tag.end : end]
    return end


def _text(text: str) -> str:
    return unescape(text) if "&" in text else text
