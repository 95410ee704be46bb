"""The Makefile on a machine without any setup."""

import os
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterable
from pathlib import Path
from typing import Final

import pytest

ROOT: Final = Path(__file__).parents[2]
BIN: Final = Path(sys.executable).parent
NEEDED: Final = (
    "Makefile",
    "README.md",
    "pyproject.toml",
    "requirements-dev.txt",
    "requirements-test.txt",
    ".python-version",
    "leads_cli",
    "template.yaml",
)
BUILD: Final = ("hatchling==", "packaging==", "pathspec==", "pluggy==", "trove-classifiers==", "uv==")


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """The parts of a fresh clone that `make setup` reads."""
    folder = tmp_path / "clone"
    ignored = shutil.ignore_patterns("__pycache__")
    for name in (*NEEDED, "layers/shared/leads"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, folder / name, ignore=ignored)
        else:
            shutil.copy(ROOT / name, folder / name)
    # Only the build dependencies, because installing the others takes a minute.
    lock = folder / "requirements-test.txt"
    lock.write_text(
        "".join(pin for pin in re.findall(r"(?ms)^\w.*?(?=^\w|\Z)", lock.read_text()) if pin.startswith(BUILD))
    )
    return folder


def make(clone: Path, *targets: str, path: Iterable[Path | str]) -> subprocess.CompletedProcess[str]:
    command = shutil.which("make")
    assert command
    # Without variables of a `make` that runs these tests.
    own = ("MAKE", "MFLAGS", "ARGS", "AWS_DEFAULT_REGION")
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(own)}
    environment = {**inherited, "PATH": os.pathsep.join(map(str, path)), "HOME": os.environ.get("HOME", str(clone))}
    return subprocess.run(  # noqa: S603 - a command of ours
        [command, "--no-print-directory", *targets],
        cwd=clone,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_missing_python_is_reported_in_one_line(clone: Path, tmp_path: Path) -> None:
    """With the remedy, and nothing is created."""
    tools = tmp_path / "bin"
    tools.mkdir()
    (tools / "tr").symlink_to(shutil.which("tr") or "")
    before = set(clone.rglob("*"))
    outcome = make(clone, "setup", path=[tools])
    assert outcome.returncode != 0
    lines = [line for line in outcome.stderr.splitlines() if "***" not in line]
    assert len(lines) == 1
    assert "Python is missing" in lines[0]
    assert set(clone.rglob("*")) == before


def test_setup_makes_the_environment_and_nothing_else(clone: Path) -> None:
    """A fresh clone gets .venv with the command. A second run does nothing."""
    path: list[Path | str] = [BIN, *os.get_exec_path()]
    before = {item for item in clone.rglob("*") if ".venv" not in item.parts}
    first = make(clone, "setup", path=path)
    assert first.returncode == 0, first.stderr
    assert (clone / ".venv" / "bin" / "leads").is_file()
    assert {item for item in clone.rglob("*") if ".venv" not in item.relative_to(clone).parts} == before

    made = {item: item.lstat().st_mtime_ns for item in clone.rglob("*")}
    assert make(clone, "setup", path=path).returncode == 0
    assert {item: item.lstat().st_mtime_ns for item in clone.rglob("*")} == made


def test_the_wheel_has_everything_that_the_command_reads(tmp_path: Path) -> None:
    """Pages, recorded events and the starter configuration."""
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)  # noqa: S603 - a command of ours
    unpacked = tmp_path / "unpacked"
    with zipfile.ZipFile(next(tmp_path.glob("*.whl"))) as wheel:
        wheel.extractall(unpacked)

    def leads(*arguments: str) -> str:
        program = "import sys; from leads_cli.cli.main import main; main()"
        outcome = subprocess.run(  # noqa: S603 - a command of ours
            [sys.executable, "-P", "-c", program, *arguments],
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": str(unpacked)},
            capture_output=True,
            text=True,
            check=False,
        )
        assert outcome.returncode == 0, outcome.stderr
        return outcome.stdout

    assert "campaign" in leads("check")
    assert "typeform" in leads("send")
    for page in ("console/static/console.css", "dev/page/static/page.js", "checkout/template.yaml"):
        assert (unpacked / "leads_cli" / page).is_file()
    assert (unpacked / "leads_cli/checkout/functions/intake/handler.py").is_file()


