"""A place where people say things: the use cases over stores in memory."""

from datetime import UTC, datetime, timedelta

from signet.adapters.dynamodb.feedback import DynamoFeedbackIndex
from signet.adapters.memory.catalog import MemoryCatalog
from signet.adapters.memory.table import MemoryTable
from signet.adapters.memory.world import MemoryObjects, SeededRandom
from signet.adapters.sealer import RootSealer
from signet.domain.events import TRACKED, Event, Identifiers
from signet.domain.profile import Profile, Trait
from signet.usecases import feedback_search
from signet.usecases.feedback import FeedbackShelf, heard
from signet.usecases.feedback_search import FeedbackView, wanted

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


def event(number: int = 1, *, text: str = "", **feedback_parts: object) -> Event:
    """Give an event that carries feedback, a minute later for each number."""
    at = NOW + timedelta(minutes=number)
    return Event(
        workspace="main",
        id=f"e{number}",
        source="source:reviews",
        type=TRACKED,
        name="Review",
        occurred_at=at,
        received_at=at,
        identifiers=Identifiers(external_id="ada"),
        context={"feedback": {"text": text, "kind": "review", **feedback_parts}},  # type: ignore[dict-item]
    )


def person(**traits: str) -> Profile:
    """Give a person."""
    known = {n: Trait(value=value, at=NOW) for n, value in traits.items()}
    return Profile(workspace="main", id="p1", created_at=NOW, updated_at=NOW, traits=known)


class Shop:
    """The shelf of feedback, and what is asked of it."""

    def __init__(self) -> None:
        self.table, self.objects = MemoryTable(), MemoryObjects()
        self.catalog = MemoryCatalog(MemoryTable())
        sealer = RootSealer(b"root", SeededRandom("shop"))
        self.index = DynamoFeedbackIndex(self.table, sealer)
        self.shelf = FeedbackShelf(self.objects, self.index, self.catalog, sealer)

    def hear(self, said: Event, *, profile_id: str = "p1", who: Profile | None = None) -> Event:
        """Keep what was said; give the event as its row is written."""
        return heard(said, profile_id, person=who, shelf=self.shelf)

    def find(self, question: str = "", *, workspace: str = "main", **marks: str) -> list[str]:
        """Give the ids of everything that is found, page by page."""
        return [view.text for view in self.pages(question, workspace=workspace, **marks)]

    def pages(
        self, question: str = "", *, workspace: str = "main", limit: int = 50, **marks: str
    ) -> list[FeedbackView]:
        """Give everything that is found, however many pages it takes."""
        ask = wanted(question, marks=marks)
        found: list[FeedbackView] = []
        position: str | None = None
        while True:
            page = feedback_search.search(
                workspace, ask, limit=limit, position=position, shelf=self.shelf
            )
            found += [item for item in page.items if isinstance(item, FeedbackView)]
            position = page.next_position
            if position is None:
                return found
