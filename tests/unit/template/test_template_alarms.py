"""The alarms: each is there, is heard, explains itself, looks at something that exists, and does not flap."""

import re
from typing import Any, Final, get_args

import pytest

from leads.request import backoff
from leads.request.outcome import HELD_AGE, Why, held_metric
from leads_cli.stacks.counts import METRICS
from tests.unit.template.translated import ROOT, Properties, Template

type Metric = dict[str, Any]

HOUR: Final = 3_600
DAY: Final = 24 * HOUR
OWN: Final = {"Fn::Sub": "LeadterraEnroll/${AWS::StackName}"}
WRITTEN: Final = {*METRICS.values(), *map(held_metric, get_args(Why.__value__)), HELD_AGE}
"""The metrics that functions and commands write."""
QUEUE_AGE: Final = "ApproximateAgeOfOldestMessage"
QUEUE_LENGTH: Final = "ApproximateNumberOfMessagesVisible"
# What each looks at, and of what.
ALARMS: Final = {
    "DeadLettersAlarm": (QUEUE_LENGTH, "DeadLetterQueue"),
    "DeadLettersLeftAlarm": (QUEUE_LENGTH, "DeadLetterQueue"),
    "LeadsWaitingAlarm": (QUEUE_AGE, "LeadsQueue"),
    "LeadsHeldAlarm": (HELD_AGE, "enroll"),
    "EventsWaitingAlarm": (QUEUE_AGE, "EventsQueue"),
    "EventsHeldAlarm": (HELD_AGE, "intake"),
    "KeyRefusedAlarm": (held_metric("unauthorized"), "enroll"),
    "CampaignUnknownAlarm": (held_metric("not_found"), "enroll"),
    "SystemicAlarm": (held_metric("systemic"), "enroll"),
    "NoneAcceptedAlarm": (METRICS["rejected"], "enroll"),
    "UnexpectedAnswerAlarm": (held_metric("unexpected"), "enroll"),
    "FirewallAlarm": (held_metric("firewall"), "enroll"),
    "UnaccountedAlarm": (METRICS["unaccounted"], "enroll"),
    "WebhookFailsAlarm": ("5xx", "Api"),
    "IntakeErrorsAlarm": ("Errors", "IntakeFunction"),
    "EnrollErrorsAlarm": ("Errors", "EnrollFunction"),
    "IntakeThrottlesAlarm": ("Throttles", "IntakeFunction"),
    "EnrollThrottlesAlarm": ("Throttles", "EnrollFunction"),
    "SilentSourceAlarm": (METRICS["accepted"], "WatchedSource"),
}


def looked_at(alarm: Properties) -> list[Metric]:
    """The metrics of an alarm, each with its period."""
    stats = [query["MetricStat"] for query in alarm.get("Metrics", ()) if "MetricStat" in query]
    return [{**stat["Metric"], "Period": stat["Period"]} for stat in stats] or [alarm]


def dimensions(metric: Metric) -> dict[str, Any]:
    return {each["Name"]: each["Value"] for each in metric["Dimensions"]}


def subject(value: Any) -> str:
    """A dimension's value: a service's name, or the logical id of what it refers to."""
    return value if isinstance(value, str) else value["Ref"] if "Ref" in value else value["Fn::GetAtt"][0]


def window(alarm: Properties, metric: Metric) -> int:
    return int(alarm["EvaluationPeriods"] * metric["Period"])


def text(alarm: Properties) -> tuple[str, str]:
    sentence, _, section = alarm["AlarmDescription"].rpartition(" ")
    return sentence, section


def test_the_alarms_are_these(template: Template) -> None:
    """Whoever is not told of something here finds it in no other alarm."""
    found = {name for name, each in template.body["Resources"].items() if each["Type"] == "AWS::CloudWatch::Alarm"}
    assert found == ALARMS.keys()
    assert len({alarm["AlarmName"]["Fn::Sub"] for alarm in template.of_type("AWS::CloudWatch::Alarm")}) == len(found)


@pytest.mark.parametrize("name", ALARMS)
def test_an_alarm_looks_at_what_it_should(template: Template, name: str) -> None:
    """The metric and whose it is; a metric of ours is one that the code writes, with the dimensions that it has."""
    metric_name, whose = ALARMS[name]
    metrics = looked_at(template.properties(name))
    assert metrics[0]["MetricName"] == metric_name
    for metric in metrics:
        named = dimensions(metric)
        assert subject([*named.values()][-1]) == whose
        if metric["Namespace"] == OWN:
            assert metric["MetricName"] in WRITTEN
            assert [*named] == (["service", "source"] if name == "SilentSourceAlarm" else ["service"])
        else:
            assert metric["Namespace"] in {"AWS/SQS", "AWS/Lambda", "AWS/ApiGateway"}


