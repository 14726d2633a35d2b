"""The first pass, of single action types: rules that the table cannot express. Each rule names its source."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from reconciler.sandbox.connect.flow_language.contact_actions import VOICE_ID
from reconciler.sandbox.connect.flow_language.document import MALFORMED, Action
from reconciler.sandbox.connect.flow_language.parameters import VALUE, wrong_type
from reconciler.sandbox.connect.flow_language.participant_actions import PROMPTS
from reconciler.sandbox.connect.flow_language.references import HOOKS, is_dynamic, module_of
from reconciler.sandbox.connect.flow_language.surroundings import Contract, Surroundings

Rule = Callable[[Action, Surroundings], Iterator[str]]
PYTHON: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "boolean": (bool,),
    "array": (list,),
    "object": (dict,),
    "integer": (int,),
    "number": (int, float),
}


def special_problems(action: Action, around: Surroundings) -> Iterator[str]:
    rule = RULES.get(action.type)
    return rule(action, around) if rule else iter(())


def _hooks(action: Action, around: Surroundings) -> Iterator[str]:
    """Refuses unknown hooks, none at all [seen], and more than the surroundings accept."""
    hooks = _object(action, "EventHooks")
    if not hooks:
        yield MALFORMED
    for name in hooks:
        if name not in HOOKS:
            yield f"Invalid Action property name. Path: {action.path}.Parameters.EventHooks.{name}"
    if around.most_hooks and len(hooks) > around.most_hooks:
        yield f"{VALUE}{action.path}.Parameters.EventHooks"


def _flow_attributes(action: Action, around: Surroundings) -> Iterator[str]:
    """Requires `{key: {Value}}`; a flat text is refused [seen]."""
    for key, value in _object(action, "FlowAttributes").items():
        if not isinstance(value, dict) or "Value" not in value:
            yield f"{VALUE}{action.path}.Parameters.FlowAttributes.{key}"


def _contact_data(action: Action, around: Surroundings) -> Iterator[str]:
    """Refuses Voice ID: a feature that the instance lacks [seen]; the service ended on 2026-05-20."""
    if any(name in action.parameters for name in VOICE_ID):
        yield wrong_type(action)


def _messages(action: Action, around: Surroundings) -> Iterator[str]:
    messages = action.parameters.get("Messages")
    for message in messages if isinstance(messages, list) else ():
        given = [name for name in PROMPTS if name in message] if isinstance(message, dict) else []
        if len(given) > 1:
            yield f"Only one of these properties may be defined. Properties: [{', '.join(given)}]"
        elif not given:
            properties = ", ".join(f"Parameters.{name}" for name in PROMPTS)
            yield f"At least one of the following properties must be set. Properties: [{properties}]"


def _view(action: Action, around: Surroundings) -> Iterator[str]:
    if "ViewResource" in action.parameters and not _object(action, "ViewResource").get("Id"):
        yield f"Action is missing required property. Path: {action.path}.Parameters.ViewResource.Id"


def _input(action: Action, around: Surroundings) -> Iterator[str]:
    """Requires the error of a phone number that is checked, and refuses it elsewhere; keys need a custom input."""
    checks = _object(action, "InputValidation")
    has_error = any(error.kind == "InvalidPhoneNumber" for error in action.errors)
    if "PhoneNumberValidation" in checks and not has_error:
        yield f"Action is missing required error. Error: InvalidPhoneNumber, Path: {action.path}"
    if has_error and "PhoneNumberValidation" not in checks:
        yield f"Invalid Action error. Error: InvalidPhoneNumber, Path: {action.path}"
    if "InputValidation" in action.parameters and len(checks) != 1:
        yield f"{VALUE}{action.path}.Parameters.InputValidation"
    if "InputEncryption" in action.parameters and "PhoneNumberValidation" in checks:
        yield f"{VALUE}{action.path}.Parameters.InputEncryption"


def _lex_bot(action: Action, around: Surroundings) -> Iterator[str]:
    """Refuses the error of a timeout without a timeout."""
    has_error = any(error.kind == "InputTimeLimitExceeded" for error in action.errors)
    if has_error and "LexTimeoutSeconds" not in action.parameters:
        yield f"Invalid Action error. Error: InputTimeLimitExceeded, Path: {action.path}"


def _wait(action: Action, around: Surroundings) -> Iterator[str]:
    """Requires WaitCompleted and each event as conditions, and the bot's error with its event [seen]."""
    events = action.parameters.get("Events")
    listed = events if isinstance(events, list) else []
    wanted = {"WaitCompleted", *listed} | ({"Continue"} if "ContinueExecution" in action.parameters else set())
    if {condition.kind for condition in action.conditions} != wanted:
        yield f"{VALUE}{action.path}.Transitions.Conditions"
    has_error = any(error.kind == "ParticipantNotFound" for error in action.errors)
    if has_error and "BotParticipantDisconnected" not in listed:
        yield f"Invalid Action error. Error: ParticipantNotFound, Path: {action.path}"
    if not has_error and "BotParticipantDisconnected" in listed:
        yield f"Action is missing required error. Error: ParticipantNotFound, Path: {action.path}"


