"""The parts of the template that concern the delivery, so that the simulation is of this stack."""

from dataclasses import dataclass
from typing import Self

from leads_cli.dev.aws.template import load
from leads_cli.project import TEMPLATE

_QUEUE = "LeadsQueue"


@dataclass(frozen=True, slots=True)
class Deployed:
    """LeadsQueue, its poller and the function behind it; times in seconds."""

    batch_size: int
    window: float
    concurrency: int
    partial_failures: bool
    timeout: float
    visibility: float
    retention: float
    most_receives: int

    @classmethod
    def from_template(cls, **parameters: int) -> Self:
        """The template deployed with these parameters."""
        template = load(TEMPLATE, parameters)
        (source,) = (source for source in template.event_sources if source.queue == _QUEUE)
        resources = template.deployable["Resources"]
        queue = resources[_QUEUE]["Properties"]
        return cls(
            batch_size=source.batch_size,
            window=source.window,
            concurrency=source.concurrency,
            partial_failures=source.partial_failures,
            timeout=resources[source.function]["Properties"]["Timeout"],
            visibility=queue["VisibilityTimeout"],
            retention=queue["MessageRetentionPeriod"],
            most_receives=queue["RedrivePolicy"]["maxReceiveCount"],
        )
