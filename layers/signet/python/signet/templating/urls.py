"""Which addresses may stand in a message, and which may be followed by a redirect."""

import re
from urllib.parse import urlsplit

from signet.templating.markup import Attribute, attributes, tags

# What browsers drop before they read a scheme; it must not hide one.
IGNORED = re.compile(r"[\x00-\x20\x7f-\xa0\u200b-\u200f\u2028-\u202f\ufeff]+")
CONTROL = re.compile(r"[\x00-\x20\x7f-\x9f\u2028\u2029]")
SCHEME = re.compile(r"([a-zA-Z][a-zA-Z0-9+.\-]*):")
# A quick look over all html: an attribute with the last letter of a reference's name, whose value
# holds a colon or an entity and does not begin as references usually do.
UNUSUAL = re.compile(
    r"""=(?<=[fcndraFCNDRA\s]=)\s*+["']?+(?!https?://|mailto:|tel:|cid:)[^"'>:&]*+[:&]"""
)
REFERENCES = frozenset(
    ("href", "xlink:href", "src", "action", "formaction", "background", "poster", "data")
)
ORDINARY = ("https://", "http://", "mailto:")
SAFE_SCHEMES = frozenset({"http", "https", "mailto", "tel", "sms", "cid"})
URL_CHARACTERS = 2_000


def scheme(url: str) -> str:
    """Give the scheme as a browser would read it, or an empty text where there is none."""
    match = SCHEME.match(IGNORED.sub("", url))
    return match[1].lower() if match else ""


def unsafe_reference(html: str) -> str | None:
    """Find the first reference in html whose scheme could run something when followed."""
    if not UNUSUAL.search(html):
        return None
    for tag in tags(html):
        if tag.closes or (":" not in tag.attributes and "&" not in tag.attributes):
            continue
        for attribute in attributes(tag):
            found = _unsafe(attribute)
            if found:
                return found
    return None


def _unsafe(attribute: Attribute) -> str | None:
    if attribute.name not in REFERENCES or attribute.written[1:].startswith(ORDINARY):
        return None
    url = attribute.value()
    found = scheme(url)
    return None if found in SAFE_SCHEMES or not found or _picture(found, url) else found


def redirect_refusal(url: str) -> str | None:
    """Say why a redirect to an address is refused, or give None where it is allowed."""
    if len(url) > URL_CHARACTERS:
        return f"is longer than {URL_CHARACTERS} characters"
    if CONTROL.search(url):
        return "contains a blank or a control character"
    if "\\" in url:
        return "contains a backslash"
    if not url.lower().startswith(("http://", "https://")):
        return "must begin with http:// or https://"
    return None if _host(url) else "names no host"


def _host(url: str) -> str | None:
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        return None
    return None if "@" in parts.netloc else parts.hostname


def _picture(found: str, url: str) -> bool:
    return found == "data" and IGNORED.sub("", url).lower().startswith("data:image/")
