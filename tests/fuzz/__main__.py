"""`python -m tests.fuzz --runs N`: coverage-guided fuzzing of every target by atheris; `--target` names one.

It exits with 0 if nothing was found. Otherwise it prints the exception and writes the input to the `--found` folder.
"""

import argparse
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import atheris

# Coverage includes only what is imported here.
with atheris.instrument_imports(include=["leads"]):
    from tests.fuzz.targets import TARGETS


def main() -> None:
    """Fuzz the targets of the command line."""
    arguments = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    arguments.add_argument("--target", choices=TARGETS)
    arguments.add_argument("--runs", type=int, default=100_000)
    arguments.add_argument("--seed", type=int, default=0, help="0 takes another one each time")
    arguments.add_argument("--found", type=Path, default=Path.cwd(), help="where an input that fails is written")
    given = arguments.parse_args()
    if given.target is None:
        # A fuzzer ends its process, so each gets its own.
        for name, target in TARGETS.items():
            if target.share:
                share = ["--target", name, "--runs", str(int(given.runs * target.share))]
                command = [sys.executable, "-m", "tests.fuzz", *sys.argv[1:], *share]
                subprocess.run(command, check=True)  # noqa: S603 - ours
        return
    with TemporaryDirectory() as folder:
        for index, seed in enumerate(TARGETS[given.target].seeds()):
            (Path(folder) / str(index)).write_bytes(seed)
        options = [f"-runs={given.runs}", f"-seed={given.seed}", f"-artifact_prefix={given.found}/", "-max_len=4096"]
        # Every second libFuzzer would read the folder again, and run new inputs beyond the number that was asked for.
        options.append("-reload=0")
        # Ten seconds for 4 kB, or 2 GB, also count as findings.
        atheris.Setup([sys.argv[0], folder, *options, "-timeout=10", "-rss_limit_mb=2048"], TARGETS[given.target].run)
        atheris.Fuzz()


if __name__ == "__main__":
    main()
