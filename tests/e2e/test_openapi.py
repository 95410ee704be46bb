"""The OpenAPI description against the running webhook: schemathesis looks for undescribed answers."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from leads_cli.dev.stack import Stack
from leads_cli.project import ROOT

CONFIG: Final = """
campaigns.newsletter.id = "camp_1"
[sources]
api = {provider = "json", campaign = "newsletter", auth = "token", custom_fields = ["*"]}
typeform = {provider = "typeform", campaign = "newsletter"}
[sources.website]
provider = "form"
campaign = "newsletter"
auth = "none"
allowed_origins = ["https://www.example.com"]
redirect = "https://www.example.com/thanks"
"""
# Not checked: whether generated leads are accepted (most name an unknown source), whether undescribed requests are
# refused (any event of any tool is accepted), and 405 for other methods (without credentials it is a 401).
CHECKS: Final = (
    "not_a_server_error,status_code_conformance,content_type_conformance,response_headers_conformance,"
    "response_schema_conformance,allow_header_conformance"
)
SCHEMATHESIS: Final = Path(sys.executable).parent / "schemathesis"
SECONDS: Final = 180


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    path = tmp_path_factory.mktemp("openapi") / "enrollment.toml"
    path.write_text(CONFIG, encoding="utf-8")
    with Stack(path) as running:
        yield running


@pytest.mark.parametrize(
    ("source", "path", "phases"),
    [
        pytest.param("website", "/hooks/{source}", "examples,coverage,fuzzing", id="open"),
        pytest.param("api", "/hooks/{source}/{token}", "fuzzing", id="token"),
        pytest.param("typeform", "/hooks/{source}", "fuzzing", id="signed"),
    ],
)
def test_every_answer_is_described(stack: Stack, tmp_path: Path, source: str, path: str, phases: str) -> None:
    """For open, token and signed sources: status, headers, type and body match the description."""
    names = {"source": source, "token": stack.secrets.get(source)}
    settings = tmp_path / "schemathesis.toml"
    pinned = [f'"path.{name}" = "{value}"' for name, value in names.items() if value and f"{{{name}}}" in path]
    settings.write_text("\n".join(["[parameters]", *pinned]), encoding="utf-8")
    done = subprocess.run(  # noqa: S603 - a command of ours
        [
            *(SCHEMATHESIS, "--config-file", settings, "run", ROOT / "docs" / "openapi.json", "--url", stack.url),
            *("--include-path", path, "--checks", CHECKS, "--phases", phases),
            *("--max-examples", "5", "--seed", "1", "--generation-database", "none", "--max-redirects", "0"),
            *("--warnings", "off", "--no-color"),
        ],
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
        cwd=tmp_path,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Tested: 4" in done.stdout
