"""The text in the terminal at the start: addresses, commands to paste, what is kept, how to stop."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from leads.config.schema import Enrollment
from leads_cli.project import command, shown
from leads_cli.stacks.embedded import DEFAULT_URL
from leads_cli.webhooks import recorded, sending, webhooks

# What the secret is called where its sender is set up. An open form's is its captcha's: no sender has it.
_SECRETS: Final = {"token": "TOKEN", "basic": "PASSWORD", "signature": "SECRET"}
_FIRST: Final = "website-form"


def banner(url: str, enrollment: Enrollment, secrets: Mapping[str, str], leadterra: str | None, config: Path) -> str:
    """The text; every command in it runs as it is printed. `leadterra` is None for the sandbox."""
    there = "" if url == DEFAULT_URL else f" --url {url}"
    return "\n".join(
        [
            "",
            f"  Leadterra Enroll runs at {url}",
            f"  It enrolls into {leadterra or 'the sandbox, on this machine'}, as {shown(config)} says.",
            "",
            *_sources(url, enrollment, secrets),
            "",
            "  In another terminal:",
            f"    {command()} send{_event(enrollment)}{there}",
            f"    {command()} status{there}",
            "",
            "  Secrets, leads and counts are lost when this run ends. Edits of the file take effect at once;",
            "  only a new campaign needs a restart.",
            "  Press Ctrl-C to stop.",
            "",
        ]
    )


def _sources(url: str, enrollment: Enrollment, secrets: Mapping[str, str]) -> Iterator[str]:
    for name, source in enrollment.sources.items():
        address, auth = f"{url}/hooks/{name}", source.authentication
        yield f"  {name}: {address}"
        if name in secrets and auth in _SECRETS:
            yield f"    {_SECRETS[auth]}={secrets[name]}"
        if curl := sending.curl(address, auth, secrets.get(name, "")):
            yield f"    {curl}"


def _event(enrollment: Enrollment) -> str:
    """An event that this configuration accepts. "" if there is none: then the command lists the events."""
    events = [name for name in (_FIRST, *recorded.names()) if recorded.load(name).source in enrollment.sources]
    providers = [source.provider for source in enrollment.sources.values() if source.provider in webhooks.names()]
    return next((f" {name}" for name in (*events, *providers)), "")
