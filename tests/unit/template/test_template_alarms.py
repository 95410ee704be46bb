"""The alarms: what they watch, when they are raised, and what they say."""

import json
import re
from typing import Any, Final, get_args

import pytest

from leads.io.ledger import SETTLED, SETTLING
from leads.io.telemetry import HELD_AGE
from leads.request import backoff
from leads.request.outcome import Why, held_metric
from leads_cli.stacks.cloudwatch import SERVICES
from leads_cli.stacks.counts import METRICS, OUTCOMES, TAKEN
from tests.unit.template.translated import ROOT, Properties, Template

type Metric = dict[str, Any]

HOUR: Final = 3_600
DAY: Final = 24 * HOUR
OWN: Final = {"Fn::Sub": "LeadterraEnroll/${AWS::StackName}"}
THROTTLED: Final = "ThrottledRequests"
WRITTEN: Final = {*METRICS.values(), *map(held_metric, get_args(Why.__value__)), HELD_AGE, SETTLED, THROTTLED}
"""The metrics that functions, commands and the template's filter of the access log write."""
QUEUE_AGE: Final = "ApproximateAgeOfOldestMessage"
QUEUE_LENGTH: Final = "ApproximateNumberOfMessagesVisible"
# The metric of each alarm, and the resource or service it belongs to.
ALARMS: Final = {
    "DeadLettersAlarm": (QUEUE_LENGTH, "DeadLetterQueue"), "NewRejectionsAlarm": (METRICS["rejected"], "enroll"),
    "DeadLettersLeftAlarm": (QUEUE_LENGTH, "DeadLetterQueue"), "LeadsWaitingAlarm": (QUEUE_AGE, "LeadsQueue"),
    "LeadsHeldAlarm": (HELD_AGE, "enroll"), "EventsWaitingAlarm": (QUEUE_AGE, "EventsQueue"),
    "EventsHeldAlarm": (HELD_AGE, "intake"), "KeyRefusedAlarm": (held_metric("unauthorized"), "enroll"),
    "CampaignUnknownAlarm": (held_metric("not_found"), "enroll"), "SystemicAlarm": (held_metric("systemic"), "enroll"),
    "NoneAcceptedAlarm": (METRICS["rejected"], "enroll"),
    "UnexpectedAnswerAlarm": (held_metric("unexpected"), "enroll"),
    "FirewallAlarm": (held_metric("firewall"), "enroll"), "UnaccountedAlarm": (METRICS["unaccounted"], "enroll"),
    "CountsDifferAlarm": (METRICS["accepted"], "intake"), "RequestsThrottledAlarm": (THROTTLED, ""),
    "WebhookFailsAlarm": ("5xx", "Api"), "IntakeErrorsAlarm": ("Errors", "IntakeFunction"),
    "EnrollErrorsAlarm": ("Errors", "EnrollFunction"), "EnrollBrokenAlarm": (held_metric("internal"), "enroll"),
    "IntakeThrottlesAlarm": ("Throttles", "IntakeFunction"), "EnrollThrottlesAlarm": ("Throttles", "EnrollFunction"),
    "SilentSourceAlarm": (METRICS["accepted"], "WatchedSource"),
}  # fmt: skip


def watched_metrics(alarm: Properties) -> list[Metric]:
    """The metrics of an alarm, each with its period."""
    stats = [query["MetricStat"] for query in alarm.get("Metrics", ()) if "MetricStat" in query]
    return [{**stat["Metric"], "Period": stat["Period"]} for stat in stats] or [alarm]


def dimensions(metric: Metric) -> dict[str, Any]:
    return {each["Name"]: each["Value"] for each in metric.get("Dimensions", ())}


def subject(values: list[Any]) -> str:
    """A dimension's value: a service's name, the logical id it refers to, or "" without one."""
    value = values[0] if values else ""
    return value if isinstance(value, str) else value["Ref"] if "Ref" in value else value["Fn::GetAtt"][0]


def window(alarm: Properties, metric: Metric) -> int:
    return int(alarm["EvaluationPeriods"] * metric["Period"])


def text(alarm: Properties) -> tuple[str, str]:
    sentence, _, section = alarm["AlarmDescription"].rpartition(" ")
    return sentence, section


