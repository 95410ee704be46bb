"""The release: a template for CloudFormation without SAM, its artifacts, and the metadata of `sam publish`."""

import json
import re
import tomllib
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

import pytest
from samcli.vendor.serverlessrepo.parser import get_app_metadata
from samtranslator.yaml_helper import yaml_parse

from leads_cli.dev.aws.template import ALIAS, FUNCTION, VERSION, load, translate
from leads_cli.project import ROOT, TEMPLATE
from release.__main__ import links, main, pack, write
from tests.unit.template.translated import Template

# SAM puts a hash of the content into these names.
_HASH: Final = re.compile(r"[0-9a-f]{10}$")


def released(to: Path, template: Path = TEMPLATE) -> Any:
    """The release of the source tree, whose folders equal those of a build."""
    to.mkdir()
    key = write(template, to, "bucket")
    return json.loads((to / Path(key).name).read_text())


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("released") / "release"
    released(made)
    return made


@pytest.fixture
def body(folder: Path) -> Any:
    return json.loads(next(folder.glob("*.json")).read_text())


def test_it_has_the_resources_of_the_embedded_stack(body: Any) -> None:
    """Nothing is left to SAM. Resources without code equal those that `leads dev` deploys."""
    assert "Transform" not in body
    embedded = load(TEMPLATE)
    deployed = {name: each["Type"] for name, each in embedded.deployable["Resources"].items()} | embedded.left_out
    kinds = {_HASH.sub("", name): each["Type"] for name, each in body["Resources"].items()}
    assert kinds == {_HASH.sub("", name): kind for name, kind in deployed.items()}
    alike = {
        name: each
        for name, each in embedded.deployable["Resources"].items()
        if each["Type"] not in {FUNCTION, VERSION, ALIAS}
    }
    assert len(alike) > 10
    assert alike == {name: body["Resources"][name] for name in alike}


def test_every_artifact_exists(folder: Path, body: Any) -> None:
    """Functions and layers name files of the folder, at the place that they are copied to."""
    kinds = {"AWS::Lambda::Function": "Code", "AWS::Lambda::LayerVersion": "Content"}
    named = [each["Properties"][kinds[each["Type"]]] for each in body["Resources"].values() if each["Type"] in kinds]
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    assert {each["S3Bucket"] for each in named} == {"bucket"}
    files = {path.name for path in folder.glob("*.zip")}
    assert {each["S3Key"] for each in named} == {f"leadterra-enroll/{version}/{name}" for name in files}
    assert len(files) == 4


def test_parameters_stay_parameters(body: Any, template: Template) -> None:
    """SAM inserts the value of one parameter into the template; the release refers to it instead."""
    parameters = template.body["Parameters"]
    marked = translate(
        yaml_parse(TEMPLATE.read_text()), {name: f"value of {name}" for name in parameters}, lambda _: "s3://bucket/key"
    )
    assert {*re.findall(r"value of (\w+)", json.dumps(marked))} == {"DeploymentPreference"}
    groups = [each for each in body["Resources"].values() if each["Type"] == "AWS::CodeDeploy::DeploymentGroup"]
    names = [each["Properties"]["DeploymentConfigName"] for each in groups]
    assert names == [{"Fn::Sub": "CodeDeployDefault.Lambda${DeploymentPreference}"}] * 2
    assert body["Parameters"] == json.loads(json.dumps(parameters))


def test_the_same_content_is_the_same_release(tmp_path: Path, folder: Path, body: Any) -> None:
    """At any time. A changed configuration changes its layer and publishes both functions."""
    assert released(tmp_path / "again") == body
    assert {path.name for path in (tmp_path / "again").iterdir()} == {path.name for path in folder.iterdir()}
    project = tmp_path / "project"
    for name in ("functions/intake", "functions/enroll", "layers/shared", "layers/config"):
        (project / name).mkdir(parents=True)
        for path in (ROOT / name).glob("*.*"):
            (project / name / path.name).write_bytes(path.read_bytes())
    (project / "template.yaml").write_text(TEMPLATE.read_text())
    before = released(tmp_path / "before", project / "template.yaml")
    (project / "layers" / "config" / "prod.toml").write_text("")
    after = released(tmp_path / "after", project / "template.yaml")
    changed = {
        name: after["Resources"][name]["Type"] for name in after["Resources"].keys() - before["Resources"].keys()
    }
    assert sorted(changed.values()) == ["AWS::Lambda::LayerVersion", VERSION, VERSION]


def test_a_zip_is_reproducible(tmp_path: Path) -> None:
    """A file's time and mode do not change it."""
    (tmp_path / "a.py").write_text("a = 1")
    first = pack(tmp_path)
    (tmp_path / "a.py").unlink()
    (tmp_path / "a.py").write_text("a = 1")
    (tmp_path / "a.py").chmod(0o600)
    assert pack(tmp_path) == first


def test_the_link_opens_the_console_with_the_template() -> None:
    """It opens the region's console with the template's address and a stack name."""
    template, console = links("bucket", "eu-west-1", "leadterra-enroll/0.2.0/template-1a2b.json")
    assert template == "https://bucket.s3.eu-west-1.amazonaws.com/leadterra-enroll/0.2.0/template-1a2b.json"
    page = urlsplit(console)
    assert (page.hostname, page.query) == ("eu-west-1.console.aws.amazon.com", "region=eu-west-1")
    place, _, query = page.fragment.partition("?")
    assert place == "/stacks/create/review"
    assert parse_qs(query) == {"templateURL": [template], "stackName": ["leadterra-enroll"]}


@pytest.mark.parametrize("arguments", [[], ["bucket"], ["bucket", "Frankfurt"], ["s3://bucket", "eu-west-1"]])
def test_a_release_needs_a_bucket_and_its_region(arguments: list[str]) -> None:
    """Other arguments are refused before anything is written."""
    assert main(arguments) == "name a bucket and its region: make release BUCKET=your-bucket REGION=eu-west-1"


def test_sam_publish_accepts_the_metadata() -> None:
    """The metadata is complete, of this version, and names existing files."""
    about = get_app_metadata(yaml_parse(TEMPLATE.read_text()))
    about.validate(["author", "description", "name"])
    assert about.semantic_version == tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    assert re.fullmatch(r"[a-z0-9](([a-z0-9]|-(?!-))*[a-z0-9])?", about.author)
    assert (ROOT / about.license_url).is_file()
    assert (ROOT / about.readme_url).is_file()


def test_the_terraform_example_fits_the_template(template: Template) -> None:
    """Its parameters and outputs are the template's, and the stack may create its roles."""
    example = (ROOT / "release" / "main.tf").read_text()
    (given,) = re.findall(r"(?s)  parameters = \{\n(.*?)\n  \}", example)
    named = {*re.findall(r"(?m)^ +(\w+) += ", given)}
    assert named
    assert named <= template.body["Parameters"].keys()
    shown = {*re.findall(r'outputs\["(\w+)"\]', example)}
    assert shown
    assert shown <= template.body["Outputs"].keys()
    assert 'capabilities = ["CAPABILITY_IAM"]' in example
