"""What an operator sees derived beside what is stored."""

from datetime import timedelta

from signet.domain.events import TRACKED, Event
from tests.functions.admin_world import START, World

SAFARI = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like "
    "Gecko) Version/17.5 Mobile/15E148 Safari/604.1"
)


def test_profile_shows_what_follows_from_its_traits() -> None:
    """Flags, forms and places are derived for the answer, and the traits stay as written."""
    world = World()
    traits = {"email": "Ada@gmial.com", "phone": "020 7946 0958", "country": "United Kingdom",
              "name": "Ada Lovelace", "locale": "en_GB", "lat": 51.5, "lon": -0.1}  # fmt: skip
    world.person("p1", **traits)
    found = world.call("GET", "/v1/profiles/p1").json
    shown = found["enrichment"]

    assert traits == found["traits"]
    assert ("ada@gmial.com", "Ada@gmail.com") == tuple(
        shown["email"][part] for part in ("matching", "suggestion")
    )
    assert ("+442079460958", "fixed") == (shown["phone"]["e164"], shown["phone"]["kind"])
    assert ("lovelace, ada", True) == (shown["name"]["sort"], shown["name"]["guessed"])
    assert ("GB", "country") == (shown["country"]["value"], shown["country"]["origin"])
    assert "en-GB" == shown["language"]["value"]
    assert "Europe/London" == shown["time_zone"]["value"]
    assert "gcpuv" == shown["geo_cell"]["value"]


def test_nothing_derived_is_stored() -> None:
    """A look at a person is not a write: the next look derives it anew."""
    world = World()
    world.person("p1", email="ada@gmial.com")
    world.call("GET", "/v1/profiles/p1")
    stored = world.people.get_many("main", ["p1"])["p1"]

    assert {"email": "ada@gmial.com"} == stored.values()
    assert {"id", "identifiers", "traits"} <= set(type(stored).model_fields)
    assert "enrichment" not in type(stored).model_fields


def test_profile_of_which_nothing_is_known_has_an_empty_enrichment() -> None:
    """Nothing is guessed from nothing, and odd traits break nothing."""
    world = World()
    world.person("p1", phone=4711, email={"a": 1}, country=["GB"], lat="north")
    shown = world.call("GET", "/v1/profiles/p1")

    assert 200 == shown.status
    assert {None, ()} >= {v if v is None else tuple(v) for v in shown.json["enrichment"].values()}


def test_timeline_names_device_and_client() -> None:
    """An event that came with a user agent says what the person held in their hand."""
    world = World()
    world.person("p1")
    for number, context in enumerate(({}, {"userAgent": SAFARI}, {"userAgent": 5})):
        at = START + timedelta(minutes=number)
        event = Event(workspace="main", id=f"e{number}", source="test", type=TRACKED, name="seen",
                      occurred_at=at, received_at=at, context=context)  # fmt: skip
        world.events.add("p1", event, messages=())
    entries = world.call("GET", "/v1/profiles/p1/timeline").json["data"]
    agents = [entry["agent"] for entry in entries]

    assert [None, "phone", None] == [agent and agent["device"] for agent in agents]


def test_person_is_found_by_any_spelling_of_their_number() -> None:
    """The number that was set by hand leads to the person, with and without spaces."""
    world = World()
    world.person("p1")
    world.call("PATCH", "/v1/profiles/p1", {"traits": {"phone": "+44 20 7946 0958"}})
    spellings = ("+442079460958", "+44 (0)20 7946 0958")
    paths = [f"/v1/profiles?identifier=phone:{text}" for text in spellings]
    found = [world.call("GET", path) for path in paths]

    assert ["p1", "p1"] == [answer.json.get("id") for answer in found]
    assert ["+442079460958"] == found[0].json["identifiers"]["phone"]
    assert "+44 20 7946 0958" == found[0].json["traits"]["phone"]


def test_post_code_leads_to_a_cell_where_the_workspace_brought_a_table() -> None:
    """The next look finds it; an empty table forgets it, and another workspace never had it."""
    world = World()
    world.person("p1", country="GB", postalCode="SW1A 1AA")
    put = {"codes": {"sw1a": [51.5, -0.14]}}
    unknown = world.call("GET", "/v1/profiles/p1").json["enrichment"]["geo_cell"]
    kept = world.call("PUT", "/v1/post-codes/gb", put)
    found = world.call("GET", "/v1/profiles/p1").json["enrichment"]["geo_cell"]
    elsewhere = world.call("GET", "/v1/post-codes/GB", role="other-owner").json
    world.call("PUT", "/v1/post-codes/GB", {"codes": {}})

    assert unknown is None
    assert {"country": "GB", "codes": 1} == kept.json
    assert {"value": "gcpuu", "origin": "post_code"} == found
    assert 0 == elsewhere["codes"] == world.call("GET", "/v1/post-codes/GB").json["codes"]


def test_post_codes_that_lie_nowhere_are_refused_by_name() -> None:
    """No country, a code of signs, a place off the earth: each error names its field."""
    world, path = World(), "/v1/post-codes/GB"
    country = world.call("PUT", "/v1/post-codes/Atlantis", {"codes": {}})
    code = world.call("PUT", path, {"codes": {"--": [51.5, -0.14]}})
    place = world.call("PUT", path, {"codes": {"SW1": [151.5, -0.14]}})
    three = world.call("PUT", path, {"codes": {"SW1": [1, 2, 3]}})
    viewer = world.call("PUT", path, {"codes": {}}, role="support")

    assert [400, 400, 400, 400, 403] == [
        each.status for each in (country, code, place, three, viewer)
    ]
    assert ["country", "codes.--", "codes.SW1"] == [
        each.json["errors"][0]["field"] for each in (country, code, place)
    ]
