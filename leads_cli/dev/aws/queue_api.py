"""SQS's calls about messages, answered without moto: each signup and each row of an import makes several."""

import json
import re
from collections.abc import Callable, Mapping
from hashlib import md5
from typing import Any, Final

from moto.core.exceptions import ServiceException
from moto.sqs.exceptions import SQSException

from leads_cli.dev.aws.queues import StoredMessage, TimedQueues

# A call to SQS: so many messages, and so many bytes in all.
MAX_ENTRIES: Final = 10
MAX_BYTES: Final = 1024 * 1024
_FORBIDDEN: Final = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

type SqsRequest = Mapping[str, Any]
type SqsReply = dict[str, Any]


def answer(queues: TimedQueues, operation: str, body: bytes) -> tuple[int, SqsReply]:
    """The status and the body of the answer to a call of one of `OPERATIONS`."""
    request = json.loads(body)
    try:
        return 200, _answer(queues, operation, request["QueueUrl"].rsplit("/", 1)[-1], request)
    except ServiceException as error:
        return 400, {"__type": f"com.amazonaws.sqs#{error.code}", "message": error.message}


def _answer(queues: TimedQueues, operation: str, queue: str, request: SqsRequest) -> SqsReply:
    if operation.endswith("Batch"):
        return _batch(queues, OPERATIONS[operation.removesuffix("Batch")], queue, request["Entries"])
    return OPERATIONS[operation](queues, queue, request)


def _batch(queues: TimedQueues, call: "SqsCall", queue: str, entries: list[SqsRequest]) -> SqsReply:
    ids = [entry["Id"] for entry in entries]
    if not entries:
        raise SQSException("AWS.SimpleQueueService.EmptyBatchRequest", "There is no entry in the request.")
    if len(entries) > MAX_ENTRIES:
        raise SQSException("AWS.SimpleQueueService.TooManyEntriesInBatchRequest", "Maximum number of entries is 10.")
    if len(set(ids)) < len(ids):
        raise SQSException("AWS.SimpleQueueService.BatchEntryIdsNotDistinct", "An id is there twice.")
    if sum(len(entry.get("MessageBody", "").encode()) for entry in entries) > MAX_BYTES:
        raise SQSException("AWS.SimpleQueueService.BatchRequestTooLong", "The request is longer than 1048576 bytes.")
    taken: list[SqsReply] = []
    failed: list[SqsReply] = []
    for entry in entries:
        try:
            taken.append({"Id": entry["Id"], **call(queues, queue, entry)})
        except ServiceException as error:
            failed.append({"Id": entry["Id"], "SenderFault": True, "Code": error.code, "Message": error.message})
    return {"Successful": taken, "Failed": failed} if failed else {"Successful": taken}


def _send(queues: TimedQueues, queue: str, request: SqsRequest) -> SqsReply:
    body = request["MessageBody"]
    if not body or _FORBIDDEN.search(body) or len(body.encode()) > MAX_BYTES:
        raise SQSException("InvalidMessageContents", "The body is empty, too long or has a forbidden character.")
    sent = queues.send_message(queue, body, request.get("MessageAttributes"), request.get("DelaySeconds"))
    return {"MessageId": sent.id, "MD5OfMessageBody": md5_of(body)}


def _receive(queues: TimedQueues, queue: str, request: SqsRequest) -> SqsReply:
    most, wait = request.get("MaxNumberOfMessages", 1), request.get("WaitTimeSeconds", 0)
    found = queues.receive(queue, most, wait, request.get("VisibilityTimeout"))
    return {"Messages": [_message(message, request) for message in found]} if found else {}


def _message(message: StoredMessage, request: SqsRequest) -> SqsReply:
    reply: SqsReply = {
        "MessageId": message.id,
        "ReceiptHandle": message.receipt_handle,
        "Body": message.body,
        "MD5OfBody": md5_of(message.body),
    }
    if request.get("MessageSystemAttributeNames") or request.get("AttributeNames"):
        reply["Attributes"] = message.system_attributes
    if request.get("MessageAttributeNames") and message.named:
        reply["MessageAttributes"] = message.named
    return reply


def _delete(queues: TimedQueues, queue: str, request: SqsRequest) -> SqsReply:
    queues.delete(queue, {request["ReceiptHandle"]})
    return {}


def _change_visibility(queues: TimedQueues, queue: str, request: SqsRequest) -> SqsReply:
    queues.change_message_visibility(queue, request["ReceiptHandle"], request["VisibilityTimeout"])
    return {}


def md5_of(body: str) -> str:
    """The digest with which clients check that a body is complete."""
    return md5(body.encode(), usedforsecurity=False).hexdigest()


type SqsCall = Callable[[TimedQueues, str, SqsRequest], SqsReply]
OPERATIONS: Final[Mapping[str, SqsCall]] = {
    "SendMessage": _send,
    "ReceiveMessage": _receive,
    "DeleteMessage": _delete,
    "ChangeMessageVisibility": _change_visibility,
}


def answers(operation: str) -> bool:
    return operation.removesuffix("Batch") in OPERATIONS
