"""Options that belong together: a command takes them as one parameter, and typer sees each of them."""

from collections.abc import Callable, Iterator
from dataclasses import MISSING, fields, is_dataclass
from functools import wraps
from inspect import Parameter, Signature, signature
from typing import Any, get_type_hints


def grouped(command: Callable[..., None]) -> Callable[..., None]:
    """The command with each keyword parameter that is a dataclass taken apart into the dataclass's fields.

    A field is an option as a parameter is: annotated with `typer.Option`, with its default.
    """
    hints = get_type_hints(command, include_extras=True)
    groups = {name: kind for name, kind in hints.items() if isinstance(kind, type) and is_dataclass(kind)}

    @wraps(command)
    def apart(*given: Any, **options: Any) -> None:
        whole = {
            name: kind(**{field.name: options.pop(field.name) for field in fields(kind)})
            for name, kind in groups.items()
        }
        command(*given, **options, **whole)

    parameters = [
        option
        for parameter in signature(command).parameters.values()
        for option in _options(parameter.replace(annotation=hints[parameter.name]))
    ]
    apart.__signature__ = Signature(parameters)  # type: ignore[attr-defined] # which is there to be set
    apart.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters} | {"return": None}
    return apart


def _options(parameter: Parameter) -> Iterator[Parameter]:
    kind = parameter.annotation
    if not is_dataclass(kind):
        yield parameter
        return
    hints = get_type_hints(kind, include_extras=True)
    for field in fields(kind):
        default = Parameter.empty if field.default is MISSING else field.default
        yield Parameter(field.name, Parameter.KEYWORD_ONLY, default=default, annotation=hints[field.name])
