"""Text that went through the wrong decoder, put right for imports."""

from typing import NamedTuple


class Repaired(NamedTuple):
    """A text, and whether it is another than the one that came."""

    text: str
    changed: bool


def repaired(text: str) -> Repaired:
    """
    Undo mojibake: `cafÃ©` was `café`. For files that are imported, and nowhere else.

    Only the encoding is touched, not quotes, widths, line ends or control characters, and only
    where the whole text went through the wrong decoder and nothing was lost on the way: a text
    of which only some letters look wrong is more often right. Plain ASCII is given back as it is.
    """
    if text.isascii():
        return Repaired(text, changed=False)
    import ftfy  # noqa: PLC0415 - 50 ms, for imports only

    settings = ftfy.TextFixerConfig(
        replace_lossy_sequences=False, decode_inconsistent_utf8=False, fix_c1_controls=False
    )
    found = ftfy.fix_encoding(text, settings)
    return Repaired(found, changed=found != text)
