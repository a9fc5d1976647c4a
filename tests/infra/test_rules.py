"""Rules that every function, queue and mapping of the template keeps."""

from pathlib import Path
from typing import Any

import pytest

from infra import app
from tests.infra.reading import FUNCTIONS, functions, listed, of_type, quiet_cdk, target

ADVISED_FACTOR = 6
WORKERS = ("deliver", "preprocess", "render", "report", "upkeep")


def test_every_mapping_reports_the_items_that_failed(template: dict[str, Any]) -> None:
    """One bad record never takes its batch along."""
    silent = [
        name
        for name, mapping in of_type(template, "AWS::Lambda::EventSourceMapping").items()
        if mapping.get("FunctionResponseTypes") != ["ReportBatchItemFailures"]
    ]

    assert [] == silent


def test_every_work_queue_has_a_dead_letter_queue(template: dict[str, Any]) -> None:
    """Work that fails again and again is laid aside, not lost."""
    queues = of_type(template, "AWS::SQS::Queue")
    without = {name for name, queue in queues.items() if "RedrivePolicy" not in queue}

    assert without == {name for name in queues if name.endswith("DeadLetters")}
    assert len(WORKERS) == len(queues) - len(without)


def test_every_queue_outwaits_its_function(template: dict[str, Any]) -> None:
    """A record is not seen twice only because its function takes its time."""
    queues = of_type(template, "AWS::SQS::Queue")
    workers = of_type(template, "AWS::Lambda::Function")
    hasty = [
        name
        for name, mapping in of_type(template, "AWS::Lambda::EventSourceMapping").items()
        if (queue := queues.get(target(mapping["EventSourceArn"])))
        and queue["VisibilityTimeout"]
        < ADVISED_FACTOR * workers[target(mapping["FunctionName"])]["Timeout"]
    ]

    assert [] == hasty


def test_every_queue_is_read(template: dict[str, Any]) -> None:
    """Nothing, dead letters included, waits where nobody looks."""
    mappings = of_type(template, "AWS::Lambda::EventSourceMapping").values()
    read = {target(mapping["EventSourceArn"]) for mapping in mappings}

    assert set() == set(of_type(template, "AWS::SQS::Queue")) - read


@pytest.mark.parametrize("name", FUNCTIONS)
def test_function_runs_where_the_layer_was_built_for(name: str, template: dict[str, Any]) -> None:
    """Runtime, architecture and the two layers belong together."""
    function = functions(template)[name]

    assert ("python3.13", ["arm64"]) == (function["Runtime"], function["Architectures"])
    assert {"CodeSignetLayer", "CodeDepsLayer"} == {target(one) for one in function["Layers"]}


def test_every_function_has_a_role_of_its_own(template: dict[str, Any]) -> None:
    """No function inherits another's permissions."""
    roles = [target(function["Role"]) for function in functions(template).values()]

    assert len(FUNCTIONS) == len(set(roles))


def test_every_log_is_forgotten_in_time(template: dict[str, Any]) -> None:
    """Each function writes to a log group of its own, and each group has a retention."""
    groups = of_type(template, "AWS::Logs::LogGroup")
    used = [target(f["LoggingConfig"]["LogGroup"]) for f in functions(template).values()]

    assert len(FUNCTIONS) == len(set(used) & set(groups))
    assert all("RetentionInDays" in group for group in groups.values())


@pytest.mark.parametrize("metric", ["Errors", "Throttles"])
def test_every_function_has_its_alarms(metric: str, template: dict[str, Any]) -> None:
    """A person hears of errors that escaped and of calls that found no room."""
    watched = _watched(template, "AWS/Lambda", metric)

    assert set(of_type(template, "AWS::Lambda::Function")) == watched


def test_every_queue_has_its_alarm(template: dict[str, Any]) -> None:
    """Every queue is watched for age: upkeep reads dead letters at once, so theirs is short."""
    assert set(of_type(template, "AWS::SQS::Queue")) == _watched(
        template, "AWS/SQS", "ApproximateAgeOfOldestMessage"
    )


