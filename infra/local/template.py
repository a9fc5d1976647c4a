"""The template as records; a type of resource that is neither built nor known is an error."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

BUILT = (
    "AWS::KMS::Key",
    "AWS::SecretsManager::Secret",
    "AWS::DynamoDB::Table",
    "AWS::DynamoDB::GlobalTable",
    "AWS::S3::Bucket",
    "AWS::SQS::Queue",
    "AWS::Events::EventBus",
    "AWS::SES::EmailIdentity",
    "AWS::SES::ConfigurationSet",
    "AWS::Lambda::Function",
    "AWS::ApiGatewayV2::Api",
    "AWS::ApiGatewayV2::Integration",
    "AWS::ApiGatewayV2::Route",
    "AWS::Events::Rule",
    "AWS::SES::ConfigurationSetEventDestination",
    "AWS::Lambda::EventSourceMapping",
)
IGNORED = {
    "AWS::ApiGatewayV2::Stage": "there is one stage, $default; its throttle is for machines",
    "AWS::CDK::Metadata": "says how the template was made",
    "AWS::CloudFormation::CustomResource": "runs while deploying only",
    "AWS::CloudWatch::Alarm": "watches; a person reads the local log instead",
    "AWS::CloudWatch::Dashboard": "shows; the console does so locally",
    "AWS::CloudWatch::CompositeAlarm": "watches",
    "AWS::IAM::ManagedPolicy": "permissions are tested on the template",
    "AWS::IAM::Policy": "permissions are tested on the template",
    "AWS::IAM::Role": "permissions are tested on the template",
    "AWS::KMS::Alias": "a second name of a key that nothing here uses",
    "AWS::Lambda::EventInvokeConfig": "retries of asynchronous calls; schedules fire again anyway",
    "AWS::Lambda::LayerVersion": "the same code is importable here",
    "AWS::Lambda::Permission": "permissions are tested on the template",
    "AWS::Logs::LogGroup": "logs go to standard error",
    "AWS::Logs::MetricFilter": "watches",
    "AWS::Logs::ResourcePolicy": "permissions are tested on the template",
    "AWS::S3::BucketPolicy": "permissions are tested on the template",
    "AWS::SNS::Topic": "alarms go there, and there are none",
    "AWS::SNS::TopicPolicy": "permissions are tested on the template",
    "AWS::SQS::QueuePolicy": "permissions are tested on the template",
}


class UnknownResource(ValueError):
    """The template holds a resource that the local cloud neither builds nor ignores."""


@dataclass(frozen=True)
class Resource:
    """One resource of the template."""

    id: str
    type: str
    properties: dict[str, Any]

    def get(self, name: str, default: Any = None) -> Any:
        """Give a property as it is written."""
        return self.properties.get(name, default)


@dataclass(frozen=True)
class Template:
    """What the template holds, in its own order."""

    resources: tuple[Resource, ...]
    parameters: dict[str, Any]

    def of(self, *types: str) -> list[Resource]:
        """Give the resources of these types in the template's order."""
        return [resource for resource in self.resources if resource.type in types]


def read(source: Path | dict[str, Any]) -> Template:
    """
    Read a template from its file or its object.

    Raises:
        UnknownResource: It holds a type that is neither built nor ignored.
    """
    loaded = json.loads(source.read_text("utf-8")) if isinstance(source, Path) else source
    resources = tuple(
        Resource(id=name, type=body["Type"], properties=body.get("Properties", {}))
        for name, body in loaded["Resources"].items()
    )
    for resource in resources:
        if resource.type not in BUILT and resource.type not in IGNORED:
            raise UnknownResource(
                f"{resource.id} is a {resource.type}, which the local cloud does not know"
            )
    parameters = {
        name: body.get("Default", "") for name, body in loaded.get("Parameters", {}).items()
    }
    return Template(resources=resources, parameters=parameters)
