"""What costly bodies cost: each kind at three sizes, with CPU and peak memory (design, law 11).

`python benchmarks/costly.py` prints a table and fails if a limit is exceeded. `--kind NAME` runs one kind, `--random N`
makes N more bodies out of hostile pieces. Each body is read in a process of its own, as one invocation of intake would.
"""

import argparse
import json
import random
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any, Final

sys.path.insert(0, str(Path(__file__).parents[1] / "layers" / "shared"))

from leads.config.schema import Source
from leads.errors import LeadsError
from leads.event.event import Event
from leads.message.intake import read

KB: Final = 1_000
SIZES: Final = (250 * KB, 500 * KB, 1_000 * KB)
MAX_CPU: Final = 1.5
# Law 11 allows a list of 5,000 so much. Only one whose people all have different fields takes more than the rest.
MAX_CPU_OF: Final = {"list-different-names": 6.0}
MAX_MEMORY: Final = 256
# Seconds that `_yardstick` takes on an idle core of a server. The limits are for one.
QUIET: Final = 0.07
# Four times the size may take four times the time, and some garbage collection and noise. A square would take 16 times.
MAX_GROWTH: Final = 6.0
# Below so many seconds noise decides. What takes longer is measured three times, and the least counts: other programs
# only add to it.
NOISE: Final = 0.2
JSON: Final = "application/json"
FORM: Final = "application/x-www-form-urlencoded"
MULTIPART: Final = "multipart/form-data; boundary=b"
ADA: Final = {"email": "ada@example.com"}

# Every rule at once: all fields forwarded, and as many configured names as a careful user would write.
SOURCE: Final = Source.model_validate(
    {
        "provider": "json",
        "campaign": "news",
        "custom_fields": ["*", *(f"custom_{number}" for number in range(100))],
        "fields": {f"named_{number}": f"Field number {number}" for number in range(50)},
        "require": {f"absent_{number}": False for number in range(20)},
        "honeypot": "nickname",
    }
)


