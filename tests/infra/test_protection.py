"""Who may do what, and how data is kept from everybody else."""

import json
from typing import Any

import pytest

from tests.infra.reading import functions, listed, of_type, references, statements, variables

# The only places where a resource may be named with a star, each by its role's policy.
WILDCARDS = {
    ("ReportRoleDefaultPolicy", "dynamodb:ListStreams"): "the action knows no resource type",
    ("AdminRoleDefaultPolicy", "s3:GetObject"): "the objects of content, intake and feedback",
    ("AdminRoleDefaultPolicy", "s3:PutObject"): "the objects of content and intake",
    ("PreprocessRoleDefaultPolicy", "s3:GetObject"): "the objects of intake and feedback",
    ("PreprocessRoleDefaultPolicy", "s3:PutObject"): "the objects of intake and feedback",
    ("DeliverRoleDefaultPolicy", "s3:GetObject"): "the objects of the content bucket",
    ("RenderRoleDefaultPolicy", "s3:GetObject"): "the objects of the content bucket",
    ("RenderRoleDefaultPolicy", "s3:PutObject"): "the objects of the content bucket",
    ("ReportRoleDefaultPolicy", "s3:PutObject"): "the objects of the lake",
    ("UpkeepRoleDefaultPolicy", "s3:GetObject"): "the objects of the lake and the beat",
    ("UpkeepRoleDefaultPolicy", "s3:PutObject"): "the beat",
    ("DeliverRoleDefaultPolicy", "ses:GetAccount"): "the action knows no resource type",
    ("UpkeepRoleDefaultPolicy", "ses:GetAccount"): "the action knows no resource type",
    ("ReportRoleDefaultPolicy", "ses:PutSuppressedDestination"): "the list is the account's",
    ("ReportRoleDefaultPolicy", "ses:DeleteSuppressedDestination"): "the list is the account's",
}
# What each function may never do, whatever else changes.
FORBIDDEN = [
    ("Ingest", "DataContent"),
    ("Ingest", "DataLake"),
    ("Ingest", "DataIntake"),
    ("Ingest", "DataFeedback"),
    ("Deliver", "DataIntake"),
    ("Deliver", "DataFeedback"),
    ("Render", "DataIntake"),
    ("Render", "DataFeedback"),
    ("Preprocess", "DataContent"),
    ("Preprocess", "DataLake"),
    ("Deliver", "DataLake"),
    ("Report", "DataContent"),
]


def test_stars_are_named(template: dict[str, Any]) -> None:
    """A permission on more than one named resource has its reason in the list above."""
    stars = {
        (policy, action)
        for policy, statement in statements(template)
        if "*" in json.dumps(statement["Resource"])
        for action in listed(statement["Action"])
    }

    assert {*WILDCARDS} | {
        (p, "s3:GetObjectVersion") for p, a in WILDCARDS if a.endswith("GetObject")
    } == stars


def test_no_permission_names_actions_with_a_star(template: dict[str, Any]) -> None:
    """Each allowed action is written out."""
    starred = [s["Action"] for _, s in statements(template) if "*" in json.dumps(s["Action"])]

    assert [] == starred


def test_no_role_brings_a_ready_made_policy(template: dict[str, Any]) -> None:
    """Ready-made policies allow more than one function needs."""
    roles = of_type(template, "AWS::IAM::Role").values()

    assert [] == [role for role in roles if "ManagedPolicyArns" in role]


@pytest.mark.parametrize(("stage", "resource"), FORBIDDEN)
def test_stage_cannot_touch(stage: str, resource: str, template: dict[str, Any]) -> None:
    """Doors and workers reach only the data of their own step."""
    policy = of_type(template, "AWS::IAM::Policy")[f"{stage}RoleDefaultPolicy"]

    assert resource not in set(references(policy["PolicyDocument"]))


def test_upkeep_lists_people_and_does_nothing_else_with_them(template: dict[str, Any]) -> None:
    """A broadcast reads on through the table; no row of it is read by its key, or written."""
    named = [
        action
        for policy, statement in statements(template)
        if policy == "UpkeepRoleDefaultPolicy" and "DataProfiles" in json.dumps(statement)
        for action in listed(statement["Action"])
        if action.startswith("dynamodb:")
    ]

    assert ["dynamodb:Scan"] == named