def _compare(action: Action, around: Surroundings) -> Iterator[str]:
    """Requires a JSONPath with a leaf: `$.External` alone is refused [seen]."""
    value = action.parameters.get("ComparisonValue")
    if value in ("$.External", "$.Attributes", "$.Lex", "$.FlowAttributes"):
        yield f"{VALUE}{action.path}.Parameters.ComparisonValue"


def _percentages(action: Action, around: Surroundings) -> Iterator[str]:
    """Requires rising thresholds: one more than the percents so far [seen]."""
    operands = [condition.kind for condition in action.conditions]
    numbers = [int(operand) for operand in operands if operand.isdecimal()]
    is_rising = numbers == sorted(set(numbers)) and all(1 < number <= 101 for number in numbers)
    if len(numbers) != len(operands) or not is_rising:
        yield f"{VALUE}{action.path}.Transitions.Conditions"


def _invoked_module(action: Action, around: Surroundings) -> Iterator[str]:
    """Checks the caller's inputs and branches against the module's contract [seen]; the messages are inferred."""
    contract = around.contracts.get(module_of(action))
    if contract is None:
        return
    for key, value in _object(action, "Input").items():
        path = f"{action.path}.Parameters.Input.{key}"
        if key not in (contract.inputs or {}):
            yield f"Invalid Action property name. Path: {path}"
        elif not _is_of_type(value, contract, key):
            yield f"{VALUE}{path}"
    if any(condition.kind not in contract.results for condition in action.conditions):
        yield f"{VALUE}{action.path}.Transitions.Conditions"


def _returned(action: Action, around: Surroundings) -> Iterator[str]:
    """Requires a declared branch, and declared keys of the result [seen]."""
    result, keys = action.parameters.get("Result"), around.contract.result_keys
    if result is not None and result not in around.contract.results:
        yield f"{VALUE}{action.path}.Parameters.Result"
    if "ResultData" in action.parameters and keys is None:
        yield f"Invalid Action property name. Path: {action.path}.Parameters.ResultData"
        return
    for key in _object(action, "ResultData"):
        if key not in (keys or ()):
            yield f"Invalid Action property name. Path: {action.path}.Parameters.ResultData.{key}"


def _is_of_type(value: Any, contract: Contract, key: str) -> bool:
    """Returns whether an input has its type. A JSONPath stands only where the type is a string [seen]."""
    type_name = (contract.inputs or {})[key]
    if is_dynamic(value):
        return type_name in ("", "string")
    wanted = PYTHON.get(type_name)
    if wanted is None:
        return True
    return isinstance(value, wanted) and (type_name == "boolean" or not isinstance(value, bool))


def _object(action: Action, name: str) -> dict[str, Any]:
    value = action.parameters.get(name)
    return value if isinstance(value, dict) else {}


RULES: dict[str, Rule] = {
    "Compare": _compare,
    "ConnectParticipantWithLexBot": _lex_bot,
    "DistributeByPercentage": _percentages,
    "EndFlowModuleExecution": _returned,
    "GetParticipantInput": _input,
    "InvokeFlowModule": _invoked_module,
    "MessageParticipantIteratively": _messages,
    "ShowView": _view,
    "UpdateContactData": _contact_data,
    "UpdateContactEventHooks": _hooks,
    "UpdateFlowAttributes": _flow_attributes,
    "Wait": _wait,
}
