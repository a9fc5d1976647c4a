"""Ids, cursors and links that somebody bent (bad inputs 34, 51, 52 and foreign workspaces)."""

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest

from infra.local.cloud import LocalCloud
from infra.local.payload import Response
from tests.local.hostile import OTHER, ask, open_for_all, profile_id
from tests.local.journey import get, identify, post

BENT = (
    "a%23b", "a#b", "%23", "..", ".", "%2e%2e", "%2E%2E%2F", "..%2f..", "a%2Fb", "a/b", "a%5cb",
    "a%00", "%00", "a%0d%0ax-injected:%201", "%ff", "%ed%a0%80", "%25", "%2523", "a|b", "a:b",
    "%20", "*", "a%3Fb", "main%23p", "x" * 300, "x" * 1100, "x" * 4000, "%F0%9F%98%80" * 100,
)  # fmt: skip
NAMES = (
    "a#b", "a%23b", "a%2523b", "a/b", "a%2Fb", "..", "../..", "%2e%2e", ".", "main#p#a", "p#a",
    "a", "A", "a ", " a b", "a:b", "a|b", "a\nb", "é", "e\u0301", "😀", "'", '"', "*", "x" * 900,
)  # fmt: skip
BODIES: dict[str, Any] = {
    "patch": {"traits": {"stolen": True}},
    "/v1/profiles/{profile_id}/consents": {"topic": "news", "status": "granted"},
    "/v1/sources/{source}": {"email": "eve@example.org"},
    "/v1/quarantine/{item}/discard": {"note": "no"},
    "/v1/post-codes/{country}": {"codes": {}},
    "/v1/templates/{name}": {"subject": "Hello", "text": "Hello"},
    "/v1/templates/{name}/versions": {"subject": "Hello", "text": "Hello"},
}
LONG = 1000
Place = tuple[str, str]


@pytest.fixture(scope="module")
def cloud() -> Iterator[LocalCloud]:
    """Give a local cloud shared by these tests."""
    with LocalCloud() as running:
        yield running


@pytest.fixture(scope="module")
def ids(cloud: LocalCloud) -> dict[str, str]:
    """Open the shop in it and give the ids of what is there."""
    return open_for_all(cloud)


@pytest.fixture(scope="module")
def places(cloud: LocalCloud) -> list[Place]:
    """Give every described route with something in its path, as method and template."""
    described = get(cloud, "/openapi.json")["paths"]
    return [
        (method, path)
        for path, methods in described.items()
        for method in methods
        if "{" in path and method in {"get", "post", "put", "patch", "delete"}
    ]


def _filled(path: str, ids: dict[str, str], **bent: str) -> str:
    return re.sub(r"{(\w+)}", lambda found: (ids | bent)[found[1]], path)


def _body(method: str, path: str) -> Any:
    return BODIES.get(method) or BODIES.get(path, {})


def _bare(answer: Response) -> dict[str, Any]:
    found: dict[str, Any] = answer.json()
    found.pop("instance", None)
    return {"status code": answer.status, **found}


def test_bent_id_in_a_path_reaches_no_row(
    cloud: LocalCloud, ids: dict[str, str], places: list[Place]
) -> None:
    """Row 51: delimiters, dots, escapes and endless ids in any path are 400 or 404."""
    named = ("token", "key", "file", "item", "duplicate_id", "import_id")
    known = dict.fromkeys(named, "nothing") | ids | {"country": "GB"}
    for method, path in places:
        for name in re.findall(r"{(\w+)}", path):
            near = (f"{known[name]}%23", f"x%23{known[name]}", f"..%2f{known[name]}",
                    f"{known[name]}%00", f"{known[name]}%20", f"{known[name]}%0a")  # fmt: skip
            for bent in (*BENT, *near):
                filled = _filled(path, known, **{name: bent})
                once = {"idempotency_key": "k51"} if len(bent) > LONG else {}
                answer = ask(cloud, method, filled, _body(method, path), **once)
                assert answer.status in (400, 404), (method, path, name, bent[:40], answer.text)
                assert not answer.header("x-injected")
    cloud.drain()

    assert len(places) >= 20
    assert "stolen" not in get(cloud, "/v1/profiles?identifier=external_id:ada")["traits"]
    assert ["thanks"] == [head["name"] for head in get(cloud, "/v1/templates")["data"]]


def test_bent_id_in_a_query_or_body_reaches_no_row(cloud: LocalCloud, ids: dict[str, str]) -> None:
    """Row 51: ids outside the path are looked up, or refused, as they are."""
    assert ids
    for bent in BENT:
        for name in ("profile_id", "campaign_id"):
            asked = quote(bent, safe="%")
            assert ask(cloud, "GET", f"/v1/messages?{name}={asked}").status in (400, 404)
        bodies = (
            ("/v1/messages", {"template": "thanks", "to": {"profile_id": bent + "#"}}),
            ("/v1/messages", {"template": bent + "#", "to": {"email": "a@example.org"}}),
            ("/v1/templates", {"name": bent + "#", "subject": "s", "text": "t"}),
            ("/v1/templates/thanks/preview", {"profile_id": bent + "#"}),
            ("/v1/dead-letters/redrive", {"queue": "render", "ids": [bent]}),
            ("/v1/quarantine/replay", {"ids": [bent]}),
        )
        for path, body in bodies:
            assert ask(cloud, "POST", path, body).status in (400, 404), (path, bent[:40])


