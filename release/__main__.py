"""`python -m release BUCKET REGION`, or `make release`: what a stack needs without SAM, ready for a bucket.

A CloudFormation template, and a zip for each function and layer, named after their content: an address never changes.
"""

import json
import re
import sys
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from shutil import rmtree
from typing import Any, Final
from urllib.parse import quote
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from samtranslator.yaml_helper import yaml_parse

from leads_cli.dev.aws.template import translate
from leads_cli.project import ROOT

BUILT: Final = ROOT / ".aws-sam" / "build" / "template.yaml"
RELEASED: Final = ROOT / ".aws-sam" / "release"
METADATA: Final = "AWS::ServerlessRepo::Application"


def write(built: Path, to: Path, bucket: str) -> str:
    """Write the artifacts of the built template into an empty folder; returns the template's key in the bucket."""
    source = yaml_parse(built.read_text(encoding="utf-8"))
    about = source.pop("Metadata")[METADATA]
    place = f"{about['Name']}/{about['SemanticVersion']}"

    def put(name: str, content: bytes, kind: str) -> str:
        file = f"{name}-{sha256(content).hexdigest()[:16]}.{kind}"
        (to / file).write_bytes(content)
        return f"{place}/{file}"

    def upload(folder: str) -> str:
        return f"s3://{bucket}/{put(Path(folder).name, pack(built.parent / folder), 'zip')}"

    # SAM writes a parameter's value into the name of CodeDeploy's configuration: here the stack's own.
    translated = translate(source, {"DeploymentPreference": "${DeploymentPreference}"}, upload)
    return put("template", json.dumps(translated, indent=1).encode(), "json")


def pack(folder: Path) -> bytes:
    """A zip of a folder: the same bytes for the same content, so that nothing changed publishes nothing."""
    packed = BytesIO()
    with ZipFile(packed, "w") as archive:
        for path in sorted(each for each in folder.rglob("*") if each.is_file()):
            entry = ZipInfo(path.relative_to(folder).as_posix())
            entry.external_attr = 0o644 << 16
            entry.compress_type = ZIP_DEFLATED
            archive.writestr(entry, path.read_bytes())
    return packed.getvalue()


def links(bucket: str, region: str, key: str) -> tuple[str, str]:
    """The template's address, and the page of the console that makes a stack of it."""
    template = f"https://{bucket}.s3.{region}.amazonaws.com/{key}"
    console = f"https://{region}.console.aws.amazon.com/cloudformation/home?region={region}#/stacks/create/review"
    return template, f"{console}?templateURL={quote(template, safe='')}&stackName={key.partition('/')[0]}"


def main(arguments: list[str]) -> Any:
    """Write the release, and say what to do with it."""
    match arguments:
        case [bucket, region] if re.fullmatch(r"[a-z0-9.-]+", bucket) and re.fullmatch(r"[a-z]+(-[a-z]+)+-\d", region):
            pass
        case _:
            return "name a bucket and its region: make release BUCKET=your-bucket REGION=eu-west-1"
    rmtree(RELEASED, ignore_errors=True)
    RELEASED.mkdir(parents=True)
    key = write(BUILT, RELEASED, bucket)
    template, console = links(bucket, region, key)
    print(
        f"aws s3 cp --recursive {RELEASED.relative_to(ROOT)} s3://{bucket}/{key.rpartition('/')[0]}\n\n{template}\n{console}"
    )
    return None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
