"""What linkage compares: the fields of a person, and the names that traits have for them."""

import re
import unicodedata
from collections.abc import Mapping
from functools import cache
from typing import Literal

Field = Literal[
    "given_name",
    "family_name",
    "birth_date",
    "national_id",
    "email",
    "phone",
    "street",
    "house_number",
    "city",
    "postcode",
    "state",
    "company",
]

# Names of traits by what they hold, best known first; compared without case and punctuation.
SYNONYMS: Mapping[Field, tuple[str, ...]] = {
    "given_name": ("given_name", "first_name", "forename", "fname"),
    "family_name": ("family_name", "last_name", "surname", "lname"),
    "birth_date": ("birth_date", "date_of_birth", "dob", "birthday", "birthdate", "born"),
    "national_id": ("national_id", "soc_sec_id", "ssn", "social_security_number", "tax_id"),
    "email": ("email", "email_address", "mail"),
    "phone": ("phone", "phone_number", "mobile", "telephone"),
    "street": ("street", "address_1", "address_line_1", "street_address", "address_2",
               "address_line_2"),
    "house_number": ("house_number", "street_number", "building_number"),
    "city": ("city", "suburb", "town", "locality"),
    "postcode": ("postcode", "postal_code", "zip", "zip_code", "post_code"),
    "state": ("state", "region", "province"),
    "company": ("company", "organisation", "organization", "employer"),
}  # fmt: skip
FULL_NAMES = ("full_name", "name")
LONGEST = 128
_LETTERS = re.compile(r"[\W_]+")


def linking(name: str) -> bool:
    """Tell whether a trait of this name takes part in linkage."""
    return plain(name) in _linking_names()


def plain(text: str) -> str:
    """Write letters and digits without case, accents, spaces and punctuation."""
    if text.isascii():
        return _LETTERS.sub("", text[:LONGEST].lower())
    folded = unicodedata.normalize("NFKD", text[:LONGEST]).casefold()
    bare = "".join(letter for letter in folded if not unicodedata.combining(letter))
    return _LETTERS.sub("", bare)


@cache
def _linking_names() -> frozenset[str]:
    every = [*FULL_NAMES, *(name for names in SYNONYMS.values() for name in names)]
    return frozenset(plain(name) for name in every)
