"""Alarms: what a person on duty must hear of."""

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sqs as sqs
from constructs import Construct

MINUTE = cdk.Duration.minutes(1)
NAMESPACE = "Signet"
OLDEST_WORK_SECONDS = 900
# A letter that upkeep fails on comes back after six minutes, and SQS leaves a letter that was
# received three times out of its oldest age: so later than the first return, before the second.
OLDEST_LETTER_SECONDS = 480
FAILED_ANSWERS = 4
FAILED_ANSWERS_MINUTES = 5
# One client with a fault in its code, rather than one customer with a strange name.
QUARANTINED = 100
QUARANTINED_MINUTES = 5


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
    """
    Alarm when dead letters wait: upkeep, which empties these queues at once, is ill.

    That there is a new dead letter is what upkeep's log tells, and `watch_line` hears.
    """
    age = queue.metric_approximate_age_of_oldest_message(period=MINUTE)
    _alarm(scope, name, age, above=OLDEST_LETTER_SECONDS)


def watch_stream(scope: Construct, function: lambda_.Function) -> None:
    """Alarm when a function is more than a quarter of an hour behind the stream it follows."""
    age = function.metric("IteratorAge", statistic="Maximum", period=MINUTE)
    _alarm(scope, "StreamAgeAlarm", age, above=1000 * OLDEST_WORK_SECONDS)


def watch_line(scope: Construct, log: logs.LogGroup, *, line: str, name: str) -> None:
    """
    Alarm when a function logs a line.

    The log group counts the line itself, so that no call costs more and no role may do more.
    """
    lines = count_line(scope, log, line=line, name=name)
    _alarm(scope, f"{name}Alarm", lines.metric(statistic="Sum", period=MINUTE))


def count_line(
    scope: Construct, log: logs.LogGroup, *, line: str, name: str, value: str = "1"
) -> logs.MetricFilter:
    """Count a line of a function, or add up a figure that stands in it, such as `$.count`."""
    return logs.MetricFilter(
        scope,
        f"{name}Lines",
        log_group=log,
        filter_pattern=logs.FilterPattern.string_value("$.message", "=", line),
        metric_namespace=NAMESPACE,
        metric_name=name,
        metric_value=value,
    )


def watch_quarantine(scope: Construct, name: str) -> None:
    """Alarm when far more than usual waits for a correction, from all doors together."""
    kept = cloudwatch.Metric(
        namespace=NAMESPACE,
        metric_name=name,
        statistic="Sum",
        period=cdk.Duration.minutes(QUARANTINED_MINUTES),
    )
    _alarm(scope, f"{name}Alarm", kept, above=QUARANTINED)


def watch_answers(scope: Construct, api_id: str) -> None:
    """Alarm when callers of the HTTP API hear again and again that the fault is ours."""
    failed = cloudwatch.Metric(
        namespace="AWS/ApiGateway",
        metric_name="5xx",
        dimensions_map={"ApiId": api_id},
        statistic="Sum",
        period=cdk.Duration.minutes(FAILED_ANSWERS_MINUTES),
    )
    _alarm(scope, "FailedAnswersAlarm", failed, above=FAILED_ANSWERS)


def tell(stack: cdk.Stack, topic_arn: str) -> None:
    """Let every alarm of a stack tell a topic when it begins."""
    topic = sns.Topic.from_topic_arn(stack, "AlarmTopic", topic_arn)
    for alarm in stack.node.find_all():
        if isinstance(alarm, cloudwatch.Alarm):
            alarm.add_alarm_action(actions.SnsAction(topic))


def _alarm(
    scope: Construct, name: str, metric: cloudwatch.Metric, *, above: int = 0, minutes: int = 1
) -> None:
    """Create an alarm on a metric that stays above a figure for some of its periods."""
    metric.create_alarm(
        scope,
        name,
        comparison_operator=cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
        evaluation_periods=minutes,
        threshold=above,
        treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,
    )
