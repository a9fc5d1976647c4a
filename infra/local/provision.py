"""Makes the template's resources through the SDK, and records what their Ref and GetAtt give."""

import json
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import boto3
from botocore.exceptions import ClientError

from infra.local.emulator import ACCOUNT, REGION
from infra.local.intrinsics import Resolver
from infra.local.template import BUILT, Resource, Template, UnknownResource

PARTNER = "aws.partner/"
DATA_TYPES = BUILT[: BUILT.index("AWS::SES::EmailIdentity")]


class Provisioner:
    """Builds what holds data; what is there already stays as it is."""

    def __init__(self, resolver: Resolver, secret: dict[str, Any]) -> None:
        """
        Make clients on the wire.

        Args:
            resolver: Learns the references.
            secret: The value of every secret of the template.
        """
        self.resolver = resolver
        self.secret = secret
        self.aws = {
            name: boto3.client(name)
            for name in ("dynamodb", "s3", "sqs", "events", "kms", "secretsmanager")
        }
        self.makers: dict[str, Callable[[Resource, dict[str, Any]], None]] = {
            "AWS::KMS::Key": self._key,
            "AWS::SecretsManager::Secret": self._secret,
            "AWS::DynamoDB::Table": self._table,
            "AWS::DynamoDB::GlobalTable": self._table,
            "AWS::S3::Bucket": self._bucket,
            "AWS::SQS::Queue": self._queue,
            "AWS::Events::EventBus": self._bus,
        }

    def build(self, template: Template) -> None:
        """
        Build all that holds data.

        Idempotent: A second run changes nothing.
        """
        for kind in DATA_TYPES:
            resources = template.of(kind)
            if kind == "AWS::SQS::Queue":
                resources = sorted(resources, key=lambda r: "RedrivePolicy" in r.properties)
            for resource in resources:
                self.makers[kind](resource, self.resolver(resource.properties))

    def rule(self, resource: Resource) -> None:
        """Make a rule with a pattern and its queue targets."""
        properties = self.resolver(resource.properties)
        bus = properties.get("EventBusName", "default")
        events = self.aws["events"]
        if bus.startswith(PARTNER):
            self._partner_bus(bus)
        events.put_rule(
            Name=resource.id,
            EventBusName=bus,
            EventPattern=json.dumps(properties["EventPattern"]),
            State=properties.get("State", "ENABLED"),
        )
        kept = ("Id", "Arn", "Input", "InputPath", "InputTransformer", "SqsParameters")
        targets = [{k: t[k] for k in kept if k in t} for t in properties.get("Targets", [])]
        for target in targets:
            if ":sqs:" not in target["Arn"] and ":events:" not in target["Arn"]:
                raise UnknownResource(f"{resource.id} has a target that is no queue and no bus")
        if targets:
            events.put_targets(Rule=resource.id, EventBusName=bus, Targets=targets)

    def _partner_bus(self, name: str) -> None:
        """Make a bus that somebody accepts by hand in AWS, so that no template holds it."""
        events = self.aws["events"]
        with suppress(events.exceptions.ResourceAlreadyExistsException):
            events.create_event_bus(Name=name, EventSourceName=name)

    def _key(self, resource: Resource, properties: dict[str, Any]) -> None:
        kms, alias = self.aws["kms"], f"alias/{resource.id}"
        try:
            made = kms.describe_key(KeyId=alias)["KeyMetadata"]
        except ClientError:
            made = kms.create_key(Description=properties.get("Description", ""))["KeyMetadata"]
            kms.create_alias(AliasName=alias, TargetKeyId=made["KeyId"])
        self.resolver.put(resource.id, made["KeyId"], Arn=made["Arn"], KeyId=made["KeyId"])

    def _secret(self, resource: Resource, properties: dict[str, Any]) -> None:
        secrets = self.aws["secretsmanager"]
        name = properties.get("Name", resource.id)
        try:
            arn = secrets.describe_secret(SecretId=name)["ARN"]
        except ClientError:
            value = json.dumps(self.secret)
            arn = secrets.create_secret(Name=name, SecretString=value)["ARN"]
        self.resolver.put(resource.id, arn, Id=arn)

    def _table(self, resource: Resource, properties: dict[str, Any]) -> None:
        dynamodb = self.aws["dynamodb"]
        name = properties.get("TableName", resource.id)
        try:
            made = dynamodb.describe_table(TableName=name)["Table"]
        except ClientError:
            made = dynamodb.create_table(TableName=name, **table_shape(properties))[
                "TableDescription"
            ]
            ttl = properties.get("TimeToLiveSpecification")
            if ttl:
                dynamodb.update_time_to_live(TableName=name, TimeToLiveSpecification=ttl)
        arn, stream = made["TableArn"], made.get("LatestStreamArn")
        self.resolver.put(resource.id, name, Arn=arn, StreamArn=stream, TableId=name)

    def _bucket(self, resource: Resource, properties: dict[str, Any]) -> None:
        s3 = self.aws["s3"]
        name = properties.get("BucketName") or f"signet-local-{resource.id}".lower()[:63]
        try:
            s3.head_bucket(Bucket=name)
        except ClientError:
            s3.create_bucket(Bucket=name)
            versioning = properties.get("VersioningConfiguration")
            if versioning:
                s3.put_bucket_versioning(Bucket=name, VersioningConfiguration=versioning)
            if "NotificationConfiguration" in properties:
                told: dict[str, Any] = {"EventBridgeConfiguration": {}}
                s3.put_bucket_notification_configuration(
                    Bucket=name, NotificationConfiguration=told
                )
        domain = f"{name}.s3.{REGION}.amazonaws.com"
        self.resolver.put(
            resource.id,
            name,
            Arn=f"arn:aws:s3:::{name}",
            DomainName=f"{name}.s3.amazonaws.com",
            RegionalDomainName=domain,
        )

    def _queue(self, resource: Resource, properties: dict[str, Any]) -> None:
        name = properties.get("QueueName", resource.id)
        attributes = {
            attribute: json.dumps(value) if isinstance(value, dict) else str(value)
            for attribute, value in properties.items()
            if attribute in QUEUE_ATTRIBUTES
        }
        sqs = self.aws["sqs"]
        try:
            url = sqs.create_queue(QueueName=name, Attributes=attributes)["QueueUrl"]
        except sqs.exceptions.QueueNameExists:  # kept from a run with an older template
            url = sqs.get_queue_url(QueueName=name)["QueueUrl"]
            sqs.set_queue_attributes(QueueUrl=url, Attributes=attributes)
        arn = f"arn:aws:sqs:{REGION}:{ACCOUNT}:{name}"
        self.resolver.put(resource.id, url, Arn=arn, QueueName=name, QueueUrl=url)

    def _bus(self, resource: Resource, properties: dict[str, Any]) -> None:
        events, name = self.aws["events"], properties.get("Name", resource.id)
        try:
            arn = events.describe_event_bus(Name=name)["Arn"]
        except ClientError:
            arn = events.create_event_bus(Name=name)["EventBusArn"]
        self.resolver.put(resource.id, name, Arn=arn, Name=name)


QUEUE_ATTRIBUTES = frozenset(
    [
        "DelaySeconds",
        "VisibilityTimeout",
        "MessageRetentionPeriod",
        "RedrivePolicy",
        "MaximumMessageSize",
    ]
)


def table_shape(properties: dict[str, Any]) -> dict[str, Any]:
    """Turn a table's properties into the arguments of CreateTable."""
    shape: dict[str, Any] = {
        "KeySchema": properties["KeySchema"],
        "AttributeDefinitions": properties["AttributeDefinitions"],
        "BillingMode": "PAY_PER_REQUEST",
    }
    indexes = properties.get("GlobalSecondaryIndexes")
    if indexes:
        kept = ("IndexName", "KeySchema", "Projection")
        shape["GlobalSecondaryIndexes"] = [{k: i[k] for k in kept} for i in indexes]
    stream = properties.get("StreamSpecification")
    if stream:
        view = stream["StreamViewType"]
        shape["StreamSpecification"] = {"StreamEnabled": True, "StreamViewType": view}
    return shape