def test_the_alarms_are_these(template: Template) -> None:
    """The stack has exactly the listed alarms, each with its own name."""
    found = {name for name, each in template.body["Resources"].items() if each["Type"] == "AWS::CloudWatch::Alarm"}
    assert found == ALARMS.keys()
    assert len({alarm["AlarmName"]["Fn::Sub"] for alarm in template.of_type("AWS::CloudWatch::Alarm")}) == len(found)


@pytest.mark.parametrize("name", ALARMS)
def test_an_alarm_watches_an_existing_metric(template: Template, name: str) -> None:
    """The code writes the metric with these dimensions, or AWS does."""
    metric_name, whose = ALARMS[name]
    metrics = watched_metrics(template.properties(name))
    assert (metrics[0]["MetricName"], subject([*dimensions(metrics[0]).values()][-1:])) == (metric_name, whose)
    for metric in metrics:
        named = dimensions(metric)
        if metric["Namespace"] == OWN:
            assert metric["MetricName"] in WRITTEN
            assert named.get("service", "intake") in SERVICES
            by = {"SilentSourceAlarm": ["service", "source"], "RequestsThrottledAlarm": []}
            assert [*named] == by.get(name, ["service"])
        else:
            assert metric["Namespace"] in {"AWS/SQS", "AWS/Lambda", "AWS/ApiGateway"}


@pytest.mark.parametrize("name", ALARMS)
def test_an_alarm_notifies_the_mailed_topic_or_else_the_given_one(template: Template, name: str) -> None:
    """Alarm and recovery go to one topic. Without a topic the alarm still exists."""
    alarm = template.properties(name)
    given = {"Fn::If": ["HasAlarmTopic", [{"Ref": "AlarmTopicArn"}], []]}
    notified = {"Fn::If": ["MailsAlarms", [{"Ref": "AlarmTopic"}], given]}
    assert (alarm["AlarmActions"], alarm["OKActions"]) == (notified, notified)
    assert "InsufficientDataActions" not in alarm


def test_an_address_gets_a_topic_and_a_subscription(template: Template) -> None:
    """`AlarmEmail` is the only parameter needed."""
    topic = template.body["Resources"]["AlarmTopic"]
    assert topic["Condition"] == "MailsAlarms"
    assert topic["Properties"]["Subscription"] == [{"Protocol": "email", "Endpoint": {"Ref": "AlarmEmail"}}]
    assert template.body["Parameters"]["AlarmEmail"]["Default"] == ""


@pytest.mark.parametrize("name", ALARMS)
def test_an_alarm_explains_itself(template: Template, name: str) -> None:
    """One sentence, and a section of the operator's page. Each section belongs to an alarm."""
    sentence, section = text(template.properties(name))
    assert re.fullmatch(r"[A-Z][^.]+\.", sentence)
    page, _, anchor = section.partition("#")
    headings = re.findall(r"^### (.+)$", (ROOT / page).read_text(encoding="utf-8"), re.MULTILINE)
    anchors = {heading.lower().replace(" ", "-") for heading in headings}
    assert anchor in anchors
    assert anchors == {text(template.properties(each))[1].partition("#")[2] for each in ALARMS}


@pytest.mark.parametrize("name", sorted(ALARMS.keys() - {"SilentSourceAlarm"}))
def test_missing_data_raises_no_alarm(template: Template, name: str) -> None:
    """Metrics have no zeros, so missing data means that nothing went wrong."""
    alarm = template.properties(name)
    assert (alarm["TreatMissingData"], alarm["ComparisonOperator"]) == ("notBreaching", "GreaterThanThreshold")


@pytest.mark.parametrize("name", ALARMS)
def test_cloudwatch_accepts_the_window(template: Template, name: str) -> None:
    """At most a day, or seven with periods of an hour."""
    alarm = template.properties(name)
    _, periods = template.bounds(alarm["EvaluationPeriods"])
    _, wanted = template.bounds(alarm["DatapointsToAlarm"])
    assert wanted <= periods
    for metric in watched_metrics(alarm):
        assert periods * metric["Period"] <= (7 * DAY if metric["Period"] >= HOUR else DAY)


@pytest.mark.parametrize(
    "name", [name for name, (metric, _) in ALARMS.items() if metric.startswith("Held") and name != "EnrollBrokenAlarm"]
)
def test_an_alarm_outlasts_the_longest_backoff(template: Template, name: str) -> None:
    """Held messages report their age only when they come back; the alarm continues in between."""
    alarm = template.properties(name)
    (metric,) = watched_metrics(alarm)
    assert alarm["DatapointsToAlarm"] == 1
    assert window(alarm, metric) >= backoff.LONGEST_SECONDS


