"""Whether two records are one person: a score, a probability, reasons in words, and a zone."""

from collections.abc import Mapping
from dataclasses import dataclass

from signet.domain.duplicate import Reason, Zone
from signet.linkage.fields import Field
from signet.linkage.levels import Level, levels
from signet.linkage.records import Record
from signet.linkage.weights import WEIGHTS, chance, total

# Below the first nobody needs to look; from the second on the rule may decide.
REVIEW, MERGE = 0.95, 0.9999
_PERSONAL: tuple[Field, ...] = ("given_name", "birth_date", "national_id")
_AGREE: frozenset[Level] = frozenset({"same", "near", "slip", "swapped"})


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a comparison came to; `against` names what forbids a merge by rule."""

    zone: Zone
    score: float
    probability: float
    levels: Mapping[Field, Level]
    against: tuple[str, ...] = ()

    @property
    def reasons(self) -> tuple[Reason, ...]:
        """What each field says; most pairs are apart, and nobody asks why."""
        found = self.levels
        return tuple(_reason(field, found[field]) for field in WEIGHTS if field in found)


def judge(one: Record, other: Record) -> Verdict:
    """
    Compare two records and say whether they are one person.

    A merge by rule needs more than a high score: what a household shares never outweighs that two
    people have different given names, birth dates or national ids. Only an equal national id
    stands against one of the other two.
    """
    found = levels(one, other)
    score = total(found)
    probability = chance(score)
    against = _against(found)
    return Verdict(
        zone=_zone(probability, against),
        score=round(score, 3),
        probability=round(probability, 6),
        levels=found,
        against=against,
    )


def _zone(probability: float, against: tuple[str, ...]) -> Zone:
    if probability < REVIEW:
        return "apart"
    return "review" if against or probability < MERGE else "merge"


def _against(found: Mapping[Field, Level]) -> tuple[str, ...]:
    """Name what forbids a merge without a person's look."""
    doubted = [
        f"{_shown(field)}: {_words(field, found[field])}"
        for field in _PERSONAL
        if field in found and found[field] not in _AGREE
    ]
    agreed = {field for field in _PERSONAL if found.get(field) in _AGREE}
    if found.get("national_id") == "same" and len(agreed) > 1:
        return ()
    if doubted or agreed & {"birth_date", "national_id"} or _one_name_at_one_place(found):
        return tuple(doubted)
    return ("neither birth date nor national id agree",)


def _one_name_at_one_place(found: Mapping[Field, Level]) -> bool:
    """Tell whether the full name is the same to the letter, and so is where it is reached."""
    same = {field for field, level in found.items() if level == "same"}
    if not {"given_name", "family_name"} <= same:
        return False
    door = {"street", "house_number"} <= same and bool({"city", "postcode"} & same)
    return door or bool({"email", "phone"} & same)


def _reason(field: Field, level: Level) -> Reason:
    weight = round(WEIGHTS[field][level], 2)
    words = f"{_shown(field)}: {_words(field, level)}"
    return Reason(field=field, level=level, weight=weight, words=words)


def _shown(field: Field) -> str:
    return field.replace("_", " ")


def _words(field: Field, level: Level) -> str:
    if level == "swapped":
        swapped = "day and month" if field == "birth_date" else "given and family name"
        return f"{swapped} in each other's place"
    return _WORDS[level]


_WORDS: Mapping[Level, str] = {
    "same": "the same",
    "near": "nearly the same",
    "alike": "alike, but perhaps two names",
    "slip": "the same but for one letter or digit",
    "different": "different",
}