def value(text: str, field: str = "name") -> Callable[[int], bytes]:
    """One field that repeats a text."""
    return lambda size: json.dumps(ADA | {field: text * (size // len(json.dumps(text)[1:-1]))}).encode()


def fields(name: str, text: str = "x", most: int = 1_900) -> Callable[[int], bytes]:
    """As many fields as are read, each name padded to fill the size."""

    def make(size: int) -> bytes:
        length = max(1, size // most // len(name.encode()))
        return json.dumps(ADA | {f"{n}{name * length}": text for n in range(most)}, ensure_ascii=False).encode()

    return make


def values(text: str, name: str = "field", most: int = 1_900) -> Callable[[int], bytes]:
    """As many fields as are read, each value padded to fill the size."""

    def make(size: int) -> bytes:
        length = max(1, size // most // len(text.encode()))
        return json.dumps({f"{name}{n}": f"{n}{text * length}" for n in range(most)}, ensure_ascii=False).encode()

    return make


def people(person: Callable[[int], dict[str, Any]]) -> Callable[[int], bytes]:
    """A list of people, 5,000 in the largest size."""
    return lambda size: json.dumps([person(n) for n in range(size // 200)], ensure_ascii=False).encode()


def nested(size: int) -> bytes:
    """A long key around thousands of short ones."""
    return json.dumps(ADA | {"k" * (size // 2): {f"f{n}": "x" for n in range(min(1_900, size // 200))}}).encode()


def ids(text: str) -> Callable[[int], bytes]:
    """Two people, one of them under a key that is nearly an id."""
    return lambda size: json.dumps({f"{text * size} ": ADA, "b": {"email": "bea@example.com"}}).encode()


def small_members(size: int) -> bytes:
    """As many members as fit."""
    return json.dumps({f"f{n}": n for n in range(size // 14)}).encode()


def multipart(size: int) -> bytes:
    """As many parts as fit."""
    part = b'--b\r\nContent-Disposition: form-data; name="f%d"\r\n\r\nx\r\n'
    return b"".join(part % n for n in range(size // 55)) + b"--b--\r\n"


def _listed(n: int) -> dict[str, Any]:
    return {"email": f"a{n}@{n}.example.com", "name": "Dr " * 30 + "Ada King", "Company / Firma": "Analytical Engines"}


def _foreign(n: int) -> dict[str, Any]:
    # As many letters as a domain may have, in an order that makes Punycode short, so that it is valid.
    return {"email": f"a{n}@{''.join(chr(0x4E00 + n + i) for i in range(24))}.com"}


def _encoded(n: int) -> dict[str, Any]:
    return {"email": f"a{n}@{''.join(chr(0x4E00 + n + 7 * i % 50) for i in range(20)).encode('idna').decode()}.com"}


def _asked(n: int) -> dict[str, Any]:
    answers = {"E-mail": f"a{n}@example.com", "Your name": f"Ada King{n}", "Company": "Engines"}
    return {"answers": [{"question": question, "answer": answer} for question, answer in answers.items()]}


def _different(n: int) -> dict[str, Any]:
    # Of 13 optional fields each person has others, so what is known of the names helps no other person.
    return {"email": f"a{n}@example.com"} | {f"Optional field {bit}": "x" for bit in range(13) if n >> bit & 1}


def by_id(size: int) -> bytes:
    """People under their ids, 5,000 in the largest size."""
    return json.dumps({f"u{n}": _listed(n) for n in range(size // 200)}).encode()


def line_items(size: int) -> bytes:
    """People in parallel lists, 5,000 in the largest size."""
    numbers = range(size // 200)
    rows = {f"field {column}": [f"{column} {n}" for n in numbers] for column in range(10)}
    return json.dumps(
        {"email": [f"a{n}@example.com" for n in numbers], "name": ["Ada"] * len(numbers), **rows}
    ).encode()


def layers(size: int) -> bytes:
    """People inside of lists and objects as deep as they are looked for."""
    made: Any = [_listed(n) for n in range(size // 200)]
    for depth in range(14):
        made = {"data": made, "page": depth} if depth % 2 else [made]
    return json.dumps(made).encode()


KINDS: Final[dict[str, tuple[str, Callable[[int], bytes]]]] = {
    "titles": (JSON, value("Dr ")),
    "titles-between": (JSON, value("Mr & ")),
    "degrees": (JSON, value("PhD ")),
    "commas": (JSON, value("a,")),
    "brackets": (JSON, value("(")),
    "spaces": (JSON, value(" ")),
    "surname": (JSON, value("von ", "last_name")),
    "address": (JSON, value("a@b.example,", "email")),
    "entities": (JSON, value("&amp;", "company")),
    "entities-open": (JSON, value("&#", "company")),
    "placeholders": (JSON, value("{{", "company")),
    "placeholders-percent": (JSON, value("%", "note")),
    "controls": (JSON, value("\u0085\u0000", "note")),
    "surrogates": (JSON, lambda size: b'{"email": "a@example.com", "note": "' + rb"\ud800" * (size // 6) + b'"}'),
    "names-braces": (JSON, fields("{{")),
    "names-markup": (JSON, fields("<")),
    "names-nested": (JSON, fields("data.")),
    "names-words": (JSON, fields("job in ")),
    "names-clauses": (JSON, fields("name? ")),
    "names-mail": (JSON, fields("e-mail ", "ada@example.org")),
    "names-clients": (JSON, fields("client_name")),
    "names-accents": (JSON, fields("\u0301")),
    "names-ligatures": (JSON, fields("\ufdfa")),
    "values-addresses": (JSON, values("ü", "email@")),
    "values-like-addresses": (JSON, values("x@", "field")),
    "values-display-names": (JSON, values('"a" ', "email")),
    "values-full-names": (JSON, values("Dr ", "name ")),
    "long-key": (JSON, nested),
    "ids-digits": (JSON, ids("1")),
    "ids-addresses": (JSON, ids("@")),
    "small-members": (JSON, small_members),
    "deep": (JSON, lambda size: b"[" * (size // 2) + b"]" * (size // 2)),
    "deep-objects": (JSON, lambda size: b'{"a":' * (size // 6) + b"1" + b"}" * (size // 6)),
    "questions": (
        JSON,
        lambda size: json.dumps([{"label": f"Question {n}", "value": "x"} for n in range(size // 45)]).encode(),
    ),
    "list": (JSON, people(_listed)),
    "list-foreign-domains": (JSON, people(_foreign)),
    "list-punycode": (JSON, people(_encoded)),
    "list-questions": (JSON, people(_asked)),
    "list-different-names": (JSON, people(_different)),
    "list-by-id": (JSON, by_id),
    "list-line-items": (JSON, line_items),
    "list-layers": (JSON, layers),
    "list-empty": (JSON, lambda size: b"[" + b",".join([b"{}"] * (size // 3)) + b"]"),
    "numbers": (JSON, lambda size: b'{"email": "a@example.com", "n": [' + b"1," * (size // 2) + b"1]}"),
    "form": (FORM, lambda size: b"&".join(b"f%d=x" % n for n in range(size // 9))),
    "form-escapes": (FORM, lambda size: b"email=a%40example.com&note=" + b"%E9" * (size // 3)),
    "form-brackets": (FORM, lambda size: b"a" + b"[a]" * (size // 3) + b"=x"),
    "form-charsets": (FORM, lambda size: b"&".join(b"_charset_=x-%d" % n for n in range(size // 15))),
    "multipart": (MULTIPART, multipart),
}


def random_body(seed: int) -> Callable[[int], bytes]:
    """A body of hostile pieces in names and values, nested at random."""
    chance = random.Random(seed)  # noqa: S311 - no secret
    pieces = [
        "Dr ",
        "(",
        "{{",
        "<",
        "e-mail ",
        "data.",
        "[a]",
        "a,",
        "%",
        "&#",
        "\u0301",
        "x@",
        "job in ",
        "? ",
        "\x00",
    ]

    def text(most: int) -> str:
        return "".join(chance.choices(pieces, k=chance.choice([1, 5, most])))

    def node(size: int) -> Any:
        match chance.randrange(4 if size > 200 else 2):  # noqa: PLR2004 - smaller parts are texts
            case 0 | 1:
                return text(max(1, size // 3))
            case 2:
                return [node(size // 4) for _ in range(4)]
            case _:
                return {text(20) + str(n): node(size // 8) for n in range(8)}

    def make(size: int) -> bytes:
        chance.seed(seed)  # the sizes are comparable
        unit = {text(50) + str(n): node(2_000) for n in range(10)}
        copies = max(1, size // len(json.dumps(unit, ensure_ascii=False).encode()))
        return json.dumps(ADA | {f"{n}{name}": each for n in range(copies) for name, each in unit.items()}).encode()

    return make


def measure(kind: str, size: int) -> dict[str, Any]:
    """CPU in seconds and the highest memory in MB of one body, in this process."""
    content_type, make = (JSON, random_body(int(kind[7:]))) if kind.startswith("random-") else KINDS[kind]
    body = make(size)
    event = Event("s", body, datetime.now(UTC), headers={"content-type": content_type})
    ids = count()
    pace = _yardstick()
    started = time.process_time()
    try:
        outcome = f"{len(read(event, SOURCE, lambda: str(next(ids))).messages)} leads"
    except LeadsError as error:
        outcome = type(error).__name__
    spent = time.process_time() - started
    cpu = spent * 2 * QUIET / (pace + _yardstick())
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"kind": kind, "size": len(body), "cpu": round(cpu, 3), "memory": round(memory), "outcome": outcome}


def _yardstick() -> float:
    """What fixed work takes here and now. A busy or slow machine takes longer for everything alike."""
    started = time.process_time()
    sum(number * number for number in range(1_000_000))
    return time.process_time() - started


def rows(kinds: list[str]) -> Iterator[dict[str, Any]]:
    """Each kind at each size, each in a process of its own."""
    for kind in kinds:
        for size in SIZES:
            command = [sys.executable, __file__, "--kind", kind, "--size", str(size)]
            runs = [_run(command)]
            if runs[0]["cpu"] > NOISE:
                runs += [_run(command), _run(command)]
            yield min(runs, key=lambda run: run["cpu"])


def _run(command: list[str]) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    return found


def problems(found: list[dict[str, Any]]) -> Iterator[str]:
    """What exceeds a limit, as a line each."""
    first: dict[str, Any] = {}
    for row in found:
        if row["cpu"] > MAX_CPU_OF.get(row["kind"], MAX_CPU) or row["memory"] > MAX_MEMORY:
            yield f"{row['kind']}: {row['cpu']} s and {row['memory']} MB for {row['size']} bytes"
        if first.get("kind") != row["kind"]:
            first = row
        elif row["cpu"] > max(NOISE, MAX_GROWTH * first["cpu"]):
            yield f"{row['kind']}: {first['cpu']} s for {first['size']} bytes, then {row['cpu']} s for {row['size']}"


def main() -> None:
    """Print the table and fail if a limit is exceeded."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--kind")
    arguments.add_argument("--size", type=int)
    arguments.add_argument("--random", type=int, default=0, metavar="N")
    given = arguments.parse_args()
    if given.size:
        print(json.dumps(measure(given.kind, given.size)))
        return
    kinds = [given.kind] if given.kind else [*KINDS, *(f"random-{seed}" for seed in range(given.random))]
    found = []
    print(f"{'kind':24} {'bytes':>9} {'CPU s':>7} {'MB':>5}  outcome")
    for row in rows(kinds):
        found.append(row)
        print(f"{row['kind']:24} {row['size']:9} {row['cpu']:7.3f} {row['memory']:5}  {row['outcome']}", flush=True)
    if exceeded := list(problems(found)):
        sys.exit("\n".join(["Limits exceeded:", *exceeded]))


if __name__ == "__main__":
    main()