@pytest.mark.parametrize("name", ALARMS)
def test_an_alarm_notifies_the_mailed_topic_or_else_the_given_one(template: Template, name: str) -> None:
    """Its beginning and its end go to one topic; without any it exists all the same."""
    alarm = template.properties(name)
    given = {"Fn::If": ["HasAlarmTopic", [{"Ref": "AlarmTopicArn"}], []]}
    notified = {"Fn::If": ["MailsAlarms", [{"Ref": "AlarmTopic"}], given]}
    assert (alarm["AlarmActions"], alarm["OKActions"]) == (notified, notified)
    assert "InsufficientDataActions" not in alarm


def test_an_address_gets_a_topic_and_a_subscription(template: Template) -> None:
    """`AlarmEmail` is all that an operator must give."""
    topic = template.body["Resources"]["AlarmTopic"]
    assert topic["Condition"] == "MailsAlarms"
    assert topic["Properties"]["Subscription"] == [{"Protocol": "email", "Endpoint": {"Ref": "AlarmEmail"}}]
    assert template.body["Parameters"]["AlarmEmail"]["Default"] == ""


@pytest.mark.parametrize(
    ("arn", "taken"),
    [
        ("", True),
        ("arn:aws:sns:eu-west-1:123456789012:leads-alarms", True),
        ("arn:aws-cn:sns:cn-north-1:123456789012:leads-alarms", True),
        ("leads-alarms", False),
        ("arn:aws:sqs:eu-west-1:123456789012:leads-alarms", False),
        ("arn:aws:sns:eu-west-1:123456789012:leads-alarms:0d2b8f", False),
    ],
)
def test_what_is_no_topic_is_refused(template: Template, arn: str, taken: bool) -> None:  # noqa: FBT001
    """A name, or a subscription, in the place of the topic would be an alarm that nobody hears."""
    pattern = template.body["Parameters"]["AlarmTopicArn"]["AllowedPattern"]
    assert bool(re.search(pattern, arn)) is taken


@pytest.mark.parametrize("name", ALARMS)
def test_an_alarm_says_what_it_means_and_where_help_is(template: Template, name: str) -> None:
    """One sentence, and a section of the operator's page that exists."""
    sentence, section = text(template.properties(name))
    assert re.fullmatch(r"[A-Z][^.]+\.", sentence)
    page, _, anchor = section.partition("#")
    headings = re.findall(r"^### (.+)$", (ROOT / page).read_text(encoding="utf-8"), re.MULTILINE)
    assert anchor in {heading.lower().replace(" ", "-") for heading in headings}


def test_every_section_has_its_alarm(template: Template) -> None:
    """The operator's page tells of no alarm that is gone."""
    named = {text(alarm)[1].partition("#")[2] for alarm in template.of_type("AWS::CloudWatch::Alarm")}
    page = (ROOT / "docs/operations.md").read_text(encoding="utf-8")
    assert {heading.lower().replace(" ", "-") for heading in re.findall(r"^### (.+)$", page, re.MULTILINE)} == named


@pytest.mark.parametrize("name", sorted(ALARMS.keys() - {"SilentSourceAlarm"}))
def test_missing_data_is_good_news(template: Template, name: str) -> None:
    """Nothing here writes zeros: an alarm on what goes wrong is quiet where there is nothing."""
    alarm = template.properties(name)
    assert (alarm["TreatMissingData"], alarm["ComparisonOperator"]) == ("notBreaching", "GreaterThanThreshold")


@pytest.mark.parametrize("name", ALARMS)
def test_cloudwatch_takes_the_window(template: Template, name: str) -> None:
    """It looks back a day at the most, or seven in steps of an hour."""
    alarm = template.properties(name)
    _, periods = template.bounds(alarm["EvaluationPeriods"])
    _, wanted = template.bounds(alarm["DatapointsToAlarm"])
    assert wanted <= periods
    for metric in looked_at(alarm):
        assert periods * metric["Period"] <= (7 * DAY if metric["Period"] >= HOUR else DAY)


@pytest.mark.parametrize("name", [name for name, (metric, _) in ALARMS.items() if metric.startswith("Held")])
def test_an_alarm_outlasts_the_longest_backoff(template: Template, name: str) -> None:
    """What is held tells of itself when it comes back: in between the alarm does not end."""
    alarm = template.properties(name)
    (metric,) = looked_at(alarm)
    assert alarm["DatapointsToAlarm"] == 1
    assert window(alarm, metric) >= backoff.LONGEST_SECONDS


