"""Who from outside may leave something with us, and which rules bring it to its queue."""

import json
from pathlib import Path
from typing import Any

from infra import app
from infra.local.cloud import LocalCloud
from tests.functions.test_arrival_samples import EXPECTED, PARTNER, person, put, register
from tests.infra.reading import of_type, quiet_cdk, target

OWN = {"StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}}


def _of_mail(policy: dict[str, Any]) -> list[dict[str, Any]]:
    """Return what a resource's policy says of SES."""
    statements = policy["Statement"]
    return [one for one in statements if {"Service": "ses.amazonaws.com"} == one.get("Principal")]


def test_mail_may_be_put_under_one_prefix_and_by_this_account_only(
    template: dict[str, Any],
) -> None:
    """Another account's receipt rule could otherwise fill our bucket."""
    policies = of_type(template, "AWS::S3::BucketPolicy")
    found = {
        name: _of_mail(policy["PolicyDocument"])
        for name, policy in policies.items()
        if _of_mail(policy["PolicyDocument"])
    }

    assert {"DataIntakePolicy"} == set(found)
    (statement,) = found["DataIntakePolicy"]
    assert ("s3:PutObject", OWN) == (statement["Action"], statement["Condition"])
    assert json.dumps(statement["Resource"]).endswith('"/inbound/*"]]}')


def test_mail_may_use_the_key_for_this_account_only(template: dict[str, Any]) -> None:
    """A mail cannot be put into an encrypted bucket without its key."""
    keys = of_type(template, "AWS::KMS::Key")
    found = {name: _of_mail(key["KeyPolicy"]) for name, key in keys.items()}
    statements = [one for allowed in found.values() for one in allowed]

    bucket = of_type(template, "AWS::S3::Bucket")["DataIntake"]["BucketEncryption"]
    (rule,) = bucket["ServerSideEncryptionConfiguration"]
    used = target(rule["ServerSideEncryptionByDefault"]["KMSMasterKeyID"])
    assert [used] == [name for name, allowed in found.items() if allowed]
    assert [(["kms:Decrypt", "kms:GenerateDataKey"], OWN)] == [
        (one["Action"], one["Condition"]) for one in statements
    ]


def test_devices_may_send_to_the_intake_queue_and_nothing_else(template: dict[str, Any]) -> None:
    """The role that an IoT rule takes on is of no use for anything but our one queue."""
    role = of_type(template, "AWS::IAM::Role")["Devices"]
    (trusted,) = role["AssumeRolePolicyDocument"]["Statement"]
    policies = [
        policy
        for policy in of_type(template, "AWS::IAM::Policy").values()
        if {"Ref": "Devices"} in policy["Roles"]
    ]

    assert ({"Service": "iot.amazonaws.com"}, OWN) == (trusted["Principal"], trusted["Condition"])
    (statement,) = [one for p in policies for one in p["PolicyDocument"]["Statement"]]
    assert "sqs:SendMessage" == statement["Action"]
    assert "PreprocessQueue" == target(statement["Resource"])


def test_every_rule_of_arrivals_leads_to_the_one_queue_with_a_way_out(
    template: dict[str, Any],
) -> None:
    """What the bus cannot hand over is a dead letter, not lost."""
    rules = {
        name: rule
        for name, rule in of_type(template, "AWS::Events::Rule").items()
        if name.startswith("Preprocess")
    }

    assert {"Arrivals", "CallEvents", "CallRecords", "Mentions"} == {
        name.removeprefix("Preprocess") for name in rules
    }
    for rule in rules.values():
        (aim,) = rule["Targets"]
        assert "PreprocessQueue" == target(aim["Arn"])
        assert "PreprocessDeadLetters" == target(aim["DeadLetterConfig"]["Arn"])


def test_a_partner_bus_that_is_named_is_heard(tmp_path: Path) -> None:
    """With `salesforce_bus` in the context, a change put on that bus reaches its timeline."""
    with quiet_cdk():
        template = app.synth(tmp_path, salesforce_bus=PARTNER)
    rule = of_type(template, "AWS::Events::Rule")["PreprocessChanges"]
    assert PARTNER == rule["EventBusName"]
    assert {"source": [{"prefix": "aws.partner/"}]} == rule["EventPattern"]

    with LocalCloud(template) as cloud:
        register(cloud, "salesforce")
        put(cloud, "salesforce_change")
        cloud.drain()
        identifier, event, traits = EXPECTED["salesforce_change"]
        profile, events = person(cloud, identifier)

    assert ([event], traits) == ([one.name for one in events], profile["traits"])
