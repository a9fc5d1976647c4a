"""The template's functions, mappings, routes, schedules and mail as objects of the local cloud."""

from dataclasses import dataclass, field
from typing import Any

from infra.local.emulator import BUCKETS, REGION, Emulator
from infra.local.filters import Filter
from infra.local.function import Function, function_arn
from infra.local.gateway import Gateway
from infra.local.intrinsics import Resolver
from infra.local.invoke import Invoker
from infra.local.outbox import Outbox
from infra.local.poll import QueueMapping
from infra.local.provision import Provisioner
from infra.local.routes import Route, RouteTable
from infra.local.schedule import Schedule
from infra.local.ses import Ses
from infra.local.streams import StreamMapping
from infra.local.template import Resource, Template

Mapping = QueueMapping | StreamMapping


@dataclass
class Wired:
    """What calls functions."""

    gateway: Gateway
    mappings: list[Mapping] = field(default_factory=list)
    schedules: list[Schedule] = field(default_factory=list)


class Wirer:
    """Reads the wiring out of a template whose data resources are built."""

    def __init__(
        self, template: Template, resolver: Resolver, *, emulator: Emulator, invoker: Invoker
    ) -> None:
        """Resolve with `resolver` and register functions with `invoker`."""
        self.template = template
        self.resolver = resolver
        self.emulator = emulator
        self.invoker = invoker

    def mail(self, ses: Ses, outbox: Outbox) -> None:
        """Make known who may send and which events are wanted."""
        for resource in self.template.of("AWS::SES::EmailIdentity"):
            identity = self.resolver(resource.get("EmailIdentity"))
            ses.identities.add(str(identity).lower())
            tokens = {
                f"DkimDNSToken{part}{n}": "local" for n in "123" for part in ("Name", "Value")
            }
            self.resolver.put(resource.id, identity, **tokens)
        for resource in self.template.of("AWS::SES::ConfigurationSet"):
            name = self.resolver(resource.get("Name", resource.id))
            ses.configuration_sets.add(name)
            self.resolver.put(resource.id, name)
        for resource in self.template.of("AWS::SES::ConfigurationSetEventDestination"):
            properties = self.resolver(resource.properties)
            destination = properties["EventDestination"]
            if "EventBridgeDestination" in destination and destination.get("Enabled", True):
                wanted = outbox.destinations.setdefault(properties["ConfigurationSetName"], set())
                kinds = destination["MatchingEventTypes"]
                wanted.update(kind.replace("_", "").lower() for kind in kinds)

    def name(self, public_url: str) -> None:
        """Make the references to functions and to the API known before anything resolves them."""
        for resource in self.template.of("AWS::Lambda::Function"):
            self.resolver.put(resource.id, resource.id, Arn=function_arn(resource.id))
        for resource in self.template.resources:
            if resource.type in ("AWS::IAM::Role", "AWS::Logs::LogGroup", "AWS::SNS::Topic"):
                self.resolver.put(resource.id, resource.id, Arn=f"arn:aws:local:::{resource.id}")
            elif resource.type in ("AWS::Lambda::LayerVersion", "AWS::ApiGatewayV2::Stage"):
                self.resolver.put(resource.id, resource.id)
        for resource in self.template.of("AWS::ApiGatewayV2::Api"):
            attributes = {"ApiEndpoint": public_url, "ApiId": "local"}
            self.resolver.put(resource.id, "local", **attributes)

    def functions(self, public_url: str) -> None:
        """Register the functions, each with its own resolved environment."""
        overrides = {"PUBLIC_URL": public_url}
        for resource in self.template.of("AWS::Lambda::Function"):
            variables = (resource.get("Environment") or {}).get("Variables", {})
            environment = {k: str(self.resolver(v)) for k, v in variables.items()}
            environment.update({k: v for k, v in overrides.items() if k in environment})
            # Links to objects that a function gives away lead to this machine's door.
            environment["AWS_ENDPOINT_URL_S3"] = public_url + BUCKETS
            function = Function(
                name=resource.id,
                handler=resource.properties["Handler"],
                environment=environment,
                timeout=int(resource.get("Timeout", 3)),
                memory=int(resource.get("MemorySize", 128)),
            )
            self.invoker.add(function)

    def wire(self, provisioner: Provisioner) -> Wired:
        """Make gateway, mappings, rules and schedules."""
        wired = Wired(gateway=self._gateway())
        for resource in self.template.of("AWS::Lambda::EventSourceMapping"):
            properties = self.resolver(resource.properties)
            if ":sqs:" in properties["EventSourceArn"]:
                wired.mappings.append(self._queue_mapping(resource, properties))
            else:
                wired.mappings.append(self._stream_mapping(resource, properties))
        for resource in self.template.of("AWS::Events::Rule"):
            properties = self.resolver(resource.properties)
            if "ScheduleExpression" in properties:
                wired.schedules.append(self._schedule(resource, properties))
            else:
                provisioner.rule(resource)
        return wired

    def _gateway(self) -> Gateway:
        behind = {
            resource.id: function_named(self.resolver(resource.properties["IntegrationUri"]))
            for resource in self.template.of("AWS::ApiGatewayV2::Integration")
        }
        for name in behind:
            self.resolver.put(name, name)
        routes = []
        for resource in self.template.of("AWS::ApiGatewayV2::Route"):
            target = self.resolver(resource.properties["Target"]).removeprefix("integrations/")
            routes.append(Route(key=resource.properties["RouteKey"], function=behind[target]))
        apis = self.template.of("AWS::ApiGatewayV2::Api")
        cors = self.resolver(apis[0].get("CorsConfiguration")) if apis else None
        return Gateway(RouteTable(routes), cors)

    def _queue_mapping(self, resource: Resource, properties: dict[str, Any]) -> QueueMapping:
        arn = properties["EventSourceArn"]
        return QueueMapping(
            id=resource.id,
            url=f"https://sqs.{REGION}.amazonaws.com/{arn.split(':')[4]}/{arn.split(':')[5]}",
            arn=arn,
            function=function_named(properties["FunctionName"]),
            batch=int(properties.get("BatchSize", 10)),
            reports_failures=reports(properties),
            enabled=bool(properties.get("Enabled", True)),
        )

    def _stream_mapping(self, resource: Resource, properties: dict[str, Any]) -> StreamMapping:
        arn = properties["EventSourceArn"]
        way_out = (properties.get("DestinationConfig") or {}).get("OnFailure", {})
        target = way_out.get("Destination")
        queue = target.split(":")[4:6] if target else None
        return StreamMapping(
            id=resource.id,
            table=arn.split("/")[1],
            arn=arn,
            function=function_named(properties["FunctionName"]),
            accepts=Filter(self.emulator, properties.get("FilterCriteria")),
            batch=int(properties.get("BatchSize", 100)),
            gathers=float(properties.get("MaximumBatchingWindowInSeconds", 0)),
            window=int(properties.get("TumblingWindowInSeconds", 0)),
            reports_failures=reports(properties),
            bisects=bool(properties.get("BisectBatchOnFunctionError", False)),
            retries=int(properties.get("MaximumRetryAttempts", -1)),
            destination="https://sqs.local/" + "/".join(queue) if queue else None,
            enabled=bool(properties.get("Enabled", True)),
        )

    def _schedule(self, resource: Resource, properties: dict[str, Any]) -> Schedule:
        targets = [(function_named(t["Arn"]), t.get("Input")) for t in properties["Targets"]]
        return Schedule(
            id=resource.id, expression=properties["ScheduleExpression"], targets=targets
        )


def reports(properties: dict[str, Any]) -> bool:
    """Tell whether a mapping's function reports the items that failed."""
    return "ReportBatchItemFailures" in properties.get("FunctionResponseTypes", [])


def function_named(reference: str) -> str:
    """Find a function's name in its ARN, its alias' ARN, or an API's invocation URI."""
    text = reference.partition("/functions/")[2].removesuffix("/invocations") or reference
    return text.partition(":function:")[2].split(":")[0] or text
