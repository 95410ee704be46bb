"""The environment of both functions, read at each invocation and never at import."""

import os
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Final, NamedTuple, Self

from leads.config.schema import Enrollment, parse
from leads.config.values import SERVICE_ADDRESS, is_service_address
from leads.errors import ConfigError

DEFAULT_CONFIG: Final = "/opt/enrollment.toml"


class Settings(NamedTuple):
    """The variables that the template sets. Hashable, so what is built from them can be cached."""

    leads_queue_url: str
    dead_letter_queue_url: str
    secret_id: str
    config_path: Path
    leadterra_base_url: str | None
    deliveries_table: str | None
    region: str | None
    endpoint_url: str | None
    # How many invocations of enroll Lambda runs at once. They share `requests_per_minute`.
    maximum_concurrency: int = 1

    @classmethod
    def from_environ(cls, environ: Mapping[str, str] = os.environ) -> Self:
        """Read the variables.

        Raises:
            ConfigError: naming each one that is missing.
        """
        required = ("LEADS_QUEUE_URL", "DEAD_LETTER_QUEUE_URL", "SECRET_ID")
        if missing := [name for name in required if not environ.get(name)]:
            raise ConfigError([f"{name}: not set; the template sets it" for name in missing])
        address = environ.get("LEADTERRA_BASE_URL") or None
        if address and not is_service_address(address):
            raise ConfigError([f"LEADTERRA_BASE_URL: must be {SERVICE_ADDRESS}"])
        return cls(
            leads_queue_url=environ["LEADS_QUEUE_URL"],
            dead_letter_queue_url=environ["DEAD_LETTER_QUEUE_URL"],
            secret_id=environ["SECRET_ID"],
            config_path=Path(environ.get("ENROLLMENT_CONFIG") or DEFAULT_CONFIG),
            leadterra_base_url=address,
            deliveries_table=environ.get("DELIVERIES_TABLE") or None,
            region=environ.get("AWS_REGION") or environ.get("AWS_DEFAULT_REGION") or None,
            endpoint_url=environ.get("AWS_ENDPOINT_URL") or None,
            maximum_concurrency=int(environ.get("MAXIMUM_CONCURRENCY") or 1),
        )


def enrollment(path: Path) -> Enrollment:
    """The configuration file, read again only if it has changed.

    Raises:
        ConfigError: it is missing or wrong.
    """
    try:
        stat = path.stat()
        return _load(path, stat.st_mtime_ns, stat.st_size)
    except OSError as error:
        raise ConfigError([f"{path}: {error.strerror}; ENROLLMENT_CONFIG names the file"]) from error
    except UnicodeDecodeError as error:
        raise ConfigError([f"{path}: cannot be read as UTF-8 text"]) from error
    except ConfigError as error:
        raise ConfigError([f"{path}: {problem}" for problem in error.problems]) from error


@lru_cache(maxsize=1)
def _load(path: Path, _changed: int, _size: int) -> Enrollment:
    return parse(path.read_text(encoding="utf-8"))
