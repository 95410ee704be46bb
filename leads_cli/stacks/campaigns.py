"""The configured campaigns and what Leadterra says of each. Only an operator starts one."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, Final

from leads.config.schema import Enrollment, Source
from leads_cli.errors import UsageError
from leads_cli.stacks.leadterra import CampaignApi, LeadterraError
from leads_cli.words import did_you_mean

DRAFT: Final = "draft"
PAUSED: Final = "paused"
RUNNING: Final = "running"
# What concerns the service or its key, and not the campaign that was asked about.
_EVERYBODY: Final = frozenset({None, HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN})


@dataclass(frozen=True, slots=True)
class ConfiguredCampaign:
    """A campaign of the configuration; `sources` are those that may feed it."""

    name: str
    id: str
    tokens: Sequence[str]
    sources: Sequence[str]


@dataclass(frozen=True, slots=True)
class Stats:
    """What Leadterra says of a campaign.

    Attributes:
        status: "draft", "running" or "paused"; None where the answer has none, which the reference allows.
        numbers: the counters and rates, by Leadterra's names.
    """

    status: str | None = None
    numbers: Mapping[str, int | float] = field(default_factory=dict)

    @property
    def enrolled(self) -> int | float | None:
        return self.numbers.get("totalEnrolled", self.numbers.get("leads"))


@dataclass(frozen=True, slots=True)
class CampaignListing:
    """A campaign and what is known of it. `problem` says why Leadterra gave no answer."""

    campaign: ConfiguredCampaign
    stats: Stats | None = None
    problem: str = ""

    def as_json(self) -> dict[str, Any]:
        """As `leads campaign list --json` has it."""
        return {
            "name": self.campaign.name,
            "id": self.campaign.id,
            "tokens": list(self.campaign.tokens),
            "sources": list(self.campaign.sources),
            "status": self.stats.status if self.stats else None,
            "enrolled": self.stats.enrolled if self.stats else None,
            "problem": self.problem or None,
        }


def configured_campaigns(enrollment: Enrollment) -> list[ConfiguredCampaign]:
    """The campaigns in the order of the file."""
    return [
        ConfiguredCampaign(
            name, rules.id, rules.tokens, [source for source, its in enrollment.sources.items() if name in _fed(its)]
        )
        for name, rules in enrollment.campaigns.items()
    ]


def _fed(source: Source) -> frozenset[str]:
    return frozenset({*source.campaigns.values(), *([source.campaign] if source.campaign else [])})


def find_campaign(campaigns: Iterable[ConfiguredCampaign], name: str) -> ConfiguredCampaign:
    """The campaign with a name, or with an id. Raises UsageError if there is none."""
    known = list(campaigns)
    if found := [each for each in known if name == each.name] or [each for each in known if name == each.id]:
        return found[0]
    names = [each.name for each in known]
    meant = did_you_mean(name, names)
    raise UsageError(f"the configuration has no campaign {name!r}; it has: {', '.join(names) or 'none'}{meant}")


def list_campaigns(campaigns: Iterable[ConfiguredCampaign], service: CampaignApi) -> Iterator[CampaignListing]:
    """Each campaign with what Leadterra says of it. If Leadterra is out of reach, it is asked only once."""
    problem = ""
    for campaign in campaigns:
        if problem:
            yield CampaignListing(campaign, problem=problem)
            continue
        try:
            yield CampaignListing(campaign, get_stats(service, campaign))
        except LeadterraError as error:
            yield CampaignListing(campaign, problem=str(error))
            problem = str(error) if error.status in _EVERYBODY else ""


def get_stats(service: CampaignApi, campaign: ConfiguredCampaign) -> Stats:
    """A campaign's status and numbers. Raises LeadterraError if Leadterra does not tell."""
    return read_stats(service.ask("GET", campaign.id, "stats"))


def read_stats(content: Mapping[str, Any]) -> Stats:
    """Leadterra's answer, from which anything may be missing."""
    status = content.get("status")
    numbers = {
        name: value
        for name, value in content.items()
        if name != "status" and isinstance(value, int | float) and not isinstance(value, bool)
    }
    return Stats(status if isinstance(status, str) else None, numbers)


def describe_start(campaign: ConfiguredCampaign, found: Stats) -> str:
    """What starting a campaign would do, shown before the operator confirms."""
    what = f"{campaign.name} ({campaign.id})"
    number = "" if found.enrolled is None else f", {found.enrolled:,} leads"
    waiting = found.numbers.get("queued")
    match found.status:
        case "draft":
            return f"{what} is a draft{number}: Leadterra begins to send them its first message."
        case "paused":
            held = f" with the {waiting:,} messages that wait" if waiting else ""
            return f"{what} is paused{number}: its sending RESUMES where it was stopped{held}."
        case "running":
            return f"{what} is running already{number}: starting it changes nothing."
        case _:
            return (
                f"{what}{number}. Leadterra does not say whether it is a draft, paused or running. "
                "A draft begins to send; a paused campaign RESUMES its sending; a running one stays as it is."
            )


def start(service: CampaignApi, campaign: ConfiguredCampaign) -> dict[str, Any]:
    """Start a campaign, or resume a paused one, after a person has confirmed it: Leadterra's answer."""
    try:
        return service.ask("POST", campaign.id, "start")
    except LeadterraError as error:
        if error.status is not None:
            raise
        raise LeadterraError(
            f"{error}. Whether the campaign was started is unknown; look first: leads campaign stats {campaign.name}"
        ) from error


def describe_started(campaign: ConfiguredCampaign, after: Mapping[str, Any]) -> str:
    """What Leadterra answered to a start."""
    details = ", ".join(f"{key} {value}" for key, value in after.items() if key != "id")
    return f"Started {campaign.name}: {details or 'Leadterra gave no details'}."
