"""The people of the drill: where they sign up, and the leads that they become."""

import json
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import batched
from typing import Any, Final

import httpx

from leads_cli.stacks import embedded, secret
from leads_cli.webhooks.signing import Request, sign
from tests.drill.leadterra import POISON, REFUSED, SCRIPT, SUPPRESSED

CONFIG: Final = """
leadterra.batch_size = 25
[campaigns]
news.id = "camp_news"
users.id = "camp_users"
partners.id = "camp_partners"
trial.id = "camp_trial"
[sources]
accounts = {provider = "standard-webhooks", campaign = "users", custom_fields = ["*"]}
[sources.website]
provider = "form"
campaign = "news"
auth = "none"
honeypot = "nickname"
custom_fields = ["plan", "utm_source"]
fields.jobTitle = "your_role"
[sources.app]
provider = "json"
auth = "token"
custom_fields = ["*"]
campaign_field = "list"
campaigns = {news = "news", users = "users", partners = "partners", trial = "trial"}
"""
# A form's lead that the firewall blocks, and an event's lead at which the service fails.
BLOCKED, POISONED = 18, 19
SOURCES: Final = ("website", "accounts", "app")
# The sources and campaigns of each six people.
_MIX: Final = (
    ("website", "camp_news"),
    ("accounts", "camp_users"),
    ("website", "camp_news"),
    ("app", "camp_partners"),
    ("website", "camp_news"),
    ("app", "camp_trial"),
)
_SYLLABLES: Final = ("ba", "ci", "dø", "fé", "gu", "ha", "ji", "ko", "łu", "né")


@dataclass(frozen=True, slots=True)
class Person:
    """A person: the source, the campaign, and the expected lead."""

    number: int
    source: str
    campaign: str
    row: dict[str, Any]

    @property
    def email(self) -> str:
        """The person's unique address."""
        return str(self.row["email"])

    @property
    def opted_out(self) -> bool:
        """Whether the signup says so, as its source would."""
        return self.number // len(_MIX) % 25 == 12


def people(number: int) -> list[Person]:
    """People who differ in every field."""
    found = [person(n, *_MIX[n % len(_MIX)]) for n in range(number)]
    found[BLOCKED].row["company"] = f"{SCRIPT} & Co"
    found[POISONED].row["company"] = POISON
    return found


def person(n: int, source: str, campaign: str) -> Person:
    """A person. Of 25 in a row one is refused and one is suppressed."""
    domain = {7: REFUSED, 17: SUPPRESSED}.get(n // len(_MIX) % 25, "@fine.example")
    name = "".join(_SYLLABLES[int(digit)] for digit in str(n)).capitalize()
    row: dict[str, Any] = {"email": f"p{n}{domain}", "firstName": name, "lastName": f"Mc{name}"}
    row |= {"company": f"{name} & Söhne {n}", "jobTitle": f"Chief {n}", "plan": f"plan-{n}"}
    own: dict[str, dict[str, Any]] = {
        "website": {"utm_source": f"ad={n}&more"},
        "accounts": {"seats": n, "beta": n % 4 == 1},
        "app": {"list": campaign.removeprefix("camp_"), "score": n + 0.5, "note": f"«{n}»\n🎉"},
    }
    return Person(n, source, campaign, row | own[source])


class Senders:
    """Sends forms, lists and signed events, and checks each answer."""

    def __init__(self, url: str, http: httpx.Client) -> None:
        stored = secret.read_secret(embedded.find(url))
        (self._token,), (self._key,) = stored.values("app"), stored.values("accounts")
        self._url, self._http = url, http

    def send(self, everyone: Sequence[Person]) -> None:
        """Send all of them, several requests at once. One event in ten is sent twice."""
        forms, events, items = ([each for each in everyone if each.source == name] for name in SOURCES)
        with ThreadPoolExecutor(8) as pool:
            jobs = [pool.submit(self._form, each) for each in forms]
            jobs += [pool.submit(self._event, each, {"accepted": int(not each.opted_out)}) for each in events]
            jobs += [pool.submit(self._list, some) for some in batched(items, 50, strict=False)]
        for job in jobs:
            job.result()
        for each in filter(is_sent_twice, events):
            self._event(each, {"accepted": 0, "duplicate": True})

    def _form(self, person: Person) -> None:
        fields = {**person.row, "comment": "not a field of the lead", "nickname": ""}
        fields["your_role"] = fields.pop("jobTitle")
        fields |= {"unsubscribed": "yes"} if person.opted_out else {}
        self._post("forms/website", {"accepted": int(not person.opted_out)}, data=fields)

    def _event(self, person: Person, answer: dict[str, Any]) -> None:
        kind = "contact.unsubscribed" if person.opted_out else "user.created"
        body = json.dumps({"type": kind, "data": person.row}).encode()
        headers = {"content-type": "application/json", "webhook-id": f"msg_{person.email}"}
        signed = sign("standard-webhooks", Request(body, headers), self._key, time.time())
        self._post("hooks/accounts", answer, content=body, headers=dict(signed.headers))

    def _list(self, some: Sequence[Person]) -> None:
        items = [{**each.row, "email_opt_out": True} if each.opted_out else each.row for each in some]
        accepted = sum(not each.opted_out for each in some)
        self._post("hooks/app", {"accepted": accepted}, json=items, headers={"x-api-key": self._token})

    def _post(self, path: str, answer: dict[str, Any], **request: Any) -> None:
        found = self._http.post(f"{self._url}/{path}", **request)
        if (found.status_code, found.json()) != (200, answer):
            raise SystemExit(f"{path} answered {found.status_code} {found.text}")


def is_sent_twice(person: Person) -> bool:
    """Whether a signup's event is sent twice."""
    return person.source == "accounts" and person.number % 60 == 1 and not person.opted_out
