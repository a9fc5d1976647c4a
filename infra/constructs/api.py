"""The HTTP door: routes that take data in, and one default route to the control plane."""

import json
import re

from aws_cdk import Aws
from aws_cdk import aws_apigatewayv2 as apigateway
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from constructs import Construct

from infra.constructs.observability import watch_answers

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
INTAKE = (
    *(f"POST /v1/{call}" for call in CALLS),
    "GET /v1/projects/{key}/settings",
    "GET /sourceConfig",
    "POST /v1/events",
    "POST /v1/sources/{source}",
    "POST /v1/sources/{source}/hook",
    "GET /v1/sources/{source}/hook",
    "POST /v1/messages",
    "POST /v1/profiles/{profile_id}/consents",
    "POST /v1/suppressions",
    "DELETE /v1/suppressions",
    "GET /t/o/{token}",
    "GET /t/c/{token}",
    "GET /u/{token}",
    "POST /u/{token}",
    "GET /p/{token}",
    "POST /p/{token}",
    "GET /c/{token}",
    "POST /c/{token}",
    # Whoever looks before they leap must not reach the control plane, which knows no such link.
    "HEAD /t/o/{token}",
    "HEAD /t/c/{token}",
    "HEAD /u/{token}",
    "HEAD /p/{token}",
    "HEAD /c/{token}",
)
# What stands behind a path of intake and is not its own.
CONTROL = ("POST /v1/sources/dry-run",)
METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
HEADERS = ["authorization", "content-type", "anonymousid", "sentat", "idempotency-key", "if-match"]
PREFLIGHT_SECONDS = 3600
REQUESTS_PER_SECOND = 1000
BURST = 2000
# No address and no path: both may tell who somebody is.
ACCESS_LOG = {
    "requestId": "$context.requestId",
    "routeKey": "$context.routeKey",
    "status": "$context.status",
    "responseLatency": "$context.responseLatency",
    "responseLength": "$context.responseLength",
    "time": "$context.requestTime",
}


class Api(Construct):
    """One HTTP API in front of the two functions that answer requests."""

    def __init__(
        self, scope: Construct, construct_id: str, *, retention: logs.RetentionDays
    ) -> None:
        """Create the API and its stage; `routes` fills it."""
        super().__init__(scope, construct_id)
        self._api = apigateway.CfnApi(
            self,
            "Http",
            name="signet",
            protocol_type="HTTP",
            cors_configuration=apigateway.CfnApi.CorsProperty(
                allow_origins=["*"],
                allow_methods=METHODS,
                allow_headers=HEADERS,
                max_age=PREFLIGHT_SECONDS,
            ),
        )
        self._stage(logs.LogGroup(self, "Logs", retention=retention))
        watch_answers(self, self._api.ref)

    @property
    def url(self) -> str:
        """Return the base URL, without a slash at its end."""
        return self._api.attr_api_endpoint

    def routes(self, *, intake: lambda_.Function, everything_else: lambda_.Function) -> None:
        """Send the routes of intake to one function and all others to another."""
        taking = self._integration("Intake", intake)
        for key in INTAKE:
            self._route(route_id(key), key, taking)
        controlling = self._integration("Control", everything_else)
        for key in CONTROL:
            self._route(route_id(key), key, controlling)
        self._route("DefaultRoute", "$default", controlling)

    def _stage(self, access_log: logs.LogGroup) -> None:
        """Create the default stage: deployed by itself, throttled, logged."""
        apigateway.CfnStage(
            self,
            "Stage",
            api_id=self._api.ref,
            stage_name="$default",
            auto_deploy=True,
            access_log_settings=apigateway.CfnStage.AccessLogSettingsProperty(
                destination_arn=access_log.log_group_arn, format=json.dumps(ACCESS_LOG)
            ),
            default_route_settings=apigateway.CfnStage.RouteSettingsProperty(
                throttling_burst_limit=BURST, throttling_rate_limit=REQUESTS_PER_SECOND
            ),
        )

    def _integration(self, name: str, function: lambda_.Function) -> str:
        """Connect a function once, however many routes lead to it; return the route target."""
        integration = apigateway.CfnIntegration(
            self,
            f"{name}Integration",
            api_id=self._api.ref,
            integration_type="AWS_PROXY",
            integration_uri=function.function_arn,
            payload_format_version="2.0",
        )
        function.add_permission(
            "InvokedByApi",
            principal=iam.ServicePrincipal("apigateway.amazonaws.com"),
            source_arn=self._execution_arn(),
        )
        return f"integrations/{integration.ref}"

    def _execution_arn(self) -> str:
        """Return the ARN that stands for any route of this API and of no other."""
        return f"arn:{Aws.PARTITION}:execute-api:{Aws.REGION}:{Aws.ACCOUNT_ID}:{self._api.ref}/*"

    def _route(self, name: str, key: str, target: str) -> None:
        """Add one route."""
        apigateway.CfnRoute(self, name, api_id=self._api.ref, route_key=key, target=target)


def route_id(key: str) -> str:
    """Turn a route key into a construct id that can be read: `PostV1TrackRoute`."""
    words = "".join(part[:1].upper() + part[1:] for part in re.split(r"[^A-Za-z0-9]+", key))
    method = key.split(" ", maxsplit=1)[0]
    words = method.capitalize() + words.removeprefix(method)
    return f"{words}{'Slash' if key.endswith('/') else ''}Route"
