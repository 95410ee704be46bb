"""Handlers for the tests of the embedded stack; what they do is in the event."""

import os
import socket
import sys
import time
from typing import Any

from leads_cli.dev.runtime.worker import Context


def obey(event: dict[str, Any], context: Context) -> Any:
    """Do what the event says."""
    match event:
        case {"say": text}:
            print(text)  # noqa: T201
            print(f"aside: {text}", file=sys.stderr)  # noqa: T201
        case {"raise": text}:
            raise ValueError(text)
        case {"exit": status}:
            os._exit(status)
        case {"sleep": seconds}:
            time.sleep(seconds)
        case {"hold": port}:
            with socket.create_connection(("127.0.0.1", port)) as connection:
                connection.recv(1)  # until the test lets go
        case {"variables": names}:
            return {name: os.environ.get(name) for name in names}
        case {"context": _}:
            return {
                "id": context.aws_request_id,
                "arn": context.invoked_function_arn,
                "name": context.function_name,
                "memory": context.memory_limit_in_mb,
                "remaining": context.get_remaining_time_in_millis(),
            }
        case {"return": value}:
            return value
        case {"unreadable": _}:
            return object()
    return {"pid": os.getpid(), "event": event}