def test_a_dead_letter_queue_is_alarmed_before_sqs_forgets_the_age(
    template: dict[str, Any],
) -> None:
    """Later than one failed read of upkeep, and before the third, after which no age is told."""
    queues = of_type(template, "AWS::SQS::Queue")
    for alarm in of_type(template, "AWS::CloudWatch::Alarm").values():
        queue = target(alarm["Dimensions"][0]["Value"]) if alarm.get("Dimensions") else ""
        if queue.endswith("DeadLetters"):
            hidden = queues[queue]["VisibilityTimeout"]
            assert hidden < alarm["Threshold"] < 2 * hidden - alarm["Period"]


def test_the_stream_and_the_door_have_their_alarms(template: dict[str, Any]) -> None:
    """Who follows a stream is watched for how far it is behind, the API for its own failures."""
    mappings = of_type(template, "AWS::Lambda::EventSourceMapping").values()
    following = {target(m["FunctionName"]) for m in mappings if "StartingPosition" in m}

    assert following == _watched(template, "AWS/Lambda", "IteratorAge")
    assert set(of_type(template, "AWS::ApiGatewayV2::Api")) == _watched(
        template, "AWS/ApiGateway", "5xx"
    )


def test_every_counted_line_has_its_alarm(template: dict[str, Any]) -> None:
    """A line of a log that is counted is counted for somebody."""
    counted = {
        (one["MetricNamespace"], one["MetricName"])
        for found in of_type(template, "AWS::Logs::MetricFilter").values()
        for one in found["MetricTransformations"]
    }
    alarms = of_type(template, "AWS::CloudWatch::Alarm").values()

    assert 6 == len(counted)
    assert counted <= {(alarm["Namespace"], alarm["MetricName"]) for alarm in alarms}


def test_quarantine_is_alarmed_by_the_sum_of_all_doors(template: dict[str, Any]) -> None:
    """Each line adds its own count to one figure, which is looked at for five minutes."""
    filters = of_type(template, "AWS::Logs::MetricFilter").values()
    sums = [one["MetricTransformations"][0] for one in filters if "quarantined" in str(one)]
    (alarm,) = (
        one
        for one in of_type(template, "AWS::CloudWatch::Alarm").values()
        if one["MetricName"] == "Quarantined"
    )

    assert [("Quarantined", "$.count")] * 3 == [
        (one["MetricName"], one["MetricValue"]) for one in sums
    ]
    assert ("Sum", 300, 100) == (alarm["Statistic"], alarm["Period"], alarm["Threshold"])


def test_alarms_have_no_action_unless_a_topic_is_named(template: dict[str, Any]) -> None:
    """The committed template knows nobody's topic."""
    alarms = of_type(template, "AWS::CloudWatch::Alarm").values()

    assert [] == [alarm for alarm in alarms if "AlarmActions" in alarm]


def test_every_alarm_tells_the_topic_that_is_named(tmp_path: Path) -> None:
    """With `alarm_topic` in the context no alarm is left out."""
    topic = "arn:aws:sns:eu-central-1:123456789012:duty"
    with quiet_cdk():
        template = app.synth(tmp_path, alarm_topic=topic)
    alarms = of_type(template, "AWS::CloudWatch::Alarm")

    assert [] == [name for name, one in alarms.items() if one.get("AlarmActions") != [topic]]
    assert len(alarms) > 20


def test_no_resource_runs_code_that_is_not_ours(template: dict[str, Any]) -> None:
    """No custom resource, hence no hidden function, comes with a construct."""
    kinds = {resource["Type"] for resource in template["Resources"].values()}

    assert not {k for k in kinds if k.startswith("Custom::") or "CustomResource" in k}
    assert len(FUNCTIONS) == len(of_type(template, "AWS::Lambda::Function"))


def _watched(template: dict[str, Any], namespace: str, metric: str) -> set[str]:
    """Return the resources that have an alarm on a metric."""
    return {
        target(dimension["Value"])
        for alarm in of_type(template, "AWS::CloudWatch::Alarm").values()
        if (namespace, metric) == (alarm["Namespace"], alarm["MetricName"])
        for dimension in listed(alarm.get("Dimensions", []))
    }