def test_ids_of_clients_are_kept_exactly_and_apart(cloud: LocalCloud) -> None:
    """Row 51: every userId is its own person, whatever it holds, and is shown as it came."""
    for place, name in enumerate(NAMES):
        call = {"userId": name, "messageId": f"who{place}", "traits": {"place": place}}
        assert 200 == ask(cloud, "POST", "/v1/track", call | {"event": "Came"}).status
        raw = {"batch": [call | {"type": "identify", "messageId": f"is{place}"}]}
        assert 200 == ask(cloud, "POST", "/v1/batch", raw).status
    cloud.drain()
    found = [
        get(cloud, f"/v1/profiles?identifier=external_id:{quote(name, safe='')}") for name in NAMES
    ]

    assert len(NAMES) == len({profile["id"] for profile in found})
    assert [[name] for name in NAMES] == [p["identifiers"]["external_id"] for p in found]
    assert list(range(len(NAMES))) == [profile["traits"]["place"] for profile in found]
    assert 400 == ask(cloud, "POST", "/v1/track", {"userId": "a\x00", "event": "Came"}).status


def test_message_ids_of_clients_never_meet(cloud: LocalCloud) -> None:
    """Row 51: events are one only when their ids are equal, letter by letter."""
    for _ in range(2):
        for name in NAMES:
            call = {"userId": "ids", "messageId": name, "event": "Said"}
            assert 200 == ask(cloud, "POST", "/v1/track", call).status
            event = {"specversion": "1.0", "id": name[:256], "source": name[:256], "type": "t"}
            ask(cloud, "POST", "/v1/events", event | {"subject": "ids"})
    cloud.drain()
    path = f"/v1/profiles/{profile_id(cloud, 'ids')}/timeline?limit=200"
    rows = get(cloud, path)["data"]
    ours = [row["id"] for row in rows if row["type"] == "t"]

    assert 2 * len(NAMES) == len(rows)
    assert sorted(name[:256] for name in NAMES) == sorted(ours)


def test_id_of_another_workspace_is_answered_as_a_missing_one(
    cloud: LocalCloud, ids: dict[str, str], places: list[Place]
) -> None:
    """An id of ours under the other workspace's key gives the answer of an id that is nobody's."""
    compared = 0
    for method, path in places:
        name = next(iter(re.findall(r"{(\w+)}", path)))
        if name not in ids or method == "put":
            continue
        body = _body(method, path)
        nobody = ids[name][:-1] + ("b" if ids[name][-1] != "b" else "c")
        asked = [_filled(path, ids), _filled(path, ids, **{name: nobody})]
        about = "?campaign_id=c1" if path.endswith("/why") else ""
        theirs, missing = (_bare(ask(cloud, method, p + about, body, **OTHER)) for p in asked)
        compared += 1
        assert 404 == theirs["status code"], (method, path, theirs)
        assert missing == theirs, (method, path)
    for name in ("profile_id", "campaign_id"):
        asked = [f"/v1/messages?{name}={ids[name]}", f"/v1/messages?{name}={ids[name][:-1]}b"]
        theirs, missing = (_bare(ask(cloud, "GET", p, **OTHER)) for p in asked)
        assert missing == theirs

    assert compared >= 12


def test_other_workspace_makes_its_own_under_our_names(cloud: LocalCloud) -> None:
    """A name that is taken here is free there, and neither sees the other's."""
    ours = get(cloud, "/v1/templates/thanks")
    made = ask(cloud, "PUT", "/v1/templates/thanks", {"subject": "x", "text": "y"}, **OTHER)

    assert 201 == made.status
    assert ours == get(cloud, "/v1/templates/thanks")


def _listings(ids: dict[str, str]) -> list[str]:
    person, campaign = ids["profile_id"], ids["campaign_id"]
    return [
        "/v1/profiles?", "/v1/suppressions?", "/v1/templates?", "/v1/campaigns?",
        "/v1/dead-letters?", "/v1/quarantine?", f"/v1/profiles/{person}/consents?",
        f"/v1/profiles/{person}/timeline?", f"/v1/campaigns/{campaign}/recipients?",
        f"/v1/messages?campaign_id={campaign}&", f"/v1/messages?profile_id={person}&",
    ]  # fmt: skip


