"""Flows for Hypothesis: any graph of real blocks, and other spellings of the same flow."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from copy import deepcopy
from typing import Any

from hypothesis import strategies as st

from reconciler.model import Linked

Json = dict[str, Any]

UUIDS = [f"{number:08x}-0000-4000-8000-000000000000" for number in range(40)]
WORDS = ["Welcome", "Menu", "Closed", "Queue", "1", "Grüße", "end of day", "if Equals 1", "type", *"abcdefghijkl"]

texts = st.sampled_from(
    [
        "",
        " ",
        "Hello",
        "Hello ",
        "Press 1",
        "$.Attributes.tier",
        "${Queue/x.arn}",
        Linked("${Queue/Billing.arn}"),
        "\0{",
    ]
)
_links = st.sampled_from([Linked("${Queue/Billing.arn}"), Linked("${Prompt/Hi.id}"), UUIDS[-1], "$.Attributes.q"])
_numbers = st.sampled_from(["5", "8", 8, 0, "08", " 8"])
_booleans = st.sampled_from(["True", "False", True, "false"])
_objects = st.dictionaries(st.sampled_from(["a", "b", "then", "if x", Linked("${Queue/k.arn}")]), texts, max_size=2)
_sets = st.lists(st.sampled_from(["Agent", "Customer", "Supervisor"]), max_size=3)
_anything = st.recursive(
    st.none() | st.booleans() | st.integers(-2, 2) | texts,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(["a", "b"]), inner, max_size=2),
    max_leaves=4,
)


def _some(**parameters: st.SearchStrategy[Any]) -> st.SearchStrategy[Json]:
    return st.fixed_dictionaries({}, optional=parameters)


PARAMETERS: Mapping[str, st.SearchStrategy[Any]] = {
    "MessageParticipant": _some(Text=texts, SSML=texts, PromptId=_links, SkipWhenDTMFBufferEnabled=_booleans),
    "GetParticipantInput": _some(Text=texts, InputTimeLimitSeconds=_numbers, StoreInput=_booleans),
    "UpdateContactTargetQueue": _some(QueueId=_links),
    "UpdateContactAttributes": _some(Attributes=_objects, TargetContact=st.just("Current")),
    "UpdateContactRecordingBehavior": _some(RecordingBehavior=_some(RecordedParticipants=_sets)),
    "TagContact": _some(Tags=_objects),
    "UntagContact": _some(TagKeys=_sets),
    "Compare": _some(ComparisonValue=texts),
    "CheckHoursOfOperation": _some(HoursOfOperationId=_links),
    "DistributeByPercentage": st.just({}),
    "Loop": _some(LoopCount=_numbers),
    "ShowView": _some(ViewResource=_some(Id=_links), ViewData=_anything),
    "TransferContactToQueue": st.just({}),
    "InvokeLambdaFunction": _some(LambdaFunctionARN=_links, InvocationTimeLimitSeconds=_numbers),
    "DisconnectParticipant": st.just({}),
    "InventedLater": _objects | _anything,
}
_operators = st.sampled_from(["Equals", "Equals", "Equals", "NumberLessThan", "TextContains"])
_operands = st.sampled_from(["1", "2", "True", "true", "a b", "", "$.Attributes.x", Linked("${Queue/x.arn}"), 3])
_errors = st.sampled_from(["NoMatchingError", "NoMatchingCondition", "InputTimeLimitExceeded", "CallFailed"])
_identifiers = st.lists(st.sampled_from([*UUIDS[:12], *WORDS]), min_size=1, max_size=6, unique=True)


@st.composite
def flows(draw: st.DrawFn) -> Json:
    """Draws a flow: any graph, with circles, ways to itself, unreachable blocks and targets that are not there."""
    names = draw(_identifiers)
    targets = st.sampled_from([*names, *names, *names, "nowhere"])
    actions = [draw(_action(name, targets)) for name in names]
    flow: Json = {
        "Version": "2019-10-30",
        "StartAction": draw(st.sampled_from([*names, "nowhere"])),
        "Actions": actions,
    }
    if draw(st.booleans()):
        flow["Metadata"] = draw(_metadata(names))
    if draw(st.integers(0, 5)) == 0:
        flow["Settings"] = {"InputParameters": [], "Transitions": draw(_anything)}
    return flow


@st.composite
def _action(draw: st.DrawFn, name: str, targets: st.SearchStrategy[str]) -> Json:
    type = draw(st.sampled_from(sorted(PARAMETERS)))
    action: Json = {"Identifier": name, "Type": type, "Parameters": draw(PARAMETERS[type])}
    action["Transitions"] = {} if type == "DisconnectParticipant" else draw(_transitions(targets))
    if draw(st.integers(0, 9)) == 0:
        action["Later"] = draw(_anything)
    return action


@st.composite
def _transitions(draw: st.DrawFn, targets: st.SearchStrategy[str]) -> Json:
    transitions: Json = {"NextAction": draw(targets)} if draw(st.integers(0, 5)) else {}
    errors = draw(st.lists(_errors, max_size=3, unique=True))
    transitions["Errors"] = [{"NextAction": draw(targets), "ErrorType": error} for error in errors]
    tests = draw(st.lists(st.tuples(_operators, _operands), max_size=3, unique_by=str))
    conditions = [{"Operator": operator, "Operands": [operand]} for operator, operand in tests]
    transitions["Conditions"] = [{"NextAction": draw(targets), "Condition": condition} for condition in conditions]
    if draw(st.integers(0, 19)) == 0:
        transitions["Later"] = draw(_anything)
    return transitions


@st.composite
def _metadata(draw: st.DrawFn, names: list[str]) -> Json:
    places = st.fixed_dictionaries({"x": st.integers(-99, 99) | st.floats(-99, 99), "y": st.integers(0, 9)})
    listed = draw(st.lists(st.sampled_from(names), unique=True))
    entries = {name: {"position": draw(places), "isFriendlyName": draw(st.booleans())} for name in listed}
    return {"entryPointPosition": draw(places), "ActionMetadata": entries, "name": draw(texts)}


@st.composite
def respelled(draw: st.DrawFn, flow: Json) -> Json:
    """Draws another spelling of a flow, with all the freedom that Amazon Connect leaves."""
    flow = renamed(flow, dict(zip(names_of(flow), draw(st.permutations(WORDS)), strict=False)))
    spelled = {
        **flow,
        "Actions": [draw(_respelled_action(action)) for action in draw(st.permutations(flow["Actions"]))],
    }
    spelled.pop("Metadata", None)
    if draw(st.booleans()):
        spelled["Metadata"] = draw(_metadata(names_of(spelled)))
    return _shuffled(draw, spelled)


@st.composite
def _respelled_action(draw: st.DrawFn, action: Json) -> Json:
    spelled = deepcopy(action)
    transitions = spelled["Transitions"]
    for key in ("Errors", "Conditions"):
        if not transitions.get(key):
            draw(st.sampled_from([lambda key=key: transitions.pop(key, None), lambda: None]))()
    if "Errors" in transitions:
        transitions["Errors"] = draw(st.permutations(transitions["Errors"]))
    spelled["Transitions"] = _shuffled(draw, transitions)
    recording = action["Parameters"].get("RecordingBehavior") if action["Type"].endswith("RecordingBehavior") else None
    if recording and "RecordedParticipants" in recording:
        order = draw(st.permutations(recording["RecordedParticipants"]))
        spelled["Parameters"]["RecordingBehavior"]["RecordedParticipants"] = order
    if action["Type"] == "Loop" and action["Parameters"].get("LoopCount") in ("8", 8):
        spelled["Parameters"]["LoopCount"] = draw(st.sampled_from(["8", 8]))
    for key in ("Parameters", "Transitions"):
        if spelled[key] == {} and draw(st.booleans()):
            del spelled[key]
    return _shuffled(draw, spelled)


def _shuffled(draw: st.DrawFn, value: Json) -> Json:
    return dict(draw(st.permutations(list(value.items()))))


def names_of(flow: Json) -> list[str]:
    return [action["Identifier"] for action in flow["Actions"]]


def renamed(flow: Json, names: Mapping[str, str]) -> Json:
    """Returns the flow with other Identifiers. Its Metadata keeps the old ones."""
    spelled = deepcopy(flow)
    spelled["StartAction"] = names.get(flow["StartAction"], flow["StartAction"])
    for action in spelled["Actions"]:
        action["Identifier"] = names.get(action["Identifier"], action["Identifier"])
    for branch in branches_of(spelled):
        branch["NextAction"] = names.get(branch["NextAction"], branch["NextAction"])
    return spelled


def branches_of(flow: Json) -> list[Json]:
    """Returns each object that has a target, to read it or to change it."""
    listed = []
    for action in flow["Actions"]:
        transitions = action.get("Transitions", {})
        listed += [transitions] if "NextAction" in transitions else []
        listed += transitions.get("Conditions", []) + transitions.get("Errors", [])
    return listed


@st.composite
def edited(draw: st.DrawFn, flow: Json) -> Json:
    """Draws a flow like another one: with blocks dropped, added, changed, renamed and led elsewhere."""
    changed = deepcopy(flow)
    targets = st.sampled_from([*names_of(flow), "nowhere"])
    for action in changed["Actions"]:
        if draw(st.integers(0, 3)) == 0:
            action["Parameters"] = draw(PARAMETERS[action["Type"]])
    for branch in branches_of(changed):
        if draw(st.integers(0, 4)) == 0:
            branch["NextAction"] = draw(targets)
    changed["Actions"] = [action for action in changed["Actions"] if draw(st.integers(0, 6))]
    for name in draw(st.lists(st.sampled_from(["new", UUIDS[-2]]), unique=True)):
        changed["Actions"].append(draw(_action(name, targets)))
    if draw(st.booleans()):
        names = draw(st.permutations([*WORDS, *UUIDS[:12]]))
        changed = renamed(changed, dict(zip(names_of(changed), names, strict=False)))
    return changed


def chain(length: int, *, text: Callable[[int], str] = str, closes: bool = False) -> Json:
    """Returns a flow of prompts, one after the other, of which the last one leads back if it `closes`."""
    actions: list[Json] = []
    for number in range(length):
        target = str((number + 1) % length) if number + 1 < length or closes else str(number)
        parameters, transitions = {"Text": text(number)}, {"NextAction": target, "Errors": [], "Conditions": []}
        action = {"Identifier": str(number), "Type": "MessageParticipant", "Parameters": parameters}
        actions.append({**action, "Transitions": transitions})
    return {"Version": "2019-10-30", "StartAction": "0", "Metadata": {}, "Actions": actions}


def answer(flow: Json) -> Json:
    """Returns the answer of DescribeContactFlow for a content."""
    return {"ContactFlow": {"Name": "Main", "Type": "CONTACT_FLOW", "State": "ACTIVE", "Content": json.dumps(flow)}}


def block(name: str, type: str, parameters: Json | None = None, **branches: str) -> Json:
    """Returns an action. Branches are `then`, `error_X` for an error X and `if_X` for Equals X."""
    transitions: Json = {}
    for key, target in branches.items():
        kind, _, word = key.partition("_")
        if kind == "then":
            transitions["NextAction"] = target
        elif kind == "error":
            transitions.setdefault("Errors", []).append({"NextAction": target, "ErrorType": word})
        else:
            condition = {"Operator": "Equals", "Operands": [word]}
            transitions.setdefault("Conditions", []).append({"NextAction": target, "Condition": condition})
    return {"Identifier": name, "Type": type, "Parameters": parameters or {}, "Transitions": transitions}


def flow_of(*blocks: Json, **top: Any) -> Json:
    """Returns a flow that starts with its first block."""
    return {"Version": "2019-10-30", "StartAction": blocks[0]["Identifier"], "Actions": deepcopy(list(blocks)), **top}


def end(name: str = "End") -> Json:
    return block(name, "DisconnectParticipant")


def greeting(text: str = "Hello", name: str = "Welcome", then: str = "End") -> Json:
    return block(name, "MessageParticipant", {"Text": text}, then=then)


def opening_hours() -> Json:
    """Returns a flow that greets, checks the hours, and transfers to a queue or disconnects."""
    hours = {"HoursOfOperationId": Linked("${HoursOfOperation/Weekdays.arn}")}
    return flow_of(
        greeting(then="Check hours"),
        block(
            "Check hours",
            "CheckHoursOfOperation",
            hours,
            then="Closed",
            if_True="Queue",
            if_False="Closed",
            error_NoMatchingError="Closed",
        ),
        block(
            "Queue",
            "UpdateContactTargetQueue",
            {"QueueId": Linked("${Queue/Billing.arn}")},
            then="Transfer",
            error_NoMatchingError="Closed",
        ),
        block(
            "Transfer",
            "TransferContactToQueue",
            error_QueueAtCapacity="Closed",
            error_NoMatchingError="Closed",
            then="Closed",
        ),
        greeting("We are closed", "Closed"),
        end(),
    )


def action_of(flow: Json, name: str) -> Json:
    return next(action for action in flow["Actions"] if action["Identifier"] == name)
