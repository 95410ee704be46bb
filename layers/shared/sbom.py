"""The layer's bill of materials: `python sbom.py requirements.txt` prints CycloneDX 1.6, the same for the same file."""

import json
import re
import sys
from pathlib import Path


def bill(requirements: str) -> dict[str, object]:
    """A component for each pinned package; `requirements` is pip's format with hashes."""
    components = []
    for entry in re.split(r"\n(?=\S)", requirements):
        if found := re.match(r"([A-Za-z0-9._-]+)==([^\s;\\]+)", entry):
            name, version = found[1], found[2]
            hashes = [{"alg": "SHA-256", "content": digest} for digest in re.findall(r"sha256:([0-9a-f]{64})", entry)]
            purl = f"pkg:pypi/{name}@{version}"
            components.append(
                {"type": "library", "bom-ref": purl, "name": name, "version": version, "purl": purl, "hashes": hashes}
            )
    return {"bomFormat": "CycloneDX", "specVersion": "1.6", "version": 1, "components": components}


if __name__ == "__main__":
    sys.stdout.write(json.dumps(bill(Path(sys.argv[1]).read_text(encoding="utf-8")), indent=1) + "\n")
