"""The few pages that recipients see; they hold nothing about anybody."""

import base64
from typing import Any

from aws_lambda_powertools.event_handler.api_gateway import Response

PIXEL = base64.b64decode("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7")
NO_STORE = {"cache-control": "no-store"}
_SECURITY = {
    **NO_STORE,
    "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "x-robots-tag": "noindex",
}
_FRAME = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{title}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>body{{font:1.1rem/1.5 system-ui,sans-serif;max-width:32rem;margin:15vh auto;padding:0 1rem}}
button{{font:inherit;padding:.6rem 1.2rem}}</style></head>
<body><main><h1>{title}</h1>{content}</main></body></html>
"""
_BUTTON = """<p>You will no longer get messages of this kind.</p>
<form method="post"><input type="hidden" name="List-Unsubscribe" value="One-Click">
<button type="submit">Unsubscribe</button></form>"""

_CONFIRM = """<p>You will get messages of the kind that you asked for.</p>
<form method="post"><button type="submit">Yes, I want them</button></form>"""
# What a click on a confirmation link came to, as its page says it.
_ANSWERED = {
    "confirmed": ("Confirmed", "You will get what you asked for. You can end it at any time."),
    "late": ("This link is too old", "Nothing was changed. Please ask for it once more."),
    "overtaken": (
        "You have unsubscribed since",
        "Nothing was changed. If you want these messages after all, please ask for them again.",
    ),
}


def pixel() -> Response[Any]:
    """Give the invisible picture, never from a cache."""
    return Response(status_code=200, content_type="image/gif", body=PIXEL, headers=NO_STORE)


def unsubscribe() -> Response[Any]:
    """Ask before unsubscribing."""
    return _page("Unsubscribe?", _BUTTON)


def unsubscribed() -> Response[Any]:
    """Say that it is done."""
    return _page("You are unsubscribed", "<p>You need to do nothing more.</p>")


def thanks() -> Response[Any]:
    """Thank for a form."""
    return _page("Thank you", "<p>We have received what you sent.</p>")


def confirm() -> Response[Any]:
    """Ask before a consent is confirmed."""
    return _page("Please confirm", _CONFIRM)


def answered(outcome: str) -> Response[Any]:
    """Say what a click on a confirmation link came to."""
    title, text = _ANSWERED[outcome]
    return _page(title, f"<p>{text}</p>")


def plain(text: str) -> Response[Any]:
    """Say a text that is no page."""
    return Response(
        status_code=200, content_type="text/plain; charset=utf-8", body=text, headers=_SECURITY
    )


def twiml() -> Response[Any]:
    """Tell a telephone service to do nothing."""
    return Response(status_code=200, content_type="text/xml", body="<Response/>", headers=NO_STORE)


def _page(title: str, content: str) -> Response[Any]:
    html = _FRAME.format(title=title, content=content)
    return Response(
        status_code=200, content_type="text/html; charset=utf-8", body=html, headers=_SECURITY
    )
