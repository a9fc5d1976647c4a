"""What a validation found, in words of JSON rather than of Python."""

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from signet.errors import FieldError

_LIST = "must be a list"
_OBJECT = "must be an object"
_TRUTH = "must be true or false"
_WHOLE = "must be a whole number"
_TIME = "must be a time in RFC 3339"
_WORDS = {
    "tuple_type": _LIST,
    "list_type": _LIST,
    "set_type": _LIST,
    "frozen_set_type": _LIST,
    "model_type": _OBJECT,
    "model_attributes_type": _OBJECT,
    "dict_type": _OBJECT,
    "mapping_type": _OBJECT,
    "string_type": "must be a text",
    "bool_type": _TRUTH,
    "bool_parsing": _TRUTH,
    "int_type": _WHOLE,
    "int_parsing": _WHOLE,
    "int_from_float": _WHOLE,
    "float_type": "must be a number",
    "float_parsing": "must be a number",
    "datetime_type": _TIME,
    "datetime_parsing": _TIME,
    "datetime_from_date_parsing": _TIME,
    "datetime_object_invalid": _TIME,
    "timezone_aware": f"{_TIME}, with its offset from UTC",
    "time_delta_type": "must be an ISO 8601 duration, such as P7D or PT12H",
    "time_delta_parsing": "must be an ISO 8601 duration, such as P7D or PT12H",
    "missing": "must be there",
    "too_long": "must not have more entries than {max_length}",
    "too_short": "must not have fewer entries than {min_length}",
}


# Fields that are of one of several kinds; a fault in one names the kind behind the field.
_UNIONS = frozenset({"signature"})


def faults(error: ValidationError) -> tuple[FieldError, ...]:
    """Name every field that a validation complains about, and what is wrong with it."""
    found = error.errors(include_url=False, include_input=False)
    return tuple(
        FieldError(
            _place(fault["loc"]),
            _message(fault["type"], fault["msg"], fault.get("ctx", {})),
        )
        for fault in found
    )


def _place(parts: tuple[int | str, ...]) -> str:
    """Name a field as the caller wrote it; which kind of a union it is, is no part of its name."""
    shown = [
        str(part)
        for before, part in zip(("", *parts), parts, strict=False)
        if before not in _UNIONS
    ]
    return ".".join(shown) or "body"


def _message(kind: str, message: str, context: Mapping[str, Any]) -> str:
    if kind in _WORDS:
        return _WORDS[kind].format(**context)
    return message.removeprefix("Value error, ")
