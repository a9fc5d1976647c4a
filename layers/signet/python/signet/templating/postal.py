"""The sender's postal address in a mail that does not name it."""

import re
from html import escape, unescape

from signet.templating.render import Rendered

_BLANKS = re.compile(r"\s+")
_TAGS = re.compile(r"<[^>]*>")
_END = re.compile(r"</body\s*>", re.IGNORECASE)
# By custom, what follows such a line is no part of what was written.
_RULE = "-- "


def addressed(filled: Rendered, postal_address: str) -> Rendered:
    """
    Add the postal address at the end of each part that does not name it.

    Blanks and line ends do not matter to whether it is there.
    """
    if not postal_address.strip():
        return filled
    html = filled.html
    if html is not None and not _names(unescape(_TAGS.sub(" ", html)), postal_address):
        html = _with_paragraph(html, postal_address)
    text = filled.text
    if not _names(text, postal_address):
        text = f"{text.rstrip()}\n\n{_RULE}\n{postal_address.strip()}\n"
    return Rendered(filled.subject, html, text)


def _names(written: str, postal_address: str) -> bool:
    return _one_line(postal_address) in _one_line(written)


def _one_line(text: str) -> str:
    return _BLANKS.sub(" ", text).strip()


def _with_paragraph(html: str, postal_address: str) -> str:
    lines = "<br>".join(escape(line.strip()) for line in postal_address.strip().splitlines())
    paragraph = f"<p>{lines}</p>"
    ends = list(_END.finditer(html))
    at = ends[-1].start() if ends else len(html)
    return f"{html[:at]}{paragraph}{html[at:]}"
