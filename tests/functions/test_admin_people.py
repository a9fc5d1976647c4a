"""People, messages, suppressions and sources through the admin function."""

from datetime import timedelta

from signet.domain.consent import Consent
from signet.domain.suppression import Suppression
from tests.functions.admin_world import START, World


def test_profile_is_found_by_id_and_by_identifier() -> None:
    """The same person by id, external id and address in any case."""
    world = World()
    world.person("p1", email="ada@example.org")
    paths = ("/v1/profiles/p1", "/v1/profiles?identifier=external_id:p1",
             "/v1/profiles?identifier=email:Ada@Example.org")  # fmt: skip
    found = [world.call("GET", path).json for path in paths]

    assert ["p1"] * 3 == [person["id"] for person in found]
    assert {"email": "ada@example.org"} == found[0]["traits"]


def test_bad_identifier_is_400_and_unknown_one_404() -> None:
    """A kind that is not known is the caller's error."""
    world = World()
    answers = [world.call("GET", f"/v1/profiles?identifier={text}").status
               for text in ("shoe_size:44", "email:", "email:no@example.org")]  # fmt: skip

    assert [400, 400, 404] == answers


def test_patch_sets_and_removes_traits_and_is_in_the_timeline() -> None:
    """Null removes; the change is an event of the timeline."""
    world = World()
    world.person("p1", plan="free", city="Paris")
    found = world.call("PATCH", "/v1/profiles/p1", {"traits": {"plan": "pro", "city": None}})
    timeline = world.call("GET", "/v1/profiles/p1/timeline").json["data"]

    assert (200, {"plan": "pro"}) == (found.status, found.json["traits"])
    assert "signet:admin" == timeline[0]["source"]


def test_patched_address_leads_to_the_person() -> None:
    """An address that was set by hand resolves like any other."""
    world = World()
    world.person("p1")
    world.call("PATCH", "/v1/profiles/p1", {"traits": {"email": "new@example.org"}})
    found = world.call("GET", "/v1/profiles?identifier=email:new@example.org")

    assert "p1" == found.json["id"]


def test_patch_refuses_a_bad_address_and_a_stale_tag() -> None:
    """An address is one mailbox; a write over an unseen state is 412."""
    world = World()
    world.person("p1")
    bad = world.call("PATCH", "/v1/profiles/p1", {"traits": {"email": "a@b.c, d@e.f"}})
    stale = world.call("PATCH", "/v1/profiles/p1", {"traits": {"a": 1}}, if_match='"other"')

    assert (400, "traits.email") == (bad.status, bad.json["errors"][0]["field"])
    assert 412 == stale.status


def test_profile_tag_changes_with_a_consent() -> None:
    """What the answer shows is what the tag stands for."""
    world = World()
    world.person("p1")
    tag = world.call("GET", "/v1/profiles/p1").headers["etag"]
    consent = Consent(channel="email", topic="news", status="granted", at=START)
    world.permissions.record_consent("main", "p1", consent)
    found = world.call("GET", "/v1/profiles/p1", if_none_match=tag)

    assert (200, "news") == (found.status, found.json["consents"][0]["topic"])


def test_lineage_tells_where_a_trait_comes_from() -> None:
    """Lineage is shown on demand: who said it, when, and what it replaced."""
    world = World()
    world.person("p1")
    for plan in ("free", "pro"):
        world.clock.moment += timedelta(minutes=1)
        world.call("PATCH", "/v1/profiles/p1", {"traits": {"plan": plan}})

    plain = world.call("GET", "/v1/profiles/p1").json
    origin = world.call("GET", "/v1/profiles/p1?lineage=true").json["lineage"]["plan"]

    assert plain["lineage"] is None
    assert ("pro", "signet:admin", 50) == tuple(origin[k] for k in ("value", "source", "trust"))
    assert "free" == origin["replaced"]["value"]
    assert {"event_id", "event_key", "at", "received_at", "mapping_version"} < set(origin)


def test_computed_traits_are_added_up_on_demand() -> None:
    """Counts, sums and purchases come from the timeline, without a tag that could be stale."""
    world = World()
    world.person("p1")
    for _ in range(3):
        world.event("p1")
    world.event("p1", name="Product Viewed")

    plain = world.call("GET", "/v1/profiles/p1").json
    found = world.call("GET", "/v1/profiles/p1?computed=true")
    sums = found.json["computed"]

    assert plain["computed"] is None
    assert "etag" not in found.headers
    assert (4, True) == (sums["events_read"], sums["complete"])
    assert (3, 15) == (
        sums["events"]["Order Completed"]["count"],
        sums["events"]["Order Completed"]["sums"]["total"],
    )
    assert (3, {"": 15}) == (sums["rfm"]["frequency"], sums["rfm"]["monetary"])
    assert 400 == world.call("GET", "/v1/profiles/p1?computed=yes").status


