"""Handlers for the tests of the embedded stack, which do what the event says."""

import os
import socket
import sys
import time
from typing import Any


def obey(event: dict[str, Any], _: object) -> Any:
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
                connection.recv(1)  # until the test closes the connection
        case {"variables": names}:
            return {name: os.environ.get(name) for name in names}
        case {"return": value}:
            return value
    return {"pid": os.getpid(), "event": event}
