"""The signup form of the page: plain HTML, made from a source's own rules, so that what it sends is taken."""

from collections.abc import Iterator
from html import escape
from typing import Final

from leads.config.schema import Enrollment, Source
from leads_cli.dev.invented import TEST_TOKENS

# Lead field, label, type, autocomplete: what browsers and password managers fill in by themselves.
_FIELDS: Final = (
    ("email", "E-mail address", "email", "email"),
    ("firstName", "First name", "text", "given-name"),
    ("lastName", "Last name", "text", "family-name"),
    ("company", "Company", "text", "organization"),
    ("jobTitle", "Job title", "text", "organization-title"),
)
_YES: Final = frozenset({"yes", "on", "true", "1", "y", "agree", "agreed", "accept", "accepted"})


def open_form(enrollment: Enrollment) -> tuple[str, Source] | None:
    """The first source that a form without a secret can post to."""
    for name, source in enrollment.sources.items():
        if source.provider == "form" and source.authentication == "none":
            return name, source
    return None


def signup_form(name: str, source: Source) -> str:
    """The form of a source. It works without JavaScript; the page's script only shows the answer in place."""
    fields = "".join(_field(source, *field) for field in _FIELDS)
    return (
        f'<form id="signup" method="post" action="/hooks/{escape(name)}" novalidate>'
        f"{fields}{''.join(_extra(source))}{_honeypot(source)}{_captcha(source)}"
        '<button type="submit">Sign up</button><p id="answer" role="status"></p></form>'
    )


def _field(source: Source, lead_field: str, label: str, kind: str, autocomplete: str) -> str:
    name = escape(source.fields.get(lead_field, lead_field))
    needed = ' required aria-required="true"' if lead_field == "email" else ""
    optional = "" if needed else ' <span class="optional">optional</span>'
    width = "" if lead_field in {"firstName", "lastName"} else " wide"
    return (
        f'<div class="field{width}"><label for="f-{lead_field}">{label}{optional}</label>'
        f'<input id="f-{lead_field}" name="{name}" type="{kind}" autocomplete="{autocomplete}"'
        f' data-lead-field="{lead_field}" aria-describedby="p-{lead_field}"{needed}>'
        f'<p class="problem" id="p-{lead_field}"></p></div>'
    )


def _extra(source: Source) -> Iterator[str]:
    """What else the source needs: the list to join, and the fields in `require`."""
    if source.campaign_field:
        yield _choice(source.campaign_field, list(source.campaigns))
    for name, value in source.require.items():
        if name == source.campaign_field:
            continue
        values = [_text(item) for item in (value if isinstance(value, tuple) else (value,))]
        if len(values) == 1 and values[0].lower() in _YES:
            yield _checkbox(name, values[0])
        elif len(values) == 1:
            yield f'<input type="hidden" name="{escape(name)}" value="{escape(values[0])}">'
        else:
            yield _choice(name, values)


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _checkbox(name: str, value: str) -> str:
    return (
        f'<label class="consent"><input type="checkbox" name="{escape(name)}" value="{escape(value)}">'
        f"<span>{escape(_label(name))} <small>the source requires it</small></span></label>"
    )


def _choice(name: str, values: list[str]) -> str:
    options = "".join(f"<option>{escape(value)}</option>" for value in values)
    return (
        f'<div class="field wide"><label for="f-{escape(name)}">{escape(_label(name))}</label>'
        f'<select id="f-{escape(name)}" name="{escape(name)}" data-lead-field="{escape(name)}"'
        f' aria-describedby="p-{escape(name)}">{options}</select>'
        f'<p class="problem" id="p-{escape(name)}"></p></div>'
    )


def _label(name: str) -> str:
    return name.replace("_", " ").replace("-", " ").strip().capitalize()


def _captcha(source: Source) -> str:
    """The token that the captcha's test secret accepts, in place of its widget, which needs an external script."""
    if source.captcha is None:
        return ""
    name, token = TEST_TOKENS[source.captcha]
    return f'<input type="hidden" name="{name}" value="{token}">'


def _honeypot(source: Source) -> str:
    """The honeypot: hidden, and not reachable with the keyboard. Programs fill it in."""
    if source.honeypot is None:
        return ""
    return (
        '<div class="honeypot" aria-hidden="true"><label>Leave this empty'
        f'<input name="{escape(source.honeypot)}" tabindex="-1" autocomplete="off"></label></div>'
    )