def test_a_hand_edit_stands_over_a_more_trusted_source() -> None:
    """Who edits by hand has looked at what stands."""
    world = World()
    world.person("p1", plan="free")
    person = world.people.get_many("main", ["p1"])["p1"]
    trusted = {"plan": person.traits["plan"].model_copy(update={"trust": 90})}
    world.people.save(person.model_copy(update={"traits": trusted}), expected_version=1)
    world.clock.moment += timedelta(minutes=1)
    found = world.call("PATCH", "/v1/profiles/p1", {"traits": {"plan": "pro"}})

    assert {"plan": "pro"} == found.json["traits"]


def test_timeline_shows_messages_with_engagement() -> None:
    """An event stands with the present state of the messages it caused."""
    world = World()
    world.person("p1")
    world.message("m1", profile_id="p1", status="delivered", opened_at=START)
    world.event("p1", "m1")
    entry = world.call("GET", "/v1/profiles/p1/timeline").json["data"][0]

    assert "Order Completed" == entry["name"]
    assert ("delivered", True) == tuple(entry["messages"][0][k] for k in ("status", "opened"))


def test_message_shows_its_decision_record() -> None:
    """A message tells every rule that was asked."""
    world = World()
    rule = {"rule": "consent", "verdict": "refuse", "reason": "no_consent"}
    world.message("m1", decisions=(rule,))
    found = world.call("GET", "/v1/messages/m1").json

    assert "no_consent" == found["decision_record"][0]["reason"]
    assert "once" == found["class"]
    assert not {"token", "recipient", "fingerprint"} & set(found)


def test_messages_of_a_person_and_of_a_campaign() -> None:
    """Messages are listed by person, by campaign, and by both."""
    world = World()
    world.template()
    world.person("p1")
    campaign = world.campaign()["id"]
    world.message("m1", profile_id="p1", campaign_id=campaign)
    world.event("p1", "m1")
    mine = world.call("GET", "/v1/messages?profile_id=p1").json["data"]
    theirs = world.call("GET", f"/v1/messages?campaign_id={campaign}").json["data"]
    both = world.call("GET", f"/v1/messages?campaign_id={campaign}&profile_id=p1")

    assert ["m1"] == [row["id"] for row in mine] == [row["id"] for row in theirs]
    assert (200, ["m1"]) == (both.status, [row["id"] for row in both.json["data"]])


def test_other_workspace_finds_neither_person_nor_message() -> None:
    """Ids of another workspace are missing."""
    world = World()
    world.person("p1")
    world.message("m1")
    paths = ("/v1/profiles/p1", "/v1/profiles/p1/timeline", "/v1/messages/m1",
             "/v1/messages?profile_id=p1", "/v1/messages?campaign_id=c1",
             "/v1/profiles?identifier=external_id:p1")  # fmt: skip

    assert [404] * 6 == [world.call("GET", path, role="other-owner").status for path in paths]


def test_profiles_are_listed_in_pages() -> None:
    """Every person is listed once."""
    world = World()
    for number in range(3):
        world.person(f"p{number}")
    first = world.call("GET", "/v1/profiles?limit=2").json
    rest = world.call("GET", f"/v1/profiles?limit=2&cursor={first['next_cursor']}").json

    assert ["p0", "p1", "p2"] == [row["id"] for row in first["data"] + rest["data"]]
    assert rest["next_cursor"] is None


def test_bad_limit_is_refused() -> None:
    """A page has 1 to 200 items."""
    world = World()
    texts = ("0", "201", "-1", "many", "٣")

    assert [400] * 5 == [world.call("GET", f"/v1/profiles?limit={t}").status for t in texts]


def test_suppressions_are_listed_by_handle() -> None:
    """A suppressed address is shown without the address."""
    world = World()
    world.permissions.suppress("main", Suppression(handle="h1", reason="bounced", at=START))
    found = world.call("GET", "/v1/suppressions").json["data"]

    assert [("h1", "bounced")] == [(row["id"], row["reason"]) for row in found]


def test_source_is_written_and_versioned() -> None:
    """A changed mapping is a new mapping version; the same content is none."""
    world = World()
    path, body = "/v1/sources/crm", {"kind": "crm", "mapping": {"email": "person.mail"}}
    answers = [world.call("PUT", path, content) for content in (body, body, {"kind": "crm"})]

    assert [201, 200, 200] == [answer.status for answer in answers]
    assert [1, 1, 2] == [answer.json["mapping_version"] for answer in answers]
    assert 404 == world.call("GET", "/v1/sources/none").status
