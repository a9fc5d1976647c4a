"""Alarms: what a person on duty must hear of."""

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sqs as sqs
from constructs import Construct

MINUTE = cdk.Duration.minutes(1)
OLDEST_WORK_SECONDS = 900


def watch_function(scope: Construct, function: lambda_.Function) -> None:
    """Alarm on errors that escape a function and on calls it had no room for."""
    _alarm(scope, "ErrorsAlarm", function.metric_errors(period=MINUTE))
    _alarm(scope, "ThrottlesAlarm", function.metric_throttles(period=MINUTE), minutes=5)


def watch_queue(scope: Construct, queue: sqs.Queue) -> None:
    """Alarm when work waits longer than a quarter of an hour."""
    age = queue.metric_approximate_age_of_oldest_message(period=MINUTE)
    _alarm(scope, "QueueAgeAlarm", age, above=OLDEST_WORK_SECONDS)


def watch_dead_letters(
    scope: Construct, queue: sqs.Queue, *, name: str = "DeadLettersAlarm"
) -> None:
    """Alarm on the first dead letter."""
    waiting = queue.metric_approximate_number_of_messages_visible(period=MINUTE)
    _alarm(scope, name, waiting)


def _alarm(
    scope: Construct, name: str, metric: cloudwatch.Metric, *, above: int = 0, minutes: int = 1
) -> None:
    """Create an alarm on a metric that stays above a figure for some minutes."""
    metric.create_alarm(
        scope,
        name,
        comparison_operator=cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
        evaluation_periods=minutes,
        threshold=above,
        treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,
    )
