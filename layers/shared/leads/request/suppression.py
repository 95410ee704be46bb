"""Suppressions: which addresses go to Leadterra's suppression list, and which leads are dropped with them."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from leads.message.message import AnyMessage, Message, Suppression
from leads.request.batch import ReceivedMessage, Row

# In logs and metrics, in the place of a campaign. No campaign in the configuration can have this name.
SUPPRESSION_LIST: Final = "suppression list"


def split(
    messages: Iterable[ReceivedMessage[AnyMessage]],
) -> tuple[list[Row], list[ReceivedMessage[Message]], list[ReceivedMessage[Message]]]:
    """The addresses to suppress, the leads to send, and those that are not newer than an opt-out of their address."""
    suppressed: dict[str, list[ReceivedMessage[Suppression]]] = {}
    leads: list[ReceivedMessage[Message]] = []
    for message, records, receives in messages:
        if isinstance(message, Suppression):
            suppressed.setdefault(_key(message), []).append(ReceivedMessage(message, records, receives))
        else:
            leads.append(ReceivedMessage(message, records, receives))
    if not suppressed:
        return [], leads, []
    until = {key: max(received.message.received_at for received in same) for key, same in suppressed.items()}
    kept: list[ReceivedMessage[Message]] = []
    dropped: list[ReceivedMessage[Message]] = []
    for received in leads:
        (dropped if _is_older(received.message, until) else kept).append(received)
    return [Row({"email": same[0].message.address}, same) for same in suppressed.values()], kept, dropped


def _is_older(message: Message, until: dict[str, datetime]) -> bool:
    moment = until.get(_key(message))
    return moment is not None and message.received_at <= moment


def _key(message: AnyMessage) -> str:
    return message.address.lower()
