"""The text in the terminal at the start: addresses, commands to paste, what is kept, how to stop."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from leads_cli.dev.page.view import About, SourceRow
from leads_cli.project import command, shown
from leads_cli.stacks.embedded import DEFAULT_URL
from leads_cli.webhooks import recorded, webhooks

# What the secret is called where its sender is set up. An open form's is its captcha's: no sender has it.
_SECRETS: Final = {"token": "TOKEN", "basic": "PASSWORD", "signature": "SECRET"}
_FIRST: Final = "website-form"


def banner(about: About, config: Path) -> str:
    """The text; every command in it runs as it is printed."""
    there = "" if about.url == DEFAULT_URL else f" --url {about.url}"
    return "\n".join(
        [
            "",
            f"  Leadterra Enroll runs at {about.url}",
            f"  It enrolls into {about.leadterra or 'the sandbox, on this machine'}, as {shown(config)} says.",
            "",
            *(line for source in about.sources for line in _source(source)),
            "",
            "  In another terminal:",
            f"    {command()} send{_event(about)}{there}",
            f"    {command()} status{there}",
            "",
            "  Secrets, leads and counts are lost when this run ends. Edits of the file take effect at once;",
            "  only a new campaign needs a restart.",
            "  Press Ctrl-C to stop.",
            "",
        ]
    )


def _source(source: SourceRow) -> Iterator[str]:
    yield f"  {source.name}: {source.url}"
    if source.secret and source.auth in _SECRETS:
        yield f"    {_SECRETS[source.auth]}={source.secret}"
    if source.curl:
        yield f"    {source.curl}"


def _event(about: About) -> str:
    """An event that this configuration accepts. "" if there is none: then the command lists the events."""
    sources = {source.name for source in about.sources}
    events = [name for name in (_FIRST, *recorded.names()) if recorded.load(name).source in sources]
    providers = [source.provider for source in about.sources if source.provider in webhooks.names()]
    return next((f" {name}" for name in (*events, *providers)), "")
