"""The page of campaigns: what Leadterra says of each, how many leads fill its tokens, and starting it."""

import asyncio
import re
from collections.abc import Iterator, Mapping, Sequence
from html import escape
from typing import Any, Final

from nicegui import ui

from leads.config.schema import Campaign
from leads_cli.console import frame
from leads_cli.console.failures.actions import FailureActions
from leads_cli.console.subject import Subject
from leads_cli.logs.journal import CAPACITY
from leads_cli.stacks import campaigns, leadterra
from leads_cli.stacks.campaigns import CampaignListing, ConfiguredCampaign, Stats
from leads_cli.stacks.leadterra import CampaignApi
from leads_cli.stacks.running import NotReachableError
from leads_cli.words import number

# Leads of a campaign that coverage is measured on: enough for a share, and soon counted.
_NEWEST: Final = 1_000
_MOODS: Final = {campaigns.RUNNING: "good", campaigns.PAUSED: "warn", campaigns.DRAFT: "busy"}


class CampaignsPage:
    def __init__(self, actions: FailureActions, subject: Subject) -> None:
        self._actions = actions
        self._subject = subject

    def build(self) -> None:
        with ui.element("div").classes("row"):
            ui.button("Refresh", icon="refresh", on_click=self._look).props("outline no-caps")
        known = campaigns.configured_campaigns(self._subject.enrollment)
        if not known:
            frame.text("The configuration has no campaign.", "note warn")
        self._parts = [_CampaignCard(each, self._subject.enrollment.campaigns[each.name], self) for each in known]
        ui.timer(0, self._look, once=True)

    def service(self) -> CampaignApi:
        """The Leadterra that the stack enrolls into. Raises NotReachableError if there is no key for it."""
        return leadterra.connect(self._subject.running, self._subject.enrollment)

    async def _look(self) -> None:
        known = [part.campaign for part in self._parts]
        for part, found in zip(self._parts, await asyncio.to_thread(self._listed, known), strict=True):
            part.show(found, await asyncio.to_thread(self._leads, part.campaign), self._based_on())

    def _listed(self, known: Sequence[ConfiguredCampaign]) -> list[CampaignListing]:
        try:
            return list(campaigns.list_campaigns(known, self.service()))
        except NotReachableError as error:
            return [CampaignListing(each, problem=str(error)) for each in known]

    def _leads(self, campaign: ConfiguredCampaign) -> list[Mapping[str, Any]]:
        """The newest leads of a campaign that can be seen."""
        names = {campaign.name, campaign.id}
        if self._subject.leads:
            # Among all that are known: another campaign may have had a thousand since.
            found = [row.lead for row in self._subject.leads(CAPACITY) if row.campaign in names and row.lead]
            return found[:_NEWEST]
        letters = self._actions.found.newest if self._actions.found else ()
        return [letter.lead for letter in letters if letter.campaign in names and letter.lead]

    def _based_on(self) -> str:
        if self._subject.leads:
            return "its newest leads of this run"
        if self._actions.found is None:
            return "none yet: of a deployed stack only dead letters can be seen; read them on the page Failures"
        return "its dead letters alone, which are not typical: what Leadterra took cannot be seen from here"


class _CampaignCard:
    def __init__(self, campaign: ConfiguredCampaign, rules: Campaign, page: CampaignsPage) -> None:
        self.campaign = campaign
        self._rules = rules
        self._page = page
        with frame.card(campaign.name):
            with ui.element("div").classes("row"):
                self._status = ui.label("asking Leadterra ...").classes("chip")
                ui.html(f"<code>{escape(campaign.id)}</code>", sanitize=False).classes("says")
                frame.text(f"fed by {', '.join(campaign.sources) or 'no source'}", "soft")
            self._numbers = ui.html(sanitize=False)
            self._start = frame.action_button("Start ...", self._ask, "outline")
            self._start.props["aria-label"] = f"Start {campaign.name}"
            self._start.set_visibility(False)
            self._coverage = ui.html(sanitize=False)

    def show(self, found: CampaignListing, leads: Sequence[Mapping[str, Any]], based_on: str) -> None:
        self._show_stats(found)
        if not self._rules.tokens:
            self._coverage.content = frame.paragraph("No tokens are configured: nothing can be missing.", "soft")
            return
        shares = dict(count_coverage(self._rules, leads))
        note = frame.paragraph(f"Based on {based_on}: {number(len(leads), 'lead')}.", "soft")
        self._coverage.content = f"<h3>Tokens of its copy</h3>{frame.facts(shares)}{note}"

    def _show_stats(self, found: CampaignListing) -> None:
        stats = found.stats or Stats()
        self._status.text = stats.status or ("status unknown" if found.stats else "not known")
        self._status.classes(replace=f"chip {_MOODS.get(stats.status or '', '')}")
        terms = {
            _label(name): f"{value:,}" if isinstance(value, int) else f"{value:.3g}"
            for name, value in stats.numbers.items()
        }
        problem = frame.paragraph(found.problem, "note warn") if found.problem else ""
        self._numbers.content = frame.terms(terms) + problem
        # Only where something can be started.
        self._start.set_visibility(found.stats is not None and stats.status != campaigns.RUNNING)

    async def _ask(self) -> None:
        def look() -> tuple[CampaignApi, Stats]:
            service = self._page.service()
            return service, campaigns.get_stats(service, self.campaign)

        if (found := await frame.notify_errors(asyncio.to_thread(look))) is None:
            return
        service, before = found
        self._show_stats(CampaignListing(self.campaign, before))
        paused = before.status == campaigns.PAUSED
        what = campaigns.describe_start(self.campaign, before)
        answers = [] if before.status == campaigns.RUNNING else ["Resume its sending" if paused else "Start it"]
        question = f"Start {self.campaign.name}?"
        if await frame.ask(question, answers, lambda: frame.text(what, "note warn" if paused else "")):
            await self._begin(service)

    async def _begin(self, service: CampaignApi) -> None:
        def begin() -> tuple[dict[str, Any], Stats]:
            return campaigns.start(service, self.campaign), campaigns.get_stats(service, self.campaign)

        if (done := await frame.notify_errors(asyncio.to_thread(begin))) is None:
            return
        after, now = done
        ui.notify(campaigns.describe_started(self.campaign, after), type="positive")
        self._show_stats(CampaignListing(self.campaign, now))


def _label(name: str) -> str:
    """One of Leadterra's names as words: `openRate` is "open rate"."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).lower()


def count_coverage(rules: Campaign, leads: Sequence[Mapping[str, Any]]) -> Iterator[tuple[str, str]]:
    """Each token of a campaign: how many leads have it, and what the others get."""
    for token in rules.tokens:
        rest = f"“{rules.defaults[token]}”" if token in rules.defaults else "a gap"
        filled = sum(bool(_value(lead, token)) for lead in leads)
        if not leads:
            yield token, f"no lead to measure it on; a lead without it gets {rest}"
        elif filled == len(leads):
            yield token, "every lead has it"
        else:
            yield token, f"{filled / len(leads):.0%} have it; the others get {rest}"


def _value(lead: Mapping[str, Any], token: str) -> str:
    custom = lead.get("customFields")
    own = lead.get(token)
    value = own if own not in (None, "") or not isinstance(custom, dict) else custom.get(token)
    return "" if value is None else str(value).strip()