def test_bent_cursor_is_400(cloud: LocalCloud, ids: dict[str, str]) -> None:
    """Row 52: a cursor is good as it was given, for its own listing, or not at all."""
    post(cloud, "/v1/templates", {"name": "zwei", "subject": "s", "text": "t"})
    listings = _listings(ids)
    cursors = {
        path: cursor
        for path in listings
        if (cursor := get(cloud, f"{path}limit=1").get("next_cursor"))
    }
    assert len(cursors) >= 7

    for path, cursor in cursors.items():
        assert 200 == ask(cloud, "GET", f"{path}limit=1&cursor={cursor}").status
        for bent in _bends(cursor):
            assert 400 == ask(cloud, "GET", f"{path}limit=1&cursor={bent}").status, (path, bent)
        for other in listings:
            wanted = 200 if other == path else 400
            assert wanted == ask(cloud, "GET", f"{other}limit=1&cursor={cursor}").status, other
    for path in ("/v1/profiles?", "/v1/templates?"):
        answer = ask(cloud, "GET", f"{path}cursor={cursors[path]}", **OTHER)
        assert 400 == answer.status


def _bends(text: str) -> Iterator[str]:
    """Bend a signed text: every twentieth letter, cut, doubled, extended, or another text."""
    for place in range(0, len(text), max(1, len(text) // 20)):
        yield text[:place] + ("A" if text[place] != "A" else "B") + text[place + 1 :]
    yield from (text[:-1], text[1:], text * 2, text + "AAAA", text.swapcase(), "A", "0", "%00")
    yield from ("eyJwayI6ICJtYWluI3AjMSJ9", "A" * 5000, "%F0%9F%98%80", "..", text[:-4] + "%3D%3D")


def _link(cloud: LocalCloud, kind: str) -> str:
    (mail, *_) = cloud.outbox.list(channel="email", to="ada@example.org")
    raw = cloud.outbox.get(mail["id"]).view()
    found = re.search(rf"/t/{kind}/([\w-]+)", raw["html"])
    assert found
    return found[1]


def test_bent_click_token_leads_nowhere(cloud: LocalCloud, ids: dict[str, str]) -> None:
    """Row 34: a forged or altered link is 404, tells no address and counts nothing."""
    report = f"/v1/campaigns/{ids['campaign_id']}/report"
    before = get(cloud, report)
    click, opened = _link(cloud, "c"), _link(cloud, "o")
    for token in (*_bends(click), opened, "//evil.example", "https://evil.example",
                  "%2F%2Fevil.example", "/evil.example", "%5C%5Cevil.example"):  # fmt: skip
        answer = ask(cloud, "GET", f"/t/c/{token}")
        assert (404, "") == (answer.status, answer.header("location")), token
    for token in (*_bends(opened), click):
        assert 404 == ask(cloud, "GET", f"/t/o/{token}").status
        assert 404 == ask(cloud, "POST", f"/u/{token}").status
    cloud.drain()

    assert before == get(cloud, report)


def test_true_click_leads_only_where_the_mail_said(cloud: LocalCloud, ids: dict[str, str]) -> None:
    """Row 34: nothing that is added to a signed link moves its target."""
    assert ids
    token = _link(cloud, "c")
    for more in ("", "?url=//evil.example", "?redirect=https://evil.example&u=%5C%5Cevil.example"):
        answer = ask(cloud, "GET", f"/t/c/{token}{more}", host="evil.example")
        assert 302 == answer.status
        assert "https://shop.example.org/orders" == answer.header("location")


FOREIGN = ("//evil.example", "///evil.example", "/\\evil.example", "\\\\evil.example",
           "https:\\\\evil.example", "https:/\\evil.example", "javascript:alert(1)",
           "https://shop.example.org\\@evil.example", "data:text/html,x", " //evil.example",
           "https://evil.example\r\nx-injected: 1")  # fmt: skip


@pytest.mark.parametrize("url", FOREIGN)
def test_foreign_address_is_no_redirect_target(cloud: LocalCloud, url: str) -> None:
    """Row 34: a page to be led to is a whole http address, or it is 400."""
    answer = ask(cloud, "PUT", "/v1/sources/form", {"kind": "web_form", "thank_you_url": url})

    assert 400 == answer.status


def test_address_in_an_event_makes_no_redirect_of_ours(cloud: LocalCloud) -> None:
    """Row 34: a mail whose link would lead elsewhere is not sent, and the reason is kept."""
    link = '<a href="{{ event.properties.url }}">there</a>'
    body = {"name": "led", "subject": "s", "html": f"<html><body>{link}</body></html>"}
    post(cloud, "/v1/templates", body | {"activate": True})
    draft = {"name": "led", "kind": "triggered", "on": {"event": "Led"}, "template": "led"}
    campaign = post(cloud, "/v1/campaigns", draft)
    post(cloud, f"/v1/campaigns/{campaign['id']}/launch", {})
    identify(cloud, "led", email="led@example.org")
    for url in FOREIGN:
        call = {"userId": "led", "event": "Led", "properties": {"url": url}}
        assert 200 == ask(cloud, "POST", "/v1/track", call).status
    cloud.drain()
    rows = get(cloud, f"/v1/messages?campaign_id={campaign['id']}")["data"]

    assert [] == cloud.outbox.list(channel="email", to="led@example.org")
    assert ["failed"] * len(FOREIGN) == [row["status"] for row in rows]
    assert all("html: " in row["reason"] for row in rows)
