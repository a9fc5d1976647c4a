"""The few pages that recipients see; all but the preference centre hold nothing about anybody."""

import base64
from collections.abc import Sequence
from html import escape
from typing import Any

from aws_lambda_powertools.event_handler.api_gateway import Response

from functions.ingest.wording.words import Words
from signet.domain.receipt import Outcome
from signet.errors import FieldError

PIXEL = base64.b64decode("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7")
NO_STORE = {"cache-control": "no-store"}
_SECURITY = {
    **NO_STORE,
    "content-security-policy": (
        "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; "
        "base-uri 'none'; frame-ancestors 'none'"
    ),
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "x-robots-tag": "noindex",
}
_STYLE = """
:root{color-scheme:light}
body{font:1.1rem/1.5 system-ui,sans-serif;color:#1b1b1f;background:#fff;max-width:36rem;
margin:5vh auto;padding:0 1rem;overflow-wrap:anywhere}
h1{font-size:1.6rem;line-height:1.25}
fieldset,section{border:1px solid #767680;border-radius:.5rem;margin:1.2rem 0;padding:.6rem 1rem}
legend,h2{font-size:1.1rem;font-weight:600;margin:.2rem 0}
legend{padding:0 .3rem}
p{margin:.4rem 0}
label{display:flex;gap:.7rem;align-items:center;min-height:2.4rem}
input{width:1.25rem;height:1.25rem;flex:none;margin:0;accent-color:#0b4fb3}
button{font:inherit;min-height:2.75rem;padding:.5rem 1.2rem;border-radius:.4rem;
border:2px solid #0b4fb3;background:#fff;color:#0b4fb3;cursor:pointer}
button.main{background:#0b4fb3;color:#fff}
a{color:#0b4fb3}
:focus-visible{outline:3px solid #b3261e;outline-offset:3px}
.note{border-left:.4rem solid #1b6e3c;padding:.4rem .8rem;background:#eef6f0}
"""
_FRAME = """<!doctype html>
<html lang="{language}"><head><meta charset="utf-8"><title>{title}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>{style}</style></head>
<body><main><h1>{title}</h1>{content}</main></body></html>
"""
_BUTTON = """<p>{text}</p>
<form method="post"><input type="hidden" name="List-Unsubscribe" value="One-Click">
<button class="main" type="submit">{button}</button></form>"""
_CONFIRM = """<p>{text}</p>
<form method="post"><input type="hidden" name="confirm" value="yes">
<button class="main" type="submit">{button}</button></form>"""


def pixel() -> Response[Any]:
    """Give the invisible picture, never from a cache."""
    return Response(status_code=200, content_type="image/gif", body=PIXEL, headers=NO_STORE)


def unsubscribe(words: Words, *, choose: str) -> Response[Any]:
    """Ask before unsubscribing, and show the way to the preference centre."""
    button = _BUTTON.format(
        text=escape(words.unsubscribe_text), button=escape(words.unsubscribe_button)
    )
    return page(words, words.unsubscribe_title, button + _way(words, choose))


def unsubscribed(words: Words, *, choose: str) -> Response[Any]:
    """Say that it is done."""
    done = f'<p role="status">{escape(words.unsubscribed_text)}</p>'
    return page(words, words.unsubscribed_title, done + _way(words, choose))


def thanks(words: Words) -> Response[Any]:
    """Thank for a form."""
    return page(words, words.thanks_title, f"<p>{escape(words.thanks_text)}</p>")


def refused(
    words: Words, faults: Sequence[FieldError], *, status: int = 400, back: str = ""
) -> Response[Any]:
    """
    Name the fields of a form that could not be taken.

    What is wrong with them is told in English, as callers of the API hear it.
    """
    lines = "".join(
        f"<li><strong>{escape(fault.field)}</strong>: "
        f'<span lang="en">{escape(fault.message)}</span></li>'
        for fault in faults
    )
    way = f'<p><a href="{escape(back)}">{escape(words.refused_back)}</a></p>' if back else ""
    content = f'<p role="alert">{escape(words.refused_text)}</p><ul>{lines}</ul>{way}'
    return page(words, words.refused_title, content, status=status)


def confirm(words: Words) -> Response[Any]:
    """Ask before a consent is confirmed."""
    form = _CONFIRM.format(text=escape(words.confirm_text), button=escape(words.confirm_button))
    return page(words, words.confirm_title, form)


def answered(words: Words, outcome: Outcome) -> Response[Any]:
    """Say what a click on a confirmation link came to."""
    title, text = {
        "confirmed": (words.confirmed_title, words.confirmed_text),
        "late": (words.late_title, words.late_text),
        "overtaken": (words.overtaken_title, words.overtaken_text),
    }[outcome]
    return page(words, title, f'<p role="status">{escape(text)}</p>')


def plain(text: str) -> Response[Any]:
    """Say a text that is no page."""
    return Response(
        status_code=200, content_type="text/plain; charset=utf-8", body=text, headers=_SECURITY
    )


def twiml() -> Response[Any]:
    """Tell a telephone service to do nothing."""
    return Response(status_code=200, content_type="text/xml", body="<Response/>", headers=NO_STORE)


def page(words: Words, title: str, content: str, *, status: int = 200) -> Response[Any]:
    """Make a page of a title, and of content that is HTML already."""
    html = _FRAME.format(
        language=words.language, title=escape(title), style=_STYLE, content=content
    )
    return Response(
        status_code=status, content_type="text/html; charset=utf-8", body=html, headers=_SECURITY
    )


def _way(words: Words, choose: str) -> str:
    return f'<p><a href="{escape(choose)}">{escape(words.choose_link)}</a></p>'
