"""Find a person in the logs. Log lines have a keyed hash in the place of each address."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Final

from leads.message.message import address_for_log
from leads_cli.failures.person.mention import key
from leads_cli.logs.observed import objects, texts
from leads_cli.logs.reading import Line, Reader
from leads_cli.logs.sentence import step
from leads_cli.stacks.running import NotReachableError, Running
from leads_cli.stacks.secret import LOG_KEY, read_secret

# A person who signed up more often than this is a program.
_MOST_LEADS: Final = 20


def log_key(running: Running) -> str:
    """The key of the hashes in the log. Raises NotReachableError if the secret cannot be read, or has no such key."""
    found = read_secret(running).content.get(LOG_KEY) if "SecretId" in running.outputs else None
    if not isinstance(found, str) or not found:
        raise NotReachableError(
            f"the stack's secret has no {LOG_KEY}, so its log has no hashes of addresses. "
            f"Lines that are written from now on will have them after: leads secrets set {LOG_KEY} --generate"
        )
    return found


def find_person(running: Running, read: Reader, email: str, since: datetime) -> list[tuple[Line, str]]:
    hashed = address_for_log(log_key(running), key(email))
    ids = {lead for line in read(since, hashed) for known, lead in _people(line) if known == hashed}
    found = {
        (line.id, lead): (line, f"{lead}: {sentence}")
        for lead in sorted(ids)[:_MOST_LEADS]
        for line in read(since, lead)
        if (sentence := step(line, lead))
    }
    return sorted(found.values(), key=lambda each: each[0].when)


def find_newer(running: Running, read: Reader, leads: Mapping[str, tuple[str, datetime]]) -> set[str]:
    """Which of these leads (id: address, time of failure) are older than another lead of the same person."""
    if not leads:
        return set()
    secret = log_key(running)
    by_hash: dict[str, list[str]] = {}
    for lead, (email, _) in leads.items():
        by_hash.setdefault(address_for_log(secret, key(email)), []).append(lead)
    text = next(iter(by_hash)) if len(by_hash) == 1 else "addresses"
    return {
        lead
        for line in read(min(when for _, when in leads.values()), text)
        for hashed, other in _people(line)
        if other not in leads
        for lead in by_hash.get(hashed, ())
        if line.when > leads[lead][1]
    }


def _people(line: Line) -> Iterator[tuple[str, str]]:
    """The hash and the id of each lead in a batch's log line."""
    data = line.data
    refused = [str(each.get("id")) for each in objects(data.get("rejected"))]
    ids = [*texts(data.get("accepted")), *texts(data.get("held")), *refused]
    return zip(texts(data.get("addresses")), ids, strict=False)
