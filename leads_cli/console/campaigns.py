"""The page of campaigns: what Leadterra says of each, how its copy reads, and starting it with eyes open."""

import asyncio
from collections.abc import Mapping, Sequence
from html import escape
from typing import Any, Final

from nicegui import ui

from leads.config.schema import Campaign
from leads_cli.console import frame
from leads_cli.console.asking import confirm
from leads_cli.console.failures.actions import FailureActions
from leads_cli.console.subject import Subject
from leads_cli.console.tokens import CopyPart, Coverage, copy_of, count_coverage, render_copy
from leads_cli.failures.change.edits import Absent
from leads_cli.stacks import campaigns, leadterra
from leads_cli.stacks.campaigns import CampaignListing, ConfiguredCampaign
from leads_cli.stacks.leadterra import CampaignApi, LeadterraError
from leads_cli.stacks.running import NotReachableError
from leads_cli.words import number

# Leads that coverage is measured on: enough for a share, and soon counted.
_NEWEST: Final = 1_000
_SAMPLES: Final = 20
_MOODS: Final = {campaigns.RUNNING: "good", campaigns.PAUSED: "warn", campaigns.DRAFT: "busy"}

type Sample = Mapping[str, Any]


class CampaignsPage:
    """The page in one browser tab."""

    def __init__(self, desk: FailureActions, subject: Subject) -> None:
        self._desk = desk
        self._subject = subject

    def build(self) -> None:
        """Make the page; what has to be asked for comes afterwards."""
        with ui.element("div").classes("row"):
            ui.button("Refresh", icon="refresh", on_click=self._look).props("outline no-caps")
        known = campaigns.configured_campaigns(self._subject.enrollment)
        if not known:
            frame.text("The configuration has no campaign.", "note warn")
        self._parts = [_CampaignCard(each, self._subject.enrollment.campaigns[each.name], self) for each in known]
        ui.timer(0, self._look, once=True)

    def service(self) -> CampaignApi:
        """The Leadterra that the stack enrolls into.

        Raises:
            NotReachableError: there is no key for it.
        """
        return leadterra.connect(self._subject.running, self._subject.enrollment)

    async def _look(self) -> None:
        known = [part.campaign for part in self._parts]
        for part, found in zip(self._parts, await asyncio.to_thread(self._listed, known), strict=True):
            part.tell(found, await asyncio.to_thread(self._samples, part.campaign), self._based_on())

    def _listed(self, known: Sequence[ConfiguredCampaign]) -> list[CampaignListing]:
        try:
            return list(campaigns.list_campaigns(known, self.service()))
        except NotReachableError as error:
            return [CampaignListing(each, problem=str(error)) for each in known]

    def _samples(self, campaign: ConfiguredCampaign) -> list[Sample]:
        """The newest leads of a campaign that can be seen, newest first."""
        names = {campaign.name, campaign.id}
        if self._subject.leads:
            return [row.lead for row in self._subject.leads(_NEWEST) if row.campaign in names and row.lead]
        found = self._desk.found.letters if self._desk.found else ()
        return [letter.lead for letter in found if letter.campaign in names and letter.lead]

    def _based_on(self) -> str:
        if self._subject.leads:
            return f"the newest {_NEWEST:,} leads of this run"
        if self._desk.found is None:
            return "nobody yet: of a deployed stack only dead letters can be seen; read them on the page of failures"
        return "its dead letters alone, which are not typical: what Leadterra took cannot be seen from here"


