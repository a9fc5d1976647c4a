"""The door: which route leads to which function."""

from typing import Any

import pytest

from tests.infra.reading import of_type, references, target

CALLS = [
    "identify",
    "track",
    "page",
    "screen",
    "group",
    "alias",
    "batch",
    "import",
    "i",
    "t",
    "p",
    "s",
    "g",
    "a",
    "b",
]


def _behind(template: dict[str, Any]) -> dict[str, str]:
    """Return the function behind each route key."""
    integrations = of_type(template, "AWS::ApiGatewayV2::Integration")
    return {
        route["RouteKey"]: target(integrations[next(references(route["Target"]))]["IntegrationUri"])
        for route in of_type(template, "AWS::ApiGatewayV2::Route").values()
    }


@pytest.mark.parametrize("call", CALLS)
def test_segment_calls_lead_to_ingest(call: str, template: dict[str, Any]) -> None:
    """Each of the Segment paths has a route of its own."""
    assert "IngestFunction" == _behind(template)[f"POST /v1/{call}"]


def test_everything_else_leads_to_admin(template: dict[str, Any]) -> None:
    """The control plane has the default route, and one that would be taken for a source."""
    behind = _behind(template)

    assert ["$default", "POST /v1/sources/dry-run"] == [
        key for key, name in behind.items() if name == "AdminFunction"
    ]
    assert {"IngestFunction", "AdminFunction"} == set(behind.values())


def test_browsers_of_any_origin_may_call(template: dict[str, Any]) -> None:
    """A shop's own page sends calls from wherever the shop is."""
    cors = next(iter(of_type(template, "AWS::ApiGatewayV2::Api").values()))["CorsConfiguration"]

    assert ["*"] == cors["AllowOrigins"]
    assert {"GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"} == set(cors["AllowMethods"])


def test_door_is_throttled(template: dict[str, Any]) -> None:
    """A flood is answered by the gateway and reaches no function."""
    stage = next(iter(of_type(template, "AWS::ApiGatewayV2::Stage").values()))

    assert "$default" == stage["StageName"]
    assert 0 < stage["DefaultRouteSettings"]["ThrottlingRateLimit"]
