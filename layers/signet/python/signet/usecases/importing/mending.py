"""Text that was decoded wrongly on its way into a file, mended where that is beyond doubt."""

from typing import Any


def mended(value: Any) -> Any:
    """Mend every text of a JSON value; keys stay as they are."""
    if isinstance(value, str):
        return value if value.isascii() else _mended(value)
    if isinstance(value, dict):
        return {name: mended(part) for name, part in value.items()}
    return [mended(part) for part in value] if isinstance(value, list) else value


def _mended(text: str) -> str:
    """
    Mend a text that was UTF-8 and was read as something else, from its first to its last byte.

    What is odd only in places may well be meant so, and stays.
    """
    import ftfy  # noqa: PLC0415 - a tenth of a second that most starts do not need

    config = ftfy.TextFixerConfig(
        decode_inconsistent_utf8=False,
        fix_c1_controls=False,
        replace_lossy_sequences=False,
        restore_byte_a0=True,
    )
    found = ftfy.fix_encoding_and_explain(text, config)
    whole = any(step == ("decode", "utf-8") for step in found.explanation or [])
    return found.text if whole else text
