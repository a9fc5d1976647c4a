"""Queues as every stage has them: encrypted, TLS only, with a place for dead letters."""

import aws_cdk as cdk
from aws_cdk import aws_sqs as sqs
from constructs import Construct

# Work is repeated this often before it is laid aside.
MAX_RECEIVES = 8
# AWS advises a visibility of at least six times the function's timeout.
VISIBILITY_FACTOR = 6
# Dead letters are read by `upkeep`, which may run this long.
UPKEEP_TIMEOUT_SECONDS = 60
KEPT_DAYS = 14


def dead_letters(scope: Construct, name: str) -> sqs.Queue:
    """Create a dead-letter queue that keeps what it gets as long as SQS allows."""
    return sqs.Queue(
        scope,
        name,
        encryption=sqs.QueueEncryption.SQS_MANAGED,
        enforce_ssl=True,
        retention_period=cdk.Duration.days(KEPT_DAYS),
        visibility_timeout=cdk.Duration.seconds(VISIBILITY_FACTOR * UPKEEP_TIMEOUT_SECONDS),
    )


def work_queue(scope: Construct, name: str, dead: sqs.Queue, *, timeout_seconds: int) -> sqs.Queue:
    """Create a work queue whose visibility follows its function's timeout."""
    return sqs.Queue(
        scope,
        name,
        dead_letter_queue=sqs.DeadLetterQueue(max_receive_count=MAX_RECEIVES, queue=dead),
        encryption=sqs.QueueEncryption.SQS_MANAGED,
        enforce_ssl=True,
        retention_period=cdk.Duration.days(KEPT_DAYS),
        visibility_timeout=cdk.Duration.seconds(VISIBILITY_FACTOR * timeout_seconds),
    )
