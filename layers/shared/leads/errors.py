"""The errors of this package.

LeadsError
├── ConfigError        the configuration file is wrong; nothing starts
├── Unauthorized       the sender did not authenticate (401)
├── TooLarge           more than one queue message can hold (413)
├── Unreadable         the body is not what its content type says (400)
├── Compressed         the body's content encoding is not read (415)
├── CaptchaFailed      the captcha's token is missing or wrong (422)
├── IdReused           an event id that was used for other leads
├── Malformed          a queue message that no lead can be read from
├── NewerVersion       a queue message of a later release, met while a deployment runs
└── Unavailable        a dependency did not answer, or refused; the sender should try again (503)

Texts never contain personal data, because logs and message attributes contain them.
"""


class LeadsError(Exception):
    """The base of all errors of this package."""


class ConfigError(LeadsError):
    """The configuration cannot be used; `problems` has a line for each mistake."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


class Unauthorized(LeadsError):
    """The source is unknown or the sender did not authenticate."""


class TooLarge(LeadsError):
    """The body, or a lead made of it, does not fit into one queue message."""


class Unreadable(LeadsError):
    """The body is not what its content type says."""


class Compressed(LeadsError):
    """The body's content encoding is not read."""


class CaptchaFailed(LeadsError):
    """The captcha's token is missing or wrong."""


class IdReused(LeadsError):
    """The event id was used for other leads."""


class Malformed(LeadsError):
    """A queue message that no lead can be read from; `field` is the part at fault."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(f"{field}: {message}")
        self.field = field
        self.message = message


class NewerVersion(LeadsError):
    """A later release wrote this message."""


class Unavailable(LeadsError):
    """A dependency did not answer, or refused for reasons of its own."""
