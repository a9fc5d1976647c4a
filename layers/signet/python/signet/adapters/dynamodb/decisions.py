"""
The decision record inside a message's row: every rule that was asked, in a few dozen bytes.

Ten rules with their inputs are half a kilobyte of text that is nearly the same in every row, so
they are deflated against that text. The first byte names the text: one that rows were written
with never changes, a better one gets another number.
"""

import json
import zlib
from datetime import datetime
from functools import lru_cache
from typing import Any

from signet.domain.message import Rule

_FIRST = b"\x01"
_WORDS = (
    b'[["address","refuse","no_address"],["gate","pass","gate is shut"],'
    b'["campaign","refuse","campaign_paused"],["campaign","refuse","campaign_cancelled"],'
    b'["suppression","refuse","suppressed:hard_bounce","",{"scope":"address","mailbox":"topic"}],'
    b'["consent","refuse","no_consent"],["consent","refuse","consent_withdrawn"],'
    b'["consent","refuse","consent_expired"],["consent","refuse","consent_pending"],'
    b'["consent","pass","service message"],["sharing","pass",""],["pause","refuse","paused"],'
    b'["postal_address","refuse","no_postal_address"],["holdout","refuse","holdout"],'
    b'["hours","refuse","outside_send_window"],["hours","refuse","no_window_before_not_after"],'
    b'["hours","refuse","zone_unknown"],["hours","refuse","quiet_hours","1",{"zones":"8"}],'
    b'["sunset","refuse","sunset","1",{"messages":"20","since":"2026-"}],'
    b'["cap","refuse","capped:1 within P7D","1",{"of":"all"}],["gate","pass",""],'
    b'["campaign","pass",""],["suppression","pass",""],["consent","pass","granted at 2026-12-01T'
    b'00:00:00+00:00"],["basis","pass","","2026-11",{"country":"US","law":"eu","basis":"consent"}],'
    b'["postal_address","pass","","2026-11",{"country":"DE","law":"eu"}],'
    b'["holdout","pass","","1",{"percent":"5","place":"50.00"}],'
    b'["hours","pass","","1",{"zone":"America/Europe/Berlin","local":"2026-12-01T09:00+01:00",'
    b'"zones":"2"},"2026-12-01T20:00:00+00:00"],["sunset","pass","","1"],'
    b'["cap","pass","","1",{"caps":"1/P7D 3/P30D"}]]'
)
# The parts of a decision that are always written: rule, verdict, reason.
_FEWEST = 3
# The version, inputs and end of a decision that says nothing of them.
_UNWRITTEN: tuple[Any, ...] = ("", {}, "")
# What a deflated text may become at most; nobody asks so many rules.
_LARGEST_BYTES = 65_536


def packed(rules: tuple[Rule, ...]) -> bytes:
    """Write rules as one value."""
    text = json.dumps([_short(rule) for rule in rules], separators=(",", ":"), ensure_ascii=False)
    deflate = zlib.compressobj(9, wbits=-zlib.MAX_WBITS, zdict=_WORDS)
    return _FIRST + deflate.compress(text.encode()) + deflate.flush()


def unpacked(written: bytes | list[Any]) -> tuple[Rule, ...]:
    """
    Read rules; rows of older versions have them as lists.

    Raises:
        ValueError: They are none that this version knows.
    """
    if isinstance(written, list):
        return tuple(_rule(one) for one in written)
    return _inflated(bytes(written))


# A row is read several times on its way, and many rows have the same record.
@lru_cache(maxsize=1024)
def _inflated(written: bytes) -> tuple[Rule, ...]:
    if written[:1] != _FIRST:
        raise ValueError("decisions of another version")
    inflate = zlib.decompressobj(wbits=-zlib.MAX_WBITS, zdict=_WORDS)
    try:
        text = inflate.decompress(written[1:], _LARGEST_BYTES)
    except zlib.error as error:
        raise ValueError("decisions that cannot be read") from error
    return tuple(_rule(one) for one in json.loads(text))


def _short(rule: Rule) -> list[Any]:
    """Write a rule as a short list, which ends with the last part that says something."""
    until = rule.until.isoformat() if rule.until is not None else ""
    parts: list[Any] = [rule.rule, rule.verdict, rule.reason, rule.version, rule.inputs, until]
    while len(parts) > _FEWEST and not parts[-1]:
        parts.pop()
    return parts


def _rule(written: list[Any]) -> Rule:
    rule, verdict, reason, *more = written
    version, inputs, until = (*more, *_UNWRITTEN[len(more) :])
    return Rule(
        rule=rule,
        verdict=verdict,
        reason=reason,
        version=version,
        inputs=inputs,
        until=datetime.fromisoformat(until) if until else None,
    )
