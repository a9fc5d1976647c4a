"""The page of what the emulators get wrong, from the list whose every row is a test."""

from pathlib import Path

from tests.contracts.deviations import LIST
from tests.docs.reference import GENERATED

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "emulators.md"
MEMORY = (
    "It has no limits: no size of a row, a batch or a page, and no throttling.",
    "Its indexes know a row at once; the simulator hides half of what a query finds, at random.",
    "It bills nothing: what a write costs is counted on MiniStack.",
    "It keeps every row until it is deleted: nothing expires.",
    "Each call is done before the next begins; calls overlap only where the simulator lets them.",
)


def page() -> str:
    """Write the page."""
    heads = ("", "", "AWS", "moto", "MiniStack", "why it does no harm")
    lines = [
        "# What the emulators get wrong",
        "",
        GENERATED,
        "Adapters are held to their contract on moto and on MiniStack, and the store in memory is",
        "held to the same contract. Where an emulator differs from AWS, a test says so.",
        "",
        f"| {' | '.join(heads)} |",
        "|---" * len(heads) + "|",
    ]
    for one in LIST:
        cells = (one.service, one.name, one.aws, one.moto, one.ministack, one.matters)
        lines.append(f"| {' | '.join(cells)} |")
    lines += ["", "## The store in memory", "", *(f"- {fact}" for fact in MEMORY), ""]
    return "\n".join(lines)