@pytest.mark.parametrize(
    "name", ["KeyRefusedAlarm", "CampaignUnknownAlarm", "SystemicAlarm", "UnexpectedAnswerAlarm", "FirewallAlarm"]
)
def test_what_does_not_pass_is_told_at_once(template: Template, name: str) -> None:
    """The first lead that is held for it is enough, for it will be no better the next time."""
    assert (template.properties(name)["Threshold"], template.properties(name)["Statistic"]) == (0, "Sum")


@pytest.mark.parametrize("name", ["LeadsWaitingAlarm", "LeadsHeldAlarm", "EventsWaitingAlarm", "EventsHeldAlarm"])
def test_trouble_that_passes_raises_no_alarm(template: Template, name: str) -> None:
    """A lead may be tried a few times before anybody is woken up, and nobody sleeps through a night of it."""
    threshold = template.properties(name)["Threshold"]
    tries = [sum(backoff.delay(n, chance=1.0) for n in range(1, count + 1)) for count in range(1, 6)]
    assert tries[-1] < threshold <= HOUR


def test_dead_letters_left_are_told_before_sqs_deletes_them(template: Template) -> None:
    """Whoever hears of it has as many days left as SQS's retention is longer than the alarm's window."""
    alarm = template.properties("DeadLettersLeftAlarm")
    (metric,) = looked_at(alarm)
    retention = template.properties("DeadLetterQueue")["MessageRetentionPeriod"]
    assert window(alarm, metric) <= retention / 2
    assert alarm["DatapointsToAlarm"] == alarm["EvaluationPeriods"]


def test_both_signs_of_unaccounted_are_told(template: Template) -> None:
    """Leadterra may count too few or too many, and one does not hide the other."""
    alarm = template.properties("UnaccountedAlarm")
    stats = {query["MetricStat"]["Stat"] for query in alarm["Metrics"] if "MetricStat" in query}
    (shown,) = (query["Expression"] for query in alarm["Metrics"] if "Expression" in query)
    assert stats == {"Maximum", "Minimum"}
    assert shown == "MAX([ABS(most), ABS(least)])"
    assert alarm["Threshold"] == 0


@pytest.mark.parametrize(
    ("values", "shown"),
    [
        ({"rejected": 3}, 3),
        ({"rejected": 3, "enrolled": 1}, 0),
        ({"rejected": 3, "updated": 1}, 0),
        ({"rejected": 3, "skipped": 1}, 0),
        ({"rejected": 0}, 0),
    ],
)
def test_refusals_alone_raise_an_alarm(template: Template, values: dict[str, int], shown: int) -> None:
    """An hour with refused leads and no accepted one is shown; one accepted lead in that hour ends it."""
    alarm = template.properties("NoneAcceptedAlarm")
    names = {query["Id"]: query["MetricStat"]["Metric"]["MetricName"] for query in alarm["Metrics"][1:]}
    assert names == {name: METRICS[name] for name in ("rejected", "enrolled", "updated", "skipped")}
    functions = {"FILL": lambda value, other: other if value is None else value, "IF": lambda a, b, c: b if a else c}
    written = alarm["Metrics"][0]["Expression"].replace("AND", "and")
    assert eval(written, {"__builtins__": {}}, {**dict.fromkeys(names), **functions, **values}) == shown  # noqa: S307 - the template's own
    assert (looked_at(alarm)[0]["Period"], alarm["EvaluationPeriods"]) == (HOUR, 1)


def test_a_source_that_falls_silent(template: Template) -> None:
    """There is an alarm only if a source is named, and every hour of silence, which is missing data, counts."""
    assert template.resource("SilentSourceAlarm")["Condition"] == "WatchesSource"
    watched = {"Fn::Not": [{"Fn::Equals": [{"Ref": "WatchedSource"}, ""]}]}
    assert template.body["Conditions"]["WatchesSource"] == watched
    alarm = template.properties("SilentSourceAlarm")
    assert dimensions(alarm) == {"service": "intake", "source": {"Ref": "WatchedSource"}}
    assert alarm["EvaluationPeriods"] == alarm["DatapointsToAlarm"] == {"Ref": "SilentAfterHours"}
    assert (alarm["Period"], alarm["TreatMissingData"]) == (HOUR, "breaching")
    assert (alarm["ComparisonOperator"], alarm["Threshold"]) == ("LessThanThreshold", 1)


def test_services_have_the_names_that_alarms_know(template: Template) -> None:
    """A function writes its metrics under the service that the template gives it."""
    for function, service in (("IntakeFunction", "intake"), ("EnrollFunction", "enroll")):
        variables = template.properties(function)["Environment"]["Variables"]
        assert variables["POWERTOOLS_SERVICE_NAME"] == service
        assert variables["POWERTOOLS_METRICS_NAMESPACE"] == OWN
