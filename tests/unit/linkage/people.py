"""People for the tests of linkage, as records and as strategies."""

from hypothesis import strategies as st

from signet.linkage.records import Record, record

ADA = {
    "first_name": "Ada",
    "last_name": "Lovelace",
    "dob": "1985-03-14",
    "email": "ada@example.org",
    "street": "Dorset Street",
    "house_number": 12,
    "city": "London",
    "postcode": "W1U 6QP",
}


def ada(ident: str = "p1", /, **changes: object) -> Record:
    """Give Ada's record with some of it changed; None takes a trait away."""
    traits = {**ADA, **changes}
    return record(ident, {name: value for name, value in traits.items() if value is not None})


def _slipped(words: list[str]) -> st.SearchStrategy[str]:
    """Draw one of some words, perhaps with a slip of the finger in it."""
    slips = st.tuples(st.sampled_from(words), st.integers(0, 9), st.sampled_from(["", "x", "aa"]))
    return slips.map(lambda s: s[0][: s[1]] + s[2] + s[0][s[1] + len(s[2]) :])


_WORDS = {
    "first_name": ["Ada", "Augusta", "Noah", "Anna-Maria", "Зоя"],
    "last_name": ["Lovelace", "Byron", "di Chiera", "Noah", "李"],
    "dob": ["1985-03-14", "1985-14-03", "14/03/1985", "19080230", "never"],
    "email": ["ada@example.org", "a.lovelace@example.org", "family@example.org"],
    "phone": ["+44 20 7946 0018", "020 7946 0018", "1"],
    "street": ["Dorset Street", "St James's Square"],
    "house_number": ["12", "12a"],
    "postcode": ["W1U 6QP", "SW1Y 4LB"],
    "soc_sec_id": ["7364009", "7364099", "4007369"],
}
TRAITS = st.fixed_dictionaries({}, optional={name: _slipped(ws) for name, ws in _WORDS.items()})


def records(most: int) -> st.SearchStrategy[dict[str, Record]]:
    """Draw some records that have much to do with one another."""
    drawn = st.lists(TRAITS, min_size=2, max_size=most)
    return drawn.map(lambda many: {f"p{n}": record(f"p{n}", one) for n, one in enumerate(many)})
