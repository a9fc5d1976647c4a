"""Header text: what may stand in it, and how it is written on the wire (RFC 2047, RFC 5322)."""

import base64
import re

# C0, DEL, C1, the line and paragraph separators, and half a character.
CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
ENCODED_WORD = re.compile(r"=\?")
PLAIN = re.compile(r"[!-~]+(?: [!-~]+)*")
WORD = 70
LINE = 76
PAYLOAD_BYTES = 42


def header_refusal(text: str) -> str | None:
    """Say why a text may not stand in a header, or give None where it may."""
    if CONTROL.search(text):
        return "contains a line end or another control character"
    if ENCODED_WORD.search(text):
        return "contains an encoded word (=?)"
    return None


def unstructured(name: str, text: str) -> bytes:
    """Write a header of free text, folded, in encoded words where ASCII does not do."""
    plain = PLAIN.fullmatch(text) and max(map(len, text.split(" "))) <= WORD
    words = text.split(" ") if plain else encoded_words(text)
    return folded(name, words)


def folded(name: str, words: list[str]) -> bytes:
    """Write a header and break it between words, so that lines stay short."""
    lines, line = [], f"{name}:"
    for word in words:
        if len(line) + 1 + len(word) > LINE and not line.endswith(":"):
            lines.append(line)
            line = ""
        line += " " + word
    return "\r\n".join([*lines, line]).encode("ascii") + b"\r\n"


def encoded_words(text: str) -> list[str]:
    """Write a text as encoded words, none of which splits a character."""
    words, chunk = [], b""
    for character in text:
        raw = character.encode()
        if len(chunk) + len(raw) > PAYLOAD_BYTES:
            words.append(chunk)
            chunk = b""
        chunk += raw
    words.append(chunk)
    return [f"=?utf-8?b?{base64.b64encode(word).decode()}?=" for word in words if word]
