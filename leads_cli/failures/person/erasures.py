"""Remember an erasure, so that enroll drops messages of the person that cannot be read now."""

from datetime import datetime, timedelta
from typing import Any, Final

from leads.io.kept import ERASURES_ID
from leads.message.message import address_for_log
from leads_cli.failures.person.search import log_key
from leads_cli.stacks.running import Running, aws_errors

# As long as SQS keeps a message.
KEEP: Final = timedelta(days=14)


def remember_erasure(running: Running, person: str, now: datetime) -> None:
    """Write the keyed hash of the address with the time, and remove what is older than any message.

    Raises:
        NotReachableError: AWS refuses, or the secret has no key for the hash.
    """
    hashed = address_for_log(log_key(running), person)
    table: Any = {"TableName": running.outputs["DeliveriesTableName"], "Key": {"id": {"S": ERASURES_ID}}}
    client = running.client("dynamodb")
    with aws_errors("DeliveriesTable"):
        item = client.update_item(
            **table,
            UpdateExpression="SET people = if_not_exists(people, :none), expiresAt = :end",
            ExpressionAttributeValues={":none": {"M": {}}, ":end": {"N": str(int((now + KEEP).timestamp()))}},
            ReturnValues="ALL_NEW",
        )["Attributes"]
        oldest = (now - KEEP).timestamp()
        over = [each for each, time in item["people"]["M"].items() if float(time["N"]) < oldest and each != hashed]
        removed = ", ".join(f"people.#old{n}" for n in range(len(over)))
        client.update_item(
            **table,
            UpdateExpression="SET people.#person = :now" + (f" REMOVE {removed}" if over else ""),
            ExpressionAttributeNames={"#person": hashed, **{f"#old{n}": each for n, each in enumerate(over)}},
            ExpressionAttributeValues={":now": {"N": str(now.timestamp())}},
        )