@pytest.mark.parametrize(
    "name", ["KeyRefusedAlarm", "CampaignUnknownAlarm", "SystemicAlarm", "UnexpectedAnswerAlarm", "FirewallAlarm"]
)
def test_permanent_problems_are_reported_at_once(template: Template, name: str) -> None:
    """One held lead is enough, because waiting does not help."""
    assert (template.properties(name)["Threshold"], template.properties(name)["Statistic"]) == (0, "Sum")


@pytest.mark.parametrize("name", ["LeadsWaitingAlarm", "LeadsHeldAlarm", "EventsWaitingAlarm", "EventsHeldAlarm"])
def test_short_problems_raise_no_alarm(template: Template, name: str) -> None:
    """The alarm is raised after several attempts, within an hour."""
    threshold = template.properties(name)["Threshold"]
    tries = [sum(backoff.delay(n, chance=1.0) for n in range(1, count + 1)) for count in range(1, 6)]
    assert tries[-1] < threshold <= HOUR


def test_old_dead_letters_raise_an_alarm_before_sqs_deletes_them(template: Template) -> None:
    """The alarm's window is at most half of the retention."""
    alarm = template.properties("DeadLettersLeftAlarm")
    (metric,) = watched_metrics(alarm)
    retention = template.properties("DeadLetterQueue")["MessageRetentionPeriod"]
    assert window(alarm, metric) <= retention / 2
    assert alarm["DatapointsToAlarm"] == alarm["EvaluationPeriods"]


def alarm_value(template: Template, name: str, **values: float | None) -> float:
    """The value that an alarm compares with its threshold, for these values of its metrics."""

    def total(terms: list[float | None]) -> float:
        return sum(term for term in terms if term is not None)

    queries = template.properties(name)["Metrics"]
    known: dict[str, Any] = dict.fromkeys(query["Id"] for query in queries if "MetricStat" in query) | values
    known |= {"FILL": lambda value, other: other if value is None else value, "SUM": total, "ABS": abs, "MAX": max}
    known["IF"] = lambda asked, then, otherwise: then if asked else otherwise
    for query in reversed([query for query in queries if "Expression" in query]):
        expression = query["Expression"].replace("AND", "and")
        known[query["Id"]] = eval(expression, {"__builtins__": {}}, known)  # noqa: S307 - the template's own
    result: float = known[queries[0]["Id"]]
    return result


def test_new_rejections_raise_an_alarm_again(template: Template) -> None:
    """Also while older dead letters wait. Events without a lead count."""
    assert alarm_value(template, "NewRejectionsAlarm", rejected=2, unmappable=1) == 3
    assert alarm_value(template, "NewRejectionsAlarm", malformed=1) == 1


def test_too_many_and_too_few_unaccounted_raise_an_alarm(template: Template) -> None:
    """One does not cancel the other."""
    alarm = template.properties("UnaccountedAlarm")
    stats = {query["Id"]: query["MetricStat"]["Stat"] for query in alarm["Metrics"] if "MetricStat" in query}
    assert (stats, alarm["Threshold"]) == ({"most": "Maximum", "least": "Minimum"}, 0)
    assert (
        alarm_value(template, "UnaccountedAlarm", most=0, least=-3),
        alarm_value(template, "UnaccountedAlarm", most=2, least=0),
    ) == (3, 2)


@pytest.mark.parametrize(
    ("values", "raised"),
    [
        ({"accepted": 500, "outcomes": 500}, False),
        ({"accepted": 500, "outcomes": 480}, True),
        ({"accepted": 500, "outcomes": 520}, True),
        ({"accepted": 500, "outcomes": 491}, False),
        ({"accepted": 500, "outcomes": 400, "waiting": 90}, False),
        ({"accepted": 500, "outcomes": 400, "working": 80}, True),
        ({"imported": 500, "direct": 100, "replayed": 30, "outcomes": 600, "erased": 30}, False),
        ({"imported": 500}, True),
        ({}, False),
    ],
)
def test_counts_that_differ_over_a_day(template: Template, values: dict[str, int], raised: bool) -> None:  # noqa: FBT001
    """A difference of more than ten leads between the accepted ones and their outcomes raises an alarm."""
    alarm = template.properties("CountsDifferAlarm")
    found = alarm_value(template, "CountsDifferAlarm", **{"waiting": 0, "working": 0, **values})
    assert (found > alarm["Threshold"]) is raised
    queries = [query["MetricStat"] for query in alarm["Metrics"] if "MetricStat" in query]
    assert {query["Period"] for query in queries} == {DAY}
    # CloudWatch allows no more in an alarm.
    assert len(queries) <= 10


