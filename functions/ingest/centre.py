"""The preference centre as a page: a plain form, which needs neither script nor pointer."""

from collections.abc import Iterator
from html import escape
from itertools import groupby
from typing import Any

from aws_lambda_powertools.event_handler.api_gateway import Response

from functions.ingest import pages
from functions.ingest.wording.words import Words
from signet.domain.choices import FREQUENCIES, frequency
from signet.domain.policy import Topic
from signet.usecases.choosing import Box, Choices

_FALLBACK = "en"


def shown(choices: Choices, words: Words, *, saved: bool = False) -> Response[Any]:
    """Show what holds now, and let it be changed; `saved` tells that it was changed just now."""
    parts = [f'<p class="note" role="status">{escape(words.saved)}</p>' if saved else ""]
    if choices.known:
        parts.append(f"<p>{escape(words.intro)}</p>")
    if choices.unshared:
        parts.append(f'<p class="note">{escape(words.unshared)}</p>')
    parts.append(_form(choices, words))
    return pages.page(words, words.title, "".join(parts))


def _form(choices: Choices, words: Words) -> str:
    parts = []
    if choices.known:
        parts = [
            *_topics(choices, words),
            _often(choices, words),
            _button(words.save_button, "save"),
        ]
        parts.append(_pause(choices, words))
    none = f"<p>{escape(words.none_text)}</p>{_button(words.none_button, 'none', plain=True)}"
    parts.append(f"<section><h2>{escape(words.none)}</h2>{none}</section>")
    return f'<form method="post">{"".join(parts)}</form>'


def _topics(choices: Choices, words: Words) -> Iterator[str]:
    for number, (topic, boxes) in enumerate(groupby(choices.boxes, key=lambda box: box.topic)):
        own = list(boxes)
        offered = own[0].offered or Topic(topic=topic)
        name = _told(offered.names, words) or escape(topic)
        about = _told(offered.descriptions, words)
        described = f' aria-describedby="about-{number}"' if about else ""
        text = f'<p id="about-{number}">{about}</p>' if about else ""
        inputs = "".join(_box(box, words) for box in own)
        yield f"<fieldset{described}><legend>{name}</legend>{text}{inputs}</fieldset>"


def _box(box: Box, words: Words) -> str:
    place = escape(box.place)
    name = escape(words.channels.get(box.channel, box.channel))
    checked = " checked" if box.on else ""
    return (
        f'<input type="hidden" name="shown" value="{place}">'
        f'<label><input type="checkbox" name="on" value="{place}"{checked}> {name}</label>'
    )


def _often(choices: Choices, words: Words) -> str:
    chosen = frequency(choices.settings)
    inputs = "".join(
        f'<label><input type="radio" name="frequency" value="{name}"'
        f"{' checked' if name == chosen else ''}> {escape(words.frequencies[name])}</label>"
        for name in FREQUENCIES
    )
    return f"<fieldset><legend>{escape(words.often)}</legend>{inputs}</fieldset>"


def _pause(choices: Choices, words: Words) -> str:
    until = choices.paused_until
    if until is None:
        text, button = words.pause_text, _button(words.pause_button, "pause", plain=True)
    else:
        text = words.paused.format(date=words.date(until))
        button = _button(words.resume_button, "resume", plain=True)
    return f"<section><h2>{escape(words.pause)}</h2><p>{escape(text)}</p>{button}</section>"


def _button(text: str, does: str, *, plain: bool = False) -> str:
    kind = "" if plain else ' class="main"'
    return f'<p><button{kind} type="submit" name="do" value="{does}">{escape(text)}</button></p>'


def _told(texts: dict[str, str], words: Words) -> str:
    """Give a text in the reader's language, else in one that is there, which is then named."""
    for language in (words.language, *(tag for tag in texts if _is(tag, words.language))):
        if language in texts:
            return escape(texts[language])
    if not texts:
        return ""
    language = _FALLBACK if _FALLBACK in texts else next(iter(texts))
    return f'<span lang="{escape(language)}">{escape(texts[language])}</span>'


def _is(tag: str, language: str) -> bool:
    return tag.partition("-")[0] == language
