"""References in a CloudFormation template: a missing name is reported before anything is deployed."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

_IN_TEXT: Final = re.compile(r"\$\{([^!}.]+)[^}]*\}")


def find_dangling(template: Mapping[str, Any]) -> list[str]:
    """A line for each reference to a resource or parameter that the template does not have."""
    known = template["Resources"].keys() | template.get("Parameters", {}).keys()
    places = {**template["Resources"], **template.get("Outputs", {})}
    return [
        f"{place} refers to {name}, which is not there"
        for place, content in places.items()
        for name in dict.fromkeys(_names(content))
        if name not in known and not name.startswith("AWS::")
    ]


def _names(value: Any) -> Iterator[str]:
    match value:
        case {"Ref": str(name)}:
            yield name
        case {"Fn::GetAtt": [str(name), *_]}:
            yield name
        case {"Fn::Sub": str(text)}:
            yield from _IN_TEXT.findall(text)
        case {"Fn::Sub": [str(text), dict(own)]}:
            yield from (name for name in _IN_TEXT.findall(text) if name not in own)
            yield from _names(list(own.values()))
        case dict():
            for item in value.values():
                yield from _names(item)
        case list():
            for item in value:
                yield from _names(item)
