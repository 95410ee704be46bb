"""The control surface under `/_sandbox`: no part of Leadterra's API, and without a key."""

from collections.abc import Callable

from pydantic import TypeAdapter, ValidationError

from leads_cli.sandbox.behaviour import Behaviour
from leads_cli.sandbox.faults import Fault
from leads_cli.sandbox.http import SandboxAnswer, SandboxRequest, error_answer, json_answer
from leads_cli.sandbox.state import Sandbox

_FAULTS = TypeAdapter(list[Fault])


def control_answer(sandbox: Sandbox, request: SandboxRequest) -> SandboxAnswer:
    route = _ROUTES.get((request.method, request.path))
    if route is None:
        known = ", ".join(f"{method} {path}" for method, path in _ROUTES)
        return error_answer(404, "not_found", f"The routes are {known}.")
    try:
        return json_answer(route(sandbox, request))
    except ValidationError as error:
        problems = error.errors(include_url=False, include_context=False, include_input=False)
        return json_answer({"errors": problems}, 422)


def _state(sandbox: Sandbox, request: SandboxRequest) -> object:
    limit = request.query.get("limit", [""])[0]
    return sandbox.snapshot(int(limit) if limit.isdecimal() else None)


def _faults(sandbox: Sandbox, _: SandboxRequest) -> object:
    return [fault.model_dump(exclude_defaults=True) for fault in sandbox.faults.pending()]


def _set_faults(sandbox: Sandbox, request: SandboxRequest) -> object:
    sandbox.faults.set(_FAULTS.validate_json(request.body))
    return _faults(sandbox, request)


def _behaviour(sandbox: Sandbox, _: SandboxRequest) -> object:
    return sandbox.behaviour.model_dump()


def _set_behaviour(sandbox: Sandbox, request: SandboxRequest) -> object:
    sandbox.behaviour = Behaviour.model_validate_json(request.body)
    return _behaviour(sandbox, request)


_ROUTES: dict[tuple[str, str], Callable[[Sandbox, SandboxRequest], object]] = {
    ("GET", "/_sandbox/state"): _state,
    ("GET", "/_sandbox/faults"): _faults,
    ("PUT", "/_sandbox/faults"): _set_faults,
    ("GET", "/_sandbox/behaviour"): _behaviour,
    ("PUT", "/_sandbox/behaviour"): _set_behaviour,
}
