"""Where data rests: tables, buckets, keys and the secret, cut by lifecycle."""

import json
from dataclasses import dataclass

import aws_cdk as cdk
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_secretsmanager as secretsmanager
from constructs import Construct

RAW_EVENTS = "provider-events/"
STREAM = dynamodb.StreamViewType.NEW_AND_OLD_IMAGES


@dataclass(frozen=True)
class Store:
    """A table with the key that encrypts it and the names of its indexes."""

    table: dynamodb.Table
    key: kms.Key
    indexes: tuple[str, ...] = ()

    @property
    def arns(self) -> list[str]:
        """Return the table's own ARN, then one for each index, without a wildcard."""
        arn = self.table.table_arn
        return [arn, *(f"{arn}/index/{index}" for index in self.indexes)]


@dataclass(frozen=True)
class Shelf:
    """A bucket with the key that encrypts it."""

    bucket: s3.Bucket
    key: kms.Key


class Data(Construct):
    """Everything that outlives a deployment."""

    def __init__(self, scope: Construct, construct_id: str) -> None:
        """Create the two keys, four tables, four buckets and the secret."""
        super().__init__(scope, construct_id)
        people = self._key("ProfilesKey", "What is known about people.")
        content = self._key("ContentKey", "What operators write and what was sent.")
        self.profiles = self._table("Profiles", people, stream=STREAM, recovery=True)
        self.events = self._events(people)
        self.catalog = self._table("Catalog", content, stream=STREAM, recovery=True)
        self.idempotency = self._table("Idempotency", people, key="id", ttl="expiration")
        # What holds addresses stays no longer than it is of use: a body until its dead letter can
        # be driven no more, a raw provider event for the length of an enquiry.
        self.content = self._bucket("Content", content, versioned=True, expiring={"bodies/": 30})
        self.lake = self._bucket("Lake", content, versioned=False, expiring={RAW_EVENTS: 90})
        # What comes in as files is personal and stays until it has been read and could be asked
        # about; what people said stays with the profile it belongs to.
        arriving = {"imports/": 30, "chunks/": 7, "inbound/": 30}
        self.intake = self._bucket("Intake", people, versioned=False, expiring=arriving)
        tell_bus(self.intake.bucket)
        self.feedback = self._bucket("Feedback", people, versioned=False, expiring={})
        self.secret = self._secret()

    def _key(self, name: str, description: str) -> kms.Key:
        """Create one customer-managed key that rotates every year."""
        return kms.Key(self, name, description=description, enable_key_rotation=True)

    def _table(
        self,
        name: str,
        encryption_key: kms.Key,
        *,
        key: str = "",
        ttl: str | None = None,
        stream: dynamodb.StreamViewType | None = None,
        recovery: bool = False,
    ) -> Store:
        """Create an on-demand table, keyed by pk and sk unless one key is named."""
        table = dynamodb.Table(
            self,
            name,
            partition_key=_text(key or "pk"),
            sort_key=None if key else _text("sk"),
            billing_mode=dynamodb.BillingMode.PAY_PER_REQUEST,
            encryption=dynamodb.TableEncryption.CUSTOMER_MANAGED,
            encryption_key=encryption_key,
            point_in_time_recovery_specification=dynamodb.PointInTimeRecoverySpecification(
                point_in_time_recovery_enabled=recovery
            ),
            removal_policy=cdk.RemovalPolicy.RETAIN,
            stream=stream,
            time_to_live_attribute=ttl,
        )
        return Store(table, encryption_key)

    def _events(self, key: kms.Key) -> Store:
        """Create the events table with its three sparse indexes."""
        store = self._table("Events", key, stream=STREAM, ttl="expires", recovery=True)
        indexes = {"by_campaign": "campaign", "due": "due", "timeline": "timeline"}
        for index, prefix in indexes.items():
            store.table.add_global_secondary_index(
                index_name=index,
                partition_key=_text(f"{prefix}_pk"),
                sort_key=_text(f"{prefix}_sk"),
                projection_type=dynamodb.ProjectionType.KEYS_ONLY,
            )
        return Store(store.table, key, tuple(indexes))

    def _bucket(
        self, name: str, key: kms.Key, *, versioned: bool, expiring: dict[str, int]
    ) -> Shelf:
        """Create a private bucket that answers over TLS only and forgets prefixes after days."""
        bucket = s3.Bucket(
            self,
            name,
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            bucket_key_enabled=True,
            encryption=s3.BucketEncryption.KMS,
            encryption_key=key,
            enforce_ssl=True,
            lifecycle_rules=[
                s3.LifecycleRule(abort_incomplete_multipart_upload_after=cdk.Duration.days(7)),
                *(_expiry(prefix, days, versioned=versioned) for prefix, days in expiring.items()),
            ],
            object_ownership=s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
            removal_policy=cdk.RemovalPolicy.RETAIN,
            versioned=versioned,
        )
        return Shelf(bucket, key)

    def _secret(self) -> secretsmanager.Secret:
        """Create the secret: no keys yet, and a root from which others are derived."""
        return secretsmanager.Secret(
            self,
            "Secret",
            description="Signet's API keys and the root of its signing keys.",
            removal_policy=cdk.RemovalPolicy.RETAIN,
            generate_secret_string=secretsmanager.SecretStringGenerator(
                secret_string_template=json.dumps({"keys": {}}),
                generate_string_key="root",
                password_length=64,
                exclude_punctuation=True,
            ),
        )


def tell_bus(bucket: s3.Bucket) -> None:
    """Let a bucket tell the default bus of its objects; CDK's own switch adds a function."""
    resource = bucket.node.default_child
    if not isinstance(resource, s3.CfnBucket):
        message = "a bucket is no bucket"
        raise TypeError(message)
    resource.add_property_override(
        "NotificationConfiguration.EventBridgeConfiguration.EventBridgeEnabled",
        True,  # noqa: FBT003
    )


def _expiry(prefix: str, days: int, *, versioned: bool) -> s3.LifecycleRule:
    """Return the rule that forgets what is kept under a prefix, older versions included."""
    kept = cdk.Duration.days(days)
    return s3.LifecycleRule(
        prefix=prefix,
        expiration=kept,
        noncurrent_version_expiration=cdk.Duration.days(1) if versioned else None,
    )


def _text(name: str) -> dynamodb.Attribute:
    """Return a key attribute that holds text."""
    return dynamodb.Attribute(name=name, type=dynamodb.AttributeType.STRING)