def test_the_settled_metric_covers_every_outcome(template: Template) -> None:
    """The alarm uses it as the sum of law 2's outcomes."""
    assert {*SETTLING} == {METRICS[name] for name in OUTCOMES if name != "queued"}
    queries = [query["MetricStat"]["Metric"] for query in template.properties("CountsDifferAlarm")["Metrics"][3:]]
    counted = {(query["MetricName"], dimensions(query)["service"]) for query in queries if query["Namespace"] == OWN}
    taken = {(METRICS["accepted"], service) for service in SERVICES} | {(METRICS["replayed"], "operator")}
    assert counted == taken | {(SETTLED, "enroll"), (METRICS["erased"], "operator")}
    assert {"accepted", "replayed"} == {*TAKEN}


def test_throttled_requests_are_counted(template: Template) -> None:
    """The metric filter reads the status in the access log."""
    (filtered,) = template.of_type("AWS::Logs::MetricFilter")
    (stage,) = template.of_type("AWS::ApiGatewayV2::Stage")
    assert json.loads(stage["AccessLogSettings"]["Format"])["status"] == "$context.status"
    assert (filtered["FilterPattern"], filtered["LogGroupName"]) == ('{ $.status = "429" }', {"Ref": "AccessLog"})
    (transformed,) = filtered["MetricTransformations"]
    written = [transformed[f"Metric{each}"] for each in ("Name", "Namespace", "Value")]
    assert written == [THROTTLED, OWN, "1"]


@pytest.mark.parametrize(
    ("values", "most"),
    [
        ({"rejected": 3}, 3),
        ({"rejected": 3, "enrolled": 1}, 0),
        ({"rejected": 3, "updated": 1}, 0),
        ({"rejected": 3, "skipped": 1}, 0),
        ({"rejected": 0}, 0),
    ],
)
def test_refusals_alone_raise_an_alarm(template: Template, values: dict[str, int], most: int) -> None:
    """An hour with refused leads and no accepted one raises it, one accepted lead prevents it."""
    alarm = template.properties("NoneAcceptedAlarm")
    names = {query["Id"]: query["MetricStat"]["Metric"]["MetricName"] for query in alarm["Metrics"][1:]}
    assert names == {name: METRICS[name] for name in ("rejected", "enrolled", "updated", "skipped")}
    assert alarm_value(template, "NoneAcceptedAlarm", **values) == most
    assert (watched_metrics(alarm)[0]["Period"], alarm["EvaluationPeriods"]) == (HOUR, 1)


def test_a_source_that_falls_silent(template: Template) -> None:
    """The alarm exists only if a source is named. Each hour without data counts."""
    assert template.resource("SilentSourceAlarm")["Condition"] == "WatchesSource"
    watched = {"Fn::Not": [{"Fn::Equals": [{"Ref": "WatchedSource"}, ""]}]}
    assert template.body["Conditions"]["WatchesSource"] == watched
    alarm = template.properties("SilentSourceAlarm")
    assert dimensions(alarm) == {"service": "intake", "source": {"Ref": "WatchedSource"}}
    assert alarm["EvaluationPeriods"] == alarm["DatapointsToAlarm"] == {"Ref": "SilentAfterHours"}
    assert (alarm["Period"], alarm["TreatMissingData"]) == (HOUR, "breaching")
    assert (alarm["ComparisonOperator"], alarm["Threshold"]) == ("LessThanThreshold", 1)


def test_the_costs_of_alarms_are_documented(template: Template) -> None:
    """The operator's page has the number of alarms and of billed metrics."""
    alarms = [template.properties(name) for name in ALARMS if name != "SilentSourceAlarm"]
    metrics = sum(len(watched_metrics(alarm)) for alarm in alarms)
    page = (ROOT / "docs/operations.md").read_text(encoding="utf-8")
    assert (
        f"| {len(alarms)} alarms on {metrics} metrics, one more with `WatchedSource` | ${metrics / 10:.2f} to" in page
    )
    assert f"| {len(alarms)} alarms, a metric filter" in page