class _CampaignCard:
    """One campaign."""

    def __init__(self, campaign: ConfiguredCampaign, rules: Campaign, page: CampaignsPage) -> None:
        self.campaign = campaign
        self._rules = rules
        self._page = page
        self._leads: Sequence[Sample] = ()
        with frame.card(campaign.name):
            with ui.element("div").classes("row"):
                self._status = ui.label("asking Leadterra ...").classes("chip")
                ui.html(f"<code>{escape(campaign.id)}</code>", sanitize=False).classes("says")
                frame.text(f"fed by {', '.join(campaign.sources) or 'no source'}", "soft")
            self._numbers = ui.html(sanitize=False)
            with ui.element("div").classes("row"):
                start = ui.button("Start ...", on_click=self._ask).props("outline no-caps")
                start.props["aria-label"] = f"Start {campaign.name}"
            self._coverage = ui.element("div").classes("page")
            self._preview_form()

    def tell(self, found: CampaignListing, leads: Sequence[Sample], based_on: str) -> None:
        """Show what is known now."""
        self._leads = leads
        self._tell_stats(found)
        self._coverage.clear()
        with self._coverage:
            self._cover(based_on)
        people = {str(n): str(lead.get("email") or "somebody") for n, lead in enumerate(leads[:_SAMPLES])}
        self._sample.set_options({"": "a lead with an address alone", **people}, value="0" if people else "")
        self._render()

    def _tell_stats(self, found: CampaignListing) -> None:
        status = found.stats.status if found.stats else None
        self._status.text = status or ("status not told" if found.stats else "not known")
        self._status.classes(replace=f"chip {_MOODS.get(status or '', '')}")
        numbers = found.stats.numbers if found.stats else {}
        terms = {name: f"{value:,}" if isinstance(value, int) else f"{value:.3g}" for name, value in numbers.items()}
        problem = frame.paragraph(found.problem, "note warn") if found.problem else ""
        self._numbers.content = frame.terms(terms) + problem

    # --- Tokens ------------------------------------------------------------------------------------

    def _cover(self, based_on: str) -> None:
        if not self._rules.tokens:
            frame.text("No tokens are configured: nothing can be missing from its copy.", "soft")
            return
        ui.html("<h3>Tokens of its copy</h3>", sanitize=False)
        for each in count_coverage(self._rules, self._leads):
            bare = isinstance(each.default, Absent)
            rest = "the others get nothing there" if bare else f"the others get “{each.default}”"
            with ui.element("div").classes("token"):
                ui.label(each.token).classes("what")
                bar = ui.linear_progress(each.share, show_value=False, color="primary").props('aria-hidden="true"')
                bar.set_visibility(bool(each.leads))
                frame.text(_share(each, rest), "soft")
        frame.text(f"Based on {based_on}: {number(len(self._leads), 'lead')}.", "soft")

    def _preview_form(self) -> None:
        with ui.expansion("Preview its copy").classes("preview"), ui.element("div").classes("page"):
            self._copy = ui.textarea("Copy", value=copy_of(self._rules)).props("outlined autogrow dense")
            self._sample = ui.select({"": "a lead with an address alone"}, value="", label="As this lead gets it")
            self._sample.props("outlined dense")
            self._text = ui.html(sanitize=False)
            self._copy.on_value_change(self._render)
            self._sample.on_value_change(self._render)
        self._render()

    def _render(self) -> None:
        chosen = self._sample.value or ""
        lead = self._leads[int(chosen)] if chosen else {"email": "ava@example.com"}
        pieces = list(render_copy(self._copy.value or "", lead, self._rules))
        missing = ", ".join(dict.fromkeys(piece.token for piece in pieces if piece.missing))
        note = frame.paragraph(f"Renders as nothing: {missing}.", "note warn") if missing else ""
        self._text.content = f'<p class="copy">{"".join(map(_piece, pieces))}</p>{note}'

    # --- Starting ----------------------------------------------------------------------------------

    async def _ask(self) -> None:
        try:
            service = await asyncio.to_thread(self._page.service)
            before = await asyncio.to_thread(campaigns.get_stats, service, self.campaign)
        except (NotReachableError, LeadterraError) as error:
            _complain(error)
            return
        self._tell_stats(CampaignListing(self.campaign, before))
        what = campaigns.describe_start(self.campaign, before)
        possible = before.status != campaigns.RUNNING
        kind = "note warn" if before.status == campaigns.PAUSED else ""
        verb = "Resume its sending" if before.status == campaigns.PAUSED else "Start it"
        if await confirm(f"Start {self.campaign.name}?", verb, lambda: frame.text(what, kind), possible=possible):
            await self._start(service)

    async def _start(self, service: CampaignApi) -> None:
        try:
            after = await asyncio.to_thread(campaigns.start, service, self.campaign)
            now = await asyncio.to_thread(campaigns.get_stats, service, self.campaign)
        except LeadterraError as error:
            _complain(error)
            return
        told = ", ".join(f"{key} {value}" for key, value in after.items() if key != "id")
        ui.notify(f"Started {self.campaign.name}: {told or 'Leadterra says no more about it'}.", type="positive")
        self._tell_stats(CampaignListing(self.campaign, now))


def _complain(error: Exception) -> None:
    ui.notify(str(error), type="negative", multi_line=True, timeout=0, close_button="Close")


def _share(of: Coverage, rest: str) -> str:
    if not of.leads:
        return f"nobody to measure it on; {rest.replace('the others get', 'who lacks it gets')}"
    return "everybody has it" if of.filled == of.leads else f"{of.share:.0%} have it; {rest}"


def _piece(piece: CopyPart) -> str:
    if piece.missing:
        return f'<mark class="missing" title="no value">{{{{{escape(piece.token)}}}}}</mark>'
    return f"<strong>{escape(piece.text)}</strong>" if piece.token else escape(piece.text)
