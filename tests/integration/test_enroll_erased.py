"""A person who was erased is not enrolled by an older message that comes back."""

import time
from datetime import UTC, datetime

from leads.io.kept import ERASURES_ID
from leads.message.message import address_for_log
from leads_cli.failures.person.erase import remember_erasure
from leads_cli.stacks.running import Running
from tests.integration.enrolling import Enrolling, message

KEY = "key-of-the-logs"
OLD, NEW = "2026-11-01T00:00:00.000Z", "2036-11-01T00:00:00.000Z"


def forget(enrolling: Enrolling, email: str, now: datetime | None = None) -> None:
    enrolling.cloud.set_secret(log_key=KEY)
    outputs = {"DeliveriesTableName": "deliveries", "SecretId": "leads"}
    clients = {"dynamodb": enrolling.cloud.dynamodb, "secretsmanager": enrolling.cloud.secrets}
    remember_erasure(Running("", outputs, {}, clients.__getitem__), email, now or datetime.now(UTC))


def test_older_messages_are_dropped_and_counted(enrolling: Enrolling) -> None:
    """Leads from before the erasure are dropped. Later ones, and those of others, are sent."""
    forget(enrolling, "ava@example.com")
    older = {**message("Ava@example.com"), "receivedAt": OLD}
    newer = {**message("ava@example.com"), "receivedAt": NEW}
    done = enrolling.deliver(older, {**message("bo@example.com"), "receivedAt": OLD}, newer)
    assert (done.failures, done.metrics["Erased"], done.metrics["Accepted"]) == ([], 1, 0)
    assert (set(enrolling.enrolled()), enrolling.requests()) == ({"ava@example.com", "bo@example.com"}, [(2, 200)])
    assert enrolling.deliver(older).metrics["Erased"] == 1


def test_an_opt_out_outlives_an_erasure(enrolling: Enrolling) -> None:
    """The opt-out of an erased person is still suppressed."""
    forget(enrolling, "ava@example.com")
    opt_out = {"version": 2, "action": "suppress", "email": "ava@example.com", "receivedAt": OLD}
    done = enrolling.deliver({**message("ava@example.com"), "receivedAt": OLD}, opt_out)
    assert (done.metrics["Erased"], done.metrics["Suppressed"]) == (1, 1)


def test_the_item_is_read_once_a_minute(enrolling: Enrolling) -> None:
    """Two invocations of a container within a minute read it once."""
    asked = []
    enrolling.cloud.serve("GetItem", lambda _: asked.append(1))
    for _ in range(2):
        enrolling.deliver(message("bo@example.com"))
    assert len(asked) == 1


def test_without_the_table_leads_are_delivered(enrolling: Enrolling) -> None:
    """A failure of DynamoDB holds no lead."""
    enrolling.cloud.answer("GetItem", 500, {"__type": "Busy"})
    assert enrolling.deliver(message("bo@example.com")).metrics["Enrolled"] == 1


def test_old_erasures_are_removed(enrolling: Enrolling) -> None:
    """Messages live for at most two weeks, so hashes of addresses are not kept longer."""
    forget(enrolling, "ava@example.com", datetime(2026, 1, 1, tzinfo=UTC))
    forget(enrolling, "bo@example.com")
    item = enrolling.cloud.dynamodb.get_item(TableName="deliveries", Key={"id": {"S": ERASURES_ID}})["Item"]
    assert item["people"]["M"].keys() == {address_for_log(KEY, "bo@example.com")}
    assert float(item["expiresAt"]["N"]) > time.time() + 13 * 86_400
