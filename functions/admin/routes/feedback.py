"""What people said, and the rules that tell what it is about."""

from functions.admin.door import Asked, Reply, Route
from signet.domain.feedback import UNKNOWN, TopicsDraft, language_of
from signet.errors import Rejected
from signet.runtime import etag
from signet.usecases import feedback_search, topics
from signet.usecases.feedback import FeedbackShelf
from signet.usecases.feedback_search import FeedbackView
from signet.usecases.topics import TopicsView

MARKS = ("language", "sentiment", "topic", "kind", "profile_id")


def listed(asked: Asked) -> Reply:
    """Search what people said, newest first; every word must be there, a quoted phrase as it is."""
    query = asked.call.query
    marks = {name.removesuffix("_id"): query.get(name) for name in MARKS}
    marks["language"] = _language(marks["language"])
    ask = feedback_search.wanted(
        query.get("q", ""), marks=marks, since=asked.day("from"), until=asked.day("to")
    )
    page = feedback_search.search(
        asked.workspace, ask, limit=asked.limit(), position=asked.position(), shelf=_shelf(asked)
    )
    return asked.page(page, lambda view: view)


def topics_got(asked: Asked) -> Reply:
    """Read the rules of topics, the newest or those of a version."""
    view = topics.find(asked.workspace, asked.version(), shelf=asked.ports.catalog)
    return Reply(view, tag=_tag(view))


def topics_put(asked: Asked) -> Reply:
    """Write the rules of topics as a new version; they hold for what is said from now on."""
    draft, shelf = asked.body(TopicsDraft), asked.ports.catalog
    known = topics.find(asked.workspace, None, shelf=shelf)
    asked.demand_tag(_tag(known))
    view = topics.put(draft, workspace=asked.workspace, known=known, shelf=shelf)
    return Reply(view, tag=_tag(view))


def _shelf(asked: Asked) -> FeedbackShelf:
    ports = asked.ports
    return FeedbackShelf(ports.feedback, ports.feedback_index, ports.catalog, ports.sealer)


def _language(tag: str | None) -> str | None:
    found = tag if tag in (None, "", UNKNOWN) else language_of(tag)
    if tag and found is None:
        raise Rejected.field("language", "must be a language such as en, or unknown")
    return found


def _tag(view: TopicsView) -> str:
    return etag.of("feedback-topics", view.version)


_TOPICS = "/v1/feedback-topics"
ROUTES = (
    Route("GET", "/v1/feedback", "feedback.read", listed,
          gives=FeedbackView, listing=True, query=("q", *MARKS, "from", "to")),
    Route("GET", _TOPICS, "feedback_topics.read", topics_got, gives=TopicsView, query=("version",)),
    Route("PUT", _TOPICS, "feedback_topics.write", topics_put, reads=TopicsDraft, gives=TopicsView),
)  # fmt: skip
