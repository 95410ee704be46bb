"""External dependencies: AWS, clocks, randomness and threads. A simulation passes its own."""

import time
from collections.abc import Callable
from concurrent.futures import Executor, ThreadPoolExecutor
from datetime import UTC, datetime
from functools import partial
from random import SystemRandom
from typing import TYPE_CHECKING, Final, NamedTuple

from leads.io import aws
from leads.io.kept import Erasures, Vault, erasures, vault
from leads.io.queues import Queues
from leads.io.settings import Settings

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_sqs import SQSClient

_now: Final = partial(datetime.now, UTC)


class Dependencies(NamedTuple):
    """The defaults are the real ones. Times are in seconds, `chance` is in [0, 1), `threads` takes their number."""

    sqs: Callable[[Settings], "SQSClient"] = aws.sqs
    dynamodb: Callable[[Settings], "DynamoDBClient"] = aws.dynamodb
    vault: Callable[[Settings], Vault] = vault
    erasures: Callable[[Settings], Erasures] = erasures
    now: Callable[[], datetime] = _now
    monotonic: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    # The system's: all environments that SnapStart starts from one snapshot would share the state of a generator.
    chance: Callable[[], float] = SystemRandom().random
    threads: Callable[[int], Executor] = ThreadPoolExecutor

    def queues(self, settings: Settings, seconds_left: Callable[[], float]) -> Queues:
        """SQS for one invocation."""
        return Queues(self.sqs(settings), seconds_left, self.threads, self.chance)


REAL = Dependencies()
