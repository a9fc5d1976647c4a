"""Who from outside may leave something with us: devices on a queue, mails in a bucket."""

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from infra.constructs.data import Shelf

INBOUND = "inbound/"


def role_of_devices(scope: Construct, queue: sqs.Queue) -> iam.Role:
    """Create the role that a rule of AWS IoT takes on to put payloads on a queue, and no more."""
    role = iam.Role(
        scope,
        "Devices",
        assumed_by=iam.ServicePrincipal(
            "iot.amazonaws.com",
            conditions={"StringEquals": {"aws:SourceAccount": cdk.Aws.ACCOUNT_ID}},
        ),
        description="For the SQS action of AWS IoT rules.",
    )
    role.add_to_policy(
        iam.PolicyStatement(actions=["sqs:SendMessage"], resources=[queue.queue_arn])
    )
    return role


def allow_inbound_mail(shelf: Shelf) -> None:
    """Let SES put the mails of this account under one prefix of a bucket, with its key."""
    own = {"StringEquals": {"aws:SourceAccount": cdk.Aws.ACCOUNT_ID}}
    principal = iam.ServicePrincipal("ses.amazonaws.com")
    shelf.bucket.add_to_resource_policy(
        iam.PolicyStatement(
            sid="InboundMail",
            actions=["s3:PutObject"],
            conditions=own,
            principals=[principal],
            resources=[shelf.bucket.arn_for_objects(f"{INBOUND}*")],
        )
    )
    shelf.key.add_to_resource_policy(
        iam.PolicyStatement(
            sid="InboundMail",
            actions=["kms:Decrypt", "kms:GenerateDataKey"],
            conditions=own,
            principals=[principal],
            # In a key's own policy, the star is that key.
            resources=["*"],
        )
    )
