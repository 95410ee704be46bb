"""Cold start: CPU from the start of a process to its first answer."""

import statistics
from collections.abc import Callable, Mapping
from typing import Any, Final

from benchmarks.artifact import Artifact, FirstAnswer
from benchmarks.report import Claim, Section, ratio
from benchmarks.workload import batch, environment, form, signed

ROUNDS: Final = 15
TEXT: Final = """\
Most sites get a signup every few minutes, so almost every signup meets a cold start. Each row runs the artifact of
`sam build` with `awslambdaric` (Lambda's own runtime client) and shows the CPU time from the start of the process to
its first answer. The bare handler only makes `boto3.client("sqs")` and sends one message. These runs use no TLS; in
Lambda every client, also the bare handler's, reads the certificates too."""

BYTECODE: Final = "boto3 comes from Lambda with bytecode, so its time is the same in both."


def measure(artifact: Artifact) -> Section:
    """Start each function several times, in turns."""
    sources = artifact.without_bytecode()
    with environment() as variables:
        starts: dict[str, Callable[[int], FirstAnswer]] = {
            "bare handler": _start(artifact, "Bare", variables, form),
            "intake, a form": _start(artifact, "IntakeFunction", variables, form),
            "intake, a signed webhook": _start(artifact, "IntakeFunction", variables, signed),
            "enroll, one lead": _start(artifact, "EnrollFunction", variables, lambda n: batch(1, n)),
            "a form, without bytecode": _start(sources, "IntakeFunction", variables, form),
            "a signed webhook, without bytecode": _start(sources, "IntakeFunction", variables, signed),
        }
        rounds = [{name: start(number).cpu for name, start in starts.items()} for number in range(ROUNDS + 1)]
    # The first round fills the caches of the file system.
    cpu = {name: [found[name] for found in rounds[1:]] for name in starts}
    bare, a_form, a_webhook, enroll, *plain = cpu.values()
    return Section(
        "Cold start",
        TEXT,
        ("what starts", "CPU ms", "times the bare handler"),
        [
            (name, f"{statistics.median(seconds) * 1_000:.0f}", f"{ratio(seconds, bare):.2f}")
            for name, seconds in cpu.items()
        ],
        [
            Claim("form / bare handler", ratio(a_form, bare), 1.55),
            Claim("signed webhook / bare handler", ratio(a_webhook, bare), 2.0),
            Claim("enroll / bare handler", ratio(enroll, bare), 1.75),
            Claim("form / without bytecode", ratio(a_form, plain[0]), 0.6, reason=BYTECODE),
            Claim("signed webhook / without bytecode", ratio(a_webhook, plain[1]), 0.6, reason=BYTECODE),
        ],
    )


def _start(
    artifact: Artifact, function: str, variables: Mapping[str, str], event: Callable[[int], dict[str, Any]]
) -> Callable[[int], FirstAnswer]:
    def start(number: int) -> FirstAnswer:
        answer = artifact.first_answer(function, variables, event(number))
        if answer.payload.get("statusCode", 200) != 200 or answer.payload.get("batchItemFailures"):  # noqa: PLR2004
            raise RuntimeError(f"{function}: {answer.payload}")
        return answer

    return start
