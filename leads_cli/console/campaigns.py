"""The page of campaigns: what Leadterra says of each, and starting it."""

import asyncio
import re
from collections.abc import Sequence
from html import escape
from typing import Any, Final

from nicegui import ui

from leads_cli.console import frame
from leads_cli.console.subject import Subject
from leads_cli.stacks import campaigns, leadterra
from leads_cli.stacks.campaigns import CampaignListing, ConfiguredCampaign, Stats
from leads_cli.stacks.leadterra import CampaignApi
from leads_cli.stacks.running import NotReachableError

_MOODS: Final = {campaigns.RUNNING: "good", campaigns.PAUSED: "warn", campaigns.DRAFT: "busy"}


class CampaignsPage:
    def __init__(self, subject: Subject) -> None:
        self._subject = subject

    def build(self) -> None:
        with ui.element("div").classes("row"):
            ui.button("Refresh", icon="refresh", on_click=self._look).props("outline no-caps")
        known = campaigns.configured_campaigns(self._subject.enrollment)
        if not known:
            frame.text("The configuration has no campaign.", "note warn")
        self._parts = [_CampaignCard(each, self) for each in known]
        ui.timer(0, self._look, once=True)

    def service(self) -> CampaignApi:
        """The Leadterra that the stack enrolls into. Raises NotReachableError if there is no key for it."""
        return leadterra.connect(self._subject.running, self._subject.enrollment)

    async def _look(self) -> None:
        known = [part.campaign for part in self._parts]
        for part, found in zip(self._parts, await asyncio.to_thread(self._listed, known), strict=True):
            part.show(found)

    def _listed(self, known: Sequence[ConfiguredCampaign]) -> list[CampaignListing]:
        try:
            return list(campaigns.list_campaigns(known, self.service()))
        except NotReachableError as error:
            return [CampaignListing(each, problem=str(error)) for each in known]


class _CampaignCard:
    def __init__(self, campaign: ConfiguredCampaign, page: CampaignsPage) -> None:
        self.campaign = campaign
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

    def show(self, found: CampaignListing) -> None:
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
        self.show(CampaignListing(self.campaign, before))
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
        details = ", ".join(f"{key} {value}" for key, value in after.items() if key != "id")
        ui.notify(f"Started {self.campaign.name}: {details or 'Leadterra gave no details'}.", type="positive")
        self.show(CampaignListing(self.campaign, now))


def _label(name: str) -> str:
    """One of Leadterra's names as words: `openRate` is "open rate"."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).lower()