STAGES: Final = {
    "prod": (
        '[default.deploy.parameters]\nregion = "eu-central-1" # Frankfurt\nprofile = "production"\n'
        'parameter_overrides = ["BatchingWindow=5", "ConfigFile=prod.toml"] # "ConfigFile=other.toml"\n'
    ),
    "text": 'parameter_overrides = "BatchingWindow=5 ConfigFile=prod.toml AlarmEmail=ops@example.com"\n',
    "bare": 'parameter_overrides = [\n  # "ConfigFile=other.toml",\n]\n',
}


@pytest.mark.parametrize("target", ["deploy", "release"])
def test_a_missing_name_is_reported_before_the_build(clone: Path, target: str) -> None:
    """`make deploy` needs a stack and `make release` a bucket. One line shows the syntax."""
    before = set(clone.rglob("*"))
    done = make(clone, target, path=os.get_exec_path())
    assert done.returncode != 0
    assert f"make {target} " in done.stderr.splitlines()[0]
    assert set(clone.rglob("*")) == before


@pytest.mark.parametrize(
    ("stack", "message"),
    [
        ("prdo", "there is no stages/prdo.toml, only stages/default.toml stages/prod.toml"),
        ("prod", "stages/prod.toml selects layers/config/prod.toml, which is not there"),
    ],
)
def test_a_wrong_stage_is_reported_before_the_build(clone: Path, stack: str, message: str) -> None:
    """A mistyped name would create a second stack, or deploy the wrong configuration."""
    shutil.copytree(ROOT / "stages", clone / "stages")
    (clone / "stages/prod.toml").write_text(STAGES["prod"])
    done = make(clone, "deploy", f"STACK={stack}", path=os.get_exec_path())
    assert done.returncode != 0
    assert message in done.stderr.splitlines()[0]


@pytest.mark.parametrize(
    ("stack", "stage", "where"),
    [
        ("prod", "prod", "--region eu-central-1 --profile production --config layers/config/prod.toml"),
        ("text", "text", "--config layers/config/prod.toml"),
        ("bare", "bare", "--config layers/config/enrollment.toml"),
        ("other", "default", "--config layers/config/enrollment.toml"),
    ],
)
def test_a_deployment_is_checked_where_it_is(clone: Path, tmp_path: Path, stack: str, stage: str, where: str) -> None:
    """With region, profile and configuration of the stage's file, without commented lines."""
    stages = clone / "stages"
    shutil.copytree(ROOT / "stages", stages)
    shutil.copytree(ROOT / "layers/config", clone / "layers/config")
    shutil.copy(ROOT / "layers/config/enrollment.toml", clone / "layers/config/prod.toml")
    for name in ("sam", "leads"):
        program = tmp_path / name
        program.write_text(f'#!/bin/sh\necho {name} "$@" $AWS_DEFAULT_REGION\n')
        program.chmod(0o755)
    if stage in STAGES:
        (stages / f"{stage}.toml").write_text(STAGES[stage])
    done = make(clone, "--old-file=build", "deploy", f"STACK={stack}", f"BIN={tmp_path}", path=os.get_exec_path())
    assert done.returncode == 0, done.stderr
    _, deployed, checked = done.stdout.splitlines()
    # Without a region in the file the profile's is used.
    assert deployed == f"sam deploy --config-file {clone}/stages/{stage}.toml --stack-name {stack}"
    assert checked == f"leads check --live --stack {stack} {where}"
