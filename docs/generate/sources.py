"""`docs/sources.md`: the recipe of each provider, and tables made from the registry.

A recipe is `docs/recipes/<provider>.md`; in it `{address}` is the webhook's address and `{secret}` the place of the
source's secret. If it has no TOML of its own, the lines are made from the registry.
"""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from string import Template
from typing import Final

from leads.presets.provider import Provider, Scheme, Signature, View
from leads.presets.providers import PROVIDERS
from leads_cli.project import ROOT

FRAME: Final = Path(__file__).with_name("sources.md.txt")
_PROOF_HEADS: Final = ("provider", "name", "authenticates by", "in")
_EVENT_HEADS: Final = ("provider", "accepted events", "fields", "event id")
# Schemes that are code rather than data: the method, and the place of the credential.
_CODED: Final[Mapping[Scheme, tuple[str, str]]] = {
    "standard-webhooks": ("HMAC-SHA256, base64, 5 minutes", "header:webhook-signature|svix-signature"),
    "netlify": ("JWS, HS256", "header:x-webhook-signature"),
    "hubspot": ("HMAC-SHA256, 5 minutes; or SHA-256", "header:x-hubspot-signature-v3|x-hubspot-signature"),
    "segment": ("HMAC-SHA1; a batch needs the secret itself as well", "header:x-signature"),
    "google-ads": ("the secret itself", "google_key"),
    "supabase": ("Standard Webhooks, or a token", "header:webhook-signature|authorization|x-api-key"),
}  # fmt: skip


def recipe_path(name: str) -> Path:
    """Where a provider's recipe is."""
    return ROOT / "docs" / "recipes" / f"{name}.md"


def document(providers: Mapping[str, Provider] = PROVIDERS) -> str:
    """The whole document."""
    recipes = "\n\n".join(recipe(name, provider) for name, provider in providers.items())
    return Template(FRAME.read_text(encoding="utf-8")).substitute(
        number=str(len(providers)),
        index=" ·\n".join(f"[{provider.title}](#{name})" for name, provider in providers.items()),
        recipes=recipes,
        proofs=_table(
            _PROOF_HEADS, {name: (provider.title, *_proof(provider)) for name, provider in providers.items()}
        ),
        events=_table(_EVENT_HEADS, {name: _events(provider) for name, provider in providers.items()}),
    )


def _table(heads: Sequence[str], rows: Mapping[str, Sequence[str]]) -> str:
    lines = [_row([f"[{name}](#{name})", *cells]) for name, cells in rows.items()]
    return "\n".join([_row(heads), _row(["---"] * len(heads)), *lines])


def _events(provider: Provider) -> tuple[str, ...]:
    return _taken(provider), _read(provider), _places(provider.event_ids) or "none"


def recipe(name: str, provider: Provider) -> str:
    """How to connect one provider."""
    text = recipe_path(name).read_text(encoding="utf-8").strip()
    text = text.replace("{address}", f"https://YOUR-API/hooks/{name}").replace("{secret}", f"sources.{name}")
    return "\n\n".join(
        [f"### {name}", f"**{provider.title}**", text, *([] if "```toml" in text else [_toml(name, provider)])]
    )


def _toml(name: str, provider: Provider) -> str:
    auth = [] if provider.auth else [f'auth = "{"none" if name == "form" else "token"}"']
    lines = [f"[sources.{name}]", f'provider = "{name}"', 'campaign = "newsletter"', *auth]
    return "\n".join(["```toml", *lines, "```"])


def signature_header(provider: Provider) -> str | None:
    """The header that a provider's signature is in; the first of them where it has several names."""
    scheme = provider.signature
    if scheme is None:
        return None
    place = f"header:{scheme.header}" if isinstance(scheme, Signature) else _CODED[scheme][1]
    kind, _, names = place.partition(":")
    return names.split("|")[0] if kind == "header" else None


def _proof(provider: Provider) -> tuple[str, str]:
    scheme = provider.signature
    if isinstance(scheme, Signature):
        window = f", {scheme.timestamp.tolerance // 60} minutes" if scheme.timestamp else ""
        return f"HMAC-{scheme.algorithm.upper()}, {scheme.encoding}{window}", _place(f"header:{scheme.header}")
    if scheme is not None:
        how, where = _CODED[scheme]
        return how, _place(where)
    token = _place("header:authorization|x-api-key") + ", or the path"
    return ("a token" if provider.auth else "as set in `auth`"), token


def _taken(provider: Provider) -> str:
    rules = [*((place, values, "") for place, values in provider.only.items())]
    rules += [(place, values, "not ") for place, values in provider.skip.items()]
    texts = [f"{_place(place)} {no}{', '.join(f'`{v}`' for v in sorted(values))}" for place, values, no in rules]
    return "; ".join(texts) or "everything"


def _read(provider: Provider) -> str:
    alternatives = [" + ".join(map(_view, views)) for views in provider.views]
    return "; or ".join(alternatives) or "every field"


def _view(view: View) -> str:
    path = f"`{view.path}`" if view.path else "the event"
    return f"{path} ({', '.join(sorted(view.pick))})" if view.pick else path


def _places(places: Iterable[str]) -> str:
    return ", ".join(map(_place, places))


def _place(place: str) -> str:
    """Header names of `header:a|b` capitalised, a path as it is."""
    kind, _, names = place.partition(":")
    if kind != "header" or not names:
        return f"`{place}`"
    return " or ".join(f"`{'-'.join(part.capitalize() for part in name.split('-'))}`" for name in names.split("|"))


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cell.replace('|', '\\|') for cell in cells)} |"
