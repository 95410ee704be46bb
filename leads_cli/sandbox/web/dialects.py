"""The envelopes in which Leadterra's pages show one and the same answer."""

from leads_cli.sandbox.records import SuppressionCounts, UpsertCounts
from leads_cli.sandbox.store.behaviour import Dialect


def bulk_answer(tally: UpsertCounts, dialect: Dialect) -> dict[str, object]:
    """Counts of a bulk request; the reference has no place for skipped leads, so they are in no count."""
    bare: dict[str, object] = {
        "enrolled": tally.enrolled,
        "updated": tally.updated,
        "total": tally.enrolled + tally.updated,
    }
    if dialect == "reference":
        return bare
    if dialect == "data":
        return {"data": bare}
    return {
        "result": {
            "enrolled": tally.enrolled,
            "updated": tally.updated,
            "skipped": tally.skipped,
            "totalInCampaign": tally.in_campaign,
        }
    }


def suppression_answer(tally: SuppressionCounts, dialect: Dialect) -> dict[str, object]:
    """Counts of a suppression request; the reference counts new addresses only."""
    if dialect == "guide":
        return {"result": {"suppressed": tally.new, "alreadySuppressed": tally.known, "total": tally.new + tally.known}}
    return read_answer({"suppressed": tally.new}, dialect)


def start_answer(campaign: dict[str, object], queued: int, dialect: Dialect) -> dict[str, object]:
    """A started campaign; `queued` is how many first messages the start has put in line."""
    bare = {name: campaign[name] for name in ("id", "status", "startedAt")}
    if dialect == "reference":
        return bare
    if dialect == "data":
        return {"data": bare}
    return {"campaign": {**bare, "leadsEnrolled": campaign["leads"], "queuedMessages": queued}}


def stats_answer(stats: dict[str, object], dialect: Dialect) -> dict[str, object]:
    """A campaign's metrics; the guide reads its status there as well, of which the reference knows nothing."""
    if dialect == "reference":
        return {name: value for name, value in stats.items() if name != "status"}
    return {"data": stats}


def read_answer(body: dict[str, object], dialect: Dialect) -> dict[str, object]:
    """A read endpoint's answer: bare, or in the `data` envelope that pages other than the reference use."""
    return body if dialect == "reference" else {"data": body}
