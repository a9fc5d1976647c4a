"""
What each level of agreement weighs, in bits.

After I. P. Fellegi and A. B. Sunter, A Theory for Record Linkage, Journal of the American
Statistical Association 64 (1969), 1183-1210: with `m` the chance that a level is seen between two
records of one person, and `u` that it is seen between two people, the level weighs log2(m / u).
The weights of fields that are independent of one another add up.
"""

from collections.abc import Mapping
from math import exp2, log2

from signet.linkage.fields import Field
from signet.linkage.levels import Level

Chances = tuple[float, float]

# The chances (m, u). They are judgement, not estimates from anybody's data: m says how often such
# a field is mistyped or changes, u how many values the field has among ordinary customers.
CHANCES: Mapping[Field, Mapping[Level, Chances]] = {
    "given_name": {
        "same": (0.80, 0.01), "near": (0.08, 0.003), "alike": (0.04, 0.02),
        "swapped": (0.03, 0.001), "different": (0.05, 0.966),
    },
    "family_name": {
        "same": (0.80, 0.004), "near": (0.08, 0.002), "alike": (0.03, 0.015),
        "swapped": (0.03, 0.001), "different": (0.06, 0.978),
    },
    "birth_date": {
        "same": (0.86, 0.0001), "swapped": (0.02, 0.0003), "slip": (0.05, 0.004),
        "different": (0.07, 0.9956),
    },
    "national_id": {
        "same": (0.90, 0.000001), "slip": (0.06, 0.0001), "different": (0.04, 0.9999),
    },
    "email": {"same": (0.70, 0.00001), "near": (0.08, 0.001), "different": (0.22, 0.999)},
    "phone": {"same": (0.65, 0.00002), "slip": (0.05, 0.0002), "different": (0.30, 0.9998)},
    "street": {"same": (0.65, 0.002), "near": (0.15, 0.002), "different": (0.20, 0.996)},
    "house_number": {"same": (0.78, 0.02), "different": (0.22, 0.98)},
    "city": {"same": (0.75, 0.03), "near": (0.10, 0.005), "different": (0.15, 0.965)},
    "postcode": {"same": (0.75, 0.005), "slip": (0.10, 0.01), "different": (0.15, 0.985)},
    "state": {"same": (0.93, 0.25), "different": (0.07, 0.75)},
    "company": {"same": (0.50, 0.005), "near": (0.10, 0.003), "different": (0.40, 0.992)},
}  # fmt: skip

# What a household, or two colleagues, share. These fields depend on one another, and all of them
# together say that two records live together, not that they are one person: hence the bounds.
SHARED: frozenset[Field] = frozenset(
    {"family_name", "email", "phone", "street", "house_number", "city", "postcode", "state",
     "company"}
)  # fmt: skip
MOST_SHARED, LEAST_SHARED = 24.0, -6.0
# Of two records taken at random, one pair in a hundred thousand is one person.
PRIOR = -log2(100_000)

WEIGHTS: Mapping[Field, Mapping[Level, float]] = {
    field: {level: log2(m / u) for level, (m, u) in chances.items()}
    for field, chances in CHANCES.items()
}


def total(levels: Mapping[Field, Level]) -> float:
    """Add up the evidence of all fields, prior included."""
    shared = own = 0.0
    # In the order of the table, so that the sum is the same to the last bit for both orders.
    for field, weights in WEIGHTS.items():
        weight = weights[levels[field]] if field in levels else 0.0
        shared, own = (shared + weight, own) if field in SHARED else (shared, own + weight)
    return PRIOR + own + max(LEAST_SHARED, min(MOST_SHARED, shared))


def chance(score: float) -> float:
    """Give the probability that a score, which is the logarithm of the odds, stands for."""
    return 1.0 / (1.0 + exp2(-max(-500.0, min(500.0, score))))
