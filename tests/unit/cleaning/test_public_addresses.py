"""
The addresses of two public sets, each with one agreed verdict (bad input 15).

The verdict follows from the category that its authors give an address, unless one of our rules
says otherwise; each rule has its reason beside it, and none is without an address.
"""

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import idna
import pytest

from signet.cleaning.email import judged
from tests.unit.cleaning.test_email_verdicts import verdict

Shelf = Callable[[str], Path]
TAKEN, NOT_TAKEN = frozenset({"good", "utf8"}), frozenset({"refused", "odd"})
# Which verdicts agree with a category. Whether a domain has records nobody is asked (DNSWARN);
# what is right by the older grammar only, or by that of headers, is no single bare address.
AGREED = {
    "ISEMAIL_VALID_CATEGORY": TAKEN,
    "ISEMAIL_DNSWARN": TAKEN,
    "ISEMAIL_RFC5321": TAKEN,
    "ISEMAIL_CFWS": frozenset({"refused"}),
    "ISEMAIL_DEPREC": frozenset({"refused"}),
    "ISEMAIL_RFC5322": NOT_TAKEN,
    "ISEMAIL_ERR": NOT_TAKEN,
    "flanker valid": TAKEN,
    "flanker invalid": NOT_TAKEN,
    # Its authors leave these aside: literals, comments and local parts of the older grammar.
    "flanker aside": frozenset({"refused"}),
}


def _domain(address: str) -> str:
    return address.rpartition("@")[2]


def _is_no_punycode(address: str) -> bool:
    label = next((one for one in _domain(address).split(".") if one.startswith("xn--")), "")
    try:
        return bool(label) and not idna.decode(label)
    except idna.IDNAError:
        return True


@dataclass(frozen=True)
class Rule:
    """Where we say otherwise than the authors: which addresses, what, and why."""

    applies: Callable[[str], object]
    verdict: str
    reason: str


# The first that applies decides.
RULES = {
    "display name": Rule(
        re.compile(r"<.*>$").search, "refused", "one field takes one bare address"
    ),
    "quoted local part": Rule(
        re.compile(r'^"').search, "refused", "could look like another address, or like a list"
    ),
    "comment": Rule(
        re.compile(r"[()]").search, "refused", "readers differ in what they take for the address"
    ),
    "encoded word": Rule(
        re.compile(r"=\?").search, "refused", "could become a header's line when it is decoded"
    ),
    "literal": Rule(
        re.compile(r"@\[").search, "refused", "a number is no domain, and no provider sends to it"
    ),
    "one label": Rule(
        lambda address: "." not in _domain(address), "odd", "reaches nobody outside a house"
    ),
    "last label ends in a digit": Rule(
        re.compile(r"@.*\.[^.]*[0-9]$").search, "odd", "a number with dots, and no domain"
    ),
    "punycode of no word": Rule(_is_no_punycode, "odd", "nobody can register it"),
}  # fmt: skip
# How many addresses of each category get which verdict.
COUNTS: dict[str, dict[str, int]] = {
    "ISEMAIL_VALID_CATEGORY": {"good": 12, "refused": 1},
    "ISEMAIL_DNSWARN": {"good": 8},
    "ISEMAIL_RFC5321": {"refused": 13, "odd": 4},
    "ISEMAIL_CFWS": {"refused": 10},
    "ISEMAIL_DEPREC": {"refused": 20},
    "ISEMAIL_RFC5322": {"refused": 25, "odd": 5},
    "ISEMAIL_ERR": {"refused": 63, "odd": 3},
    "flanker valid": {"good": 132, "utf8": 6, "refused": 97, "odd": 13},
    "flanker invalid": {"refused": 142, "odd": 6},
    "flanker aside": {"refused": 84},
}


@pytest.fixture(scope="module")
def addresses(corpora: Shelf) -> list[tuple[str, str]]:
    """Give every address of both sets with its category."""
    return [*_isemail(corpora("isemail")), *_flanker(corpora("flanker"))]


def _isemail(folder: Path) -> list[tuple[str, str]]:
    told: list[list[str]] = json.loads((folder / "tests.json").read_text("utf-8"))
    return [(address, category) for address, category, _ in told]


def _flanker(folder: Path) -> Iterator[tuple[str, str]]:
    for name, ending in (("mailbox", ""), ("abridged_localpart", "@example.org")):
        for kind in ("valid", "invalid"):
            lines = (folder / f"{name}_{kind}.txt").read_text("utf-8").splitlines()
            yield from _of_lines(lines, f"flanker {kind}", ending)


def _of_lines(lines: list[str], category: str, ending: str) -> Iterator[tuple[str, str]]:
    # A remark stands behind many blanks.
    for plain in (re.sub(r"\s{2,}# .*", "", line) for line in lines):
        if plain.startswith("#") and "@" in plain:
            yield plain.lstrip("# "), "flanker aside"
        elif plain.strip() and not plain.startswith(("#", " ")):
            yield plain + ending, category


def _rule(address: str) -> str:
    return next((name for name, rule in RULES.items() if rule.applies(address)), "")


def test_each_address_has_the_agreed_verdict(addresses: list[tuple[str, str]]) -> None:
    """What is valid is taken unless a rule says why not, and what is not valid never is."""
    for address, category in addresses:
        rule = RULES.get(_rule(address)) if AGREED[category] == TAKEN else None
        agreed = {rule.verdict} if rule else AGREED[category]
        assert verdict(address) in agreed, (address, category)


def test_verdicts_are_counted(
    addresses: list[tuple[str, str]], show: Callable[[str], None]
) -> None:
    """Whoever changes the judge sees how many addresses of which kind are judged anew."""
    found: dict[str, Counter[str]] = {category: Counter() for category in AGREED}
    for address, category in addresses:
        found[category][verdict(address)] += 1
    for category, count in found.items():
        show(f"addresses of {category}: {dict(count)}")

    assert {category: dict(count) for category, count in found.items()} == COUNTS
    assert 164 == sum(sum(n.values()) for name, n in COUNTS.items() if name.startswith("ISEMAIL"))


@pytest.mark.parametrize("name", RULES)
def test_each_rule_is_needed(name: str, addresses: list[tuple[str, str]]) -> None:
    """A rule without an address that is otherwise valid would hide a mistake."""
    mine = [
        address
        for address, category in addresses
        if AGREED[category] == TAKEN and _rule(address) == name
    ]

    assert mine
    assert {RULES[name].verdict} == {verdict(address) for address in mine}


def test_what_is_taken_is_what_every_set_takes(addresses: list[tuple[str, str]]) -> None:
    """No address is good that an author calls invalid, even in the other set."""
    taken = {address for address, _ in addresses if verdict(address) in TAKEN}
    invalid = {address for address, category in addresses if AGREED[category] == NOT_TAKEN}

    assert taken
    assert set() == taken & invalid


def test_letters_beyond_ascii_are_flagged(addresses: list[tuple[str, str]]) -> None:
    """Whoever sends learns which addresses want a server that takes other letters before the @."""
    other = {
        address
        for address, category in addresses
        if AGREED[category] == TAKEN and not address.rpartition("@")[0].isascii()
    }

    assert other == {address for address, _ in addresses if verdict(address) == "utf8"}
    assert all(judged(address).smtputf8 for address in other)