@pytest.mark.parametrize(
    ("writers", "table"),
    [
        ({"Admin"}, "DataCatalog"),
        ({"Admin", "Ingest"}, "DataIdempotency"),
        ({"Admin", "Deliver", "Ingest", "Preprocess", "Report"}, "DataProfiles"),
    ],
)
def test_only_writers_write(writers: set[str], table: str, template: dict[str, Any]) -> None:
    """Each table is written by the functions that own a reason to."""
    found = {
        policy.removesuffix("RoleDefaultPolicy")
        for policy, statement in statements(template)
        if "dynamodb:PutItem" in listed(statement["Action"])
        and table in set(references(statement["Resource"]))
    }

    assert writers == found


def test_only_deliver_and_the_canary_send_mail(template: dict[str, Any]) -> None:
    """Nothing leaves the house but under its own domain: messages, and upkeep's canaries."""
    sending = {
        policy: statement
        for policy, statement in statements(template)
        if any(action.startswith("ses:Send") for action in listed(statement["Action"]))
    }

    assert {"DeliverRoleDefaultPolicy", "UpkeepRoleDefaultPolicy"} == set(sending)
    for statement in sending.values():
        assert "ses:FromAddress" in statement["Condition"]["StringLike"]


def test_keys_are_used_through_their_service_only(template: dict[str, Any]) -> None:
    """No function decrypts anything by itself."""
    bare = [
        policy
        for policy, statement in statements(template)
        if any(action.startswith("kms:") for action in listed(statement["Action"]))
        and "kms:ViaService" not in json.dumps(statement.get("Condition", {}))
    ]

    assert [] == bare


def test_what_a_function_knows_it_may_use(template: dict[str, Any]) -> None:
    """Each table, bucket, queue or secret in an environment is in that role's policy."""
    policies = of_type(template, "AWS::IAM::Policy")
    unusable = {
        (name, known)
        for name, function in functions(template).items()
        for known in set(references(variables(function))) - {"ApiHttp", "EmailConfigurationSet"}
        if known not in set(references(policies[f"{name.capitalize()}RoleDefaultPolicy"]))
    }

    assert set() == unusable


def test_tables_and_buckets_are_encrypted_with_our_keys(template: dict[str, Any]) -> None:
    """Data at rest is readable only to who may use a key of ours, and the keys rotate."""
    tables = of_type(template, "AWS::DynamoDB::Table").values()
    buckets = of_type(template, "AWS::S3::Bucket").values()
    keys = of_type(template, "AWS::KMS::Key").values()

    assert all("KMSMasterKeyId" in table["SSESpecification"] for table in tables)
    assert all("aws:kms" in json.dumps(bucket["BucketEncryption"]) for bucket in buckets)
    assert all(key["EnableKeyRotation"] for key in keys)


def test_queues_are_encrypted(template: dict[str, Any]) -> None:
    """What rides a queue is encrypted where it waits."""
    queues = of_type(template, "AWS::SQS::Queue").values()

    assert all(queue["SqsManagedSseEnabled"] for queue in queues)


@pytest.mark.parametrize(
    ("kind", "policy", "field"),
    [
        ("AWS::S3::Bucket", "AWS::S3::BucketPolicy", "Bucket"),
        ("AWS::SQS::Queue", "AWS::SQS::QueuePolicy", "Queues"),
    ],
)
def test_plain_connections_are_refused(
    kind: str, policy: str, field: str, template: dict[str, Any]
) -> None:
    """Buckets and queues answer over TLS only."""
    strict = {
        name
        for one in of_type(template, policy).values()
        if '"aws:SecureTransport": "false"' in json.dumps(one["PolicyDocument"])
        for name in references(one[field])
    }

    assert set(of_type(template, kind)) == strict


def test_buckets_are_closed_to_the_public(template: dict[str, Any]) -> None:
    """No setting elsewhere can open a bucket."""
    buckets = of_type(template, "AWS::S3::Bucket").values()

    assert all(all(b["PublicAccessBlockConfiguration"].values()) for b in buckets)


def test_data_outlives_the_stack(template: dict[str, Any]) -> None:
    """Deleting the stack deletes no table, bucket, key or secret."""
    lasting = ("AWS::DynamoDB::Table", "AWS::S3::Bucket", "AWS::KMS::Key")
    lost = [
        name
        for name, resource in template["Resources"].items()
        if resource["Type"] in (*lasting, "AWS::SecretsManager::Secret")
        and "Retain" != resource.get("DeletionPolicy")
    ]

    assert [] == lost
