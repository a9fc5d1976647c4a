"""What each permission means, action by action, so that nobody gets more by accident."""

from collections.abc import Iterable

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms

from infra.constructs.data import Shelf, Store

READ = ("dynamodb:BatchGetItem", "dynamodb:GetItem", "dynamodb:Query")
# Reading on through a whole table, page by page, is for operators and their broadcasts only.
LIST = ("dynamodb:Scan",)
# A condition check inside a transaction is a permission of its own.
# An insert by statement, too.
WRITE = (
    "dynamodb:BatchWriteItem",
    "dynamodb:ConditionCheckItem",
    "dynamodb:PartiQLInsert",
    "dynamodb:PutItem",
    "dynamodb:UpdateItem",
)
# Rows are history: only driven dead letters and kept answers ever go.
REMOVE = ("dynamodb:DeleteItem",)
OPEN = ("kms:Decrypt", "kms:DescribeKey")
SEAL = (
    *OPEN,
    "kms:Encrypt",
    "kms:GenerateDataKey",
    "kms:GenerateDataKeyWithoutPlaintext",
    "kms:ReEncryptFrom",
    "kms:ReEncryptTo",
)
GET = ("s3:GetObject", "s3:GetObjectVersion")
PUT = ("s3:PutObject",)
FOLLOW = ("dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator")


def allow(
    role: iam.Role,
    actions: Iterable[str],
    resources: Iterable[str],
    *,
    conditions: dict[str, object] | None = None,
) -> None:
    """Allow a role these actions on these resources."""
    role.add_to_policy(
        iam.PolicyStatement(
            actions=sorted(actions), resources=list(resources), conditions=conditions
        )
    )


def allow_store(role: iam.Role, store: Store, actions: Iterable[str]) -> None:
    """Allow table actions, with the table's key used through DynamoDB only."""
    wanted = set(actions)
    allow(role, wanted, store.arns)
    allow_key(role, store.key, SEAL if wanted & set(WRITE) else OPEN, service="dynamodb")


def allow_shelf(role: iam.Role, shelf: Shelf, actions: Iterable[str]) -> None:
    """Allow object actions, with the bucket's key used through S3 only."""
    wanted = set(actions)
    allow(role, wanted, [shelf.bucket.arn_for_objects("*")])
    if wanted & set(GET):
        # Without it S3 answers that an object which is not there is forbidden.
        allow(role, ["s3:ListBucket"], [shelf.bucket.bucket_arn])
    opening = {"kms:Decrypt"} if wanted & set(GET) else set()
    sealing = {"kms:Decrypt", "kms:GenerateDataKey"} if wanted & set(PUT) else set()
    allow_key(role, shelf.key, opening | sealing, service="s3")


def allow_key(role: iam.Role, key: kms.Key, actions: Iterable[str], *, service: str) -> None:
    """Allow a key's use on condition that the named service asks on the caller's behalf."""
    via = f"{service}.{cdk.Aws.REGION}.{cdk.Aws.URL_SUFFIX}"
    allow(role, actions, [key.key_arn], conditions={"StringEquals": {"kms:ViaService": via}})


def allow_stream(role: iam.Role, store: Store) -> None:
    """Allow following a table's change stream."""
    arn = store.table.table_stream_arn
    if arn is None:
        message = "the table has no stream to follow"
        raise ValueError(message)
    allow(role, FOLLOW, [arn])
    # Listing streams cannot be narrowed: the action knows no resource type.
    allow(role, ["dynamodb:ListStreams"], ["*"])
    allow_key(role, store.key, OPEN, service="dynamodb")
