"""Put signed links and the open pixel into finished html, and change no other byte of it."""

import re
from collections.abc import Callable, Iterable, Iterator

from signet.errors import Rejected
from signet.templating.links import LinkSigner
from signet.templating.markup import Attribute, Tag, attributes, tags
from signet.templating.urls import IGNORED, redirect_refusal, scheme

BODY_END = re.compile(r"</body\s*>", re.IGNORECASE)
DANGEROUS = frozenset({"javascript", "vbscript", "data", "file", "blob"})


class Tracker:
    """
    Writes the links of one deployment.

    Args:
        signer: Signs the tokens.
        base_url: Public address of the HTTP API, without a slash at its end.
    """

    def __init__(self, signer: LinkSigner, base_url: str) -> None:
        self._signer = signer
        self._base = base_url.rstrip("/")

    def open_url(self, *, workspace: str, message_id: str) -> str:
        """Give the address of the open pixel."""
        token = self._signer.token("open", workspace=workspace, message_id=message_id)
        return f"{self._base}/t/o/{token}"

    def click_url(self, url: str, *, workspace: str, message_id: str) -> str:
        """Give the address that counts a click and leads on to its target."""
        token = self._signer.token("click", workspace=workspace, message_id=message_id, url=url)
        return f"{self._base}/t/c/{token}"

    def unsubscribe_url(self, *, workspace: str, message_id: str) -> str:
        """Give the address that ends the mails of this message's topic."""
        token = self._signer.token("unsubscribe", workspace=workspace, message_id=message_id)
        return f"{self._base}/u/{token}"

    def preferences_url(self, *, workspace: str, message_id: str) -> str:
        """Give the address where the recipient chooses what they get."""
        token = self._signer.token("preferences", workspace=workspace, message_id=message_id)
        return f"{self._base}/p/{token}"

    def track(self, html: str, *, workspace: str, message_id: str) -> str:
        """
        Lead the links of a mail through us, and add the open pixel.

        Left alone: mailto, tel and other schemes of their own, anchors, relative addresses,
        links that are ours already, and tags with the attribute `data-no-track`.

        Raises:
            Rejected: A link leads nowhere safe: a script, a foreign host without a scheme, a
                backslash or a control character.
        """

        def signed(url: str) -> str:
            """Sign a click of this message."""
            return self.click_url(url, workspace=workspace, message_id=message_id)

        tracked = "".join(_replaced(html, self._targets(html, signed)))
        pixel = self.open_url(workspace=workspace, message_id=message_id)
        image = f'<img src="{pixel}" width="1" height="1" alt="" style="display:block;border:0">'
        ends = list(BODY_END.finditer(tracked))
        at = ends[-1].start() if ends else len(tracked)
        return tracked[:at] + image + tracked[at:]

    def _targets(self, html: str, signed: Callable[[str], str]) -> Iterator[tuple[int, int, str]]:
        for tag in tags(html):
            href = _href(tag) if tag.name in {"a", "area"} and not tag.closes else None
            target = self._target(href.value()) if href else None
            if href is None or target is None:
                continue
            quote = href.written[0] if href.written[0] in "\"'" else ""
            start, end = tag.attributes_at + href.start, tag.attributes_at + href.end
            yield start, end, quote + signed(target) + quote

    def _target(self, written: str) -> str | None:
        url = written.strip(" \t\r\n\f")
        kind = scheme(url)
        if kind in DANGEROUS or IGNORED.sub("", url).replace("\\", "/").startswith("//"):
            raise Rejected.field("html", f"has a link that leads nowhere safe: {url[:80]!r}")
        if kind not in {"http", "https"} or url == self._base or url.startswith(self._base + "/"):
            return None
        refusal = redirect_refusal(url)
        if refusal:
            raise Rejected.field("html", f"has a link that {refusal}: {url[:80]!r}")
        return url


def _href(tag: Tag) -> Attribute | None:
    href: Attribute | None = None
    for attribute in attributes(tag):
        if attribute.name == "data-no-track":
            return None
        if attribute.name == "href" and href is None and attribute.written:
            href = attribute
    return href


def _replaced(html: str, changes: Iterable[tuple[int, int, str]]) -> Iterator[str]:
    at = 0
    for start, end, new in changes:
        yield html[at:start]
        yield new
        at = end
    yield html[at:]
