"""Audits declared flows and modules, and gives each note its place: the block, and the line of its file."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Any

from reconciler.flows.action_types import Path
from reconciler.flows.audit_notes import MODULE, FlowNote, InstanceAddress
from reconciler.flows.audits import audit
from reconciler.flows.block_names import places_at
from reconciler.flows.document import FlowDocument
from reconciler.flows.parsing import FlowAction, parse_flow
from reconciler.flows.places import place_of
from reconciler.kinds.base import Declared
from reconciler.kinds.words import function_name
from reconciler.model import REFERENCE, Linked, Problem, Ref, Scope

CONTENT = "content"
_KINDS = ("ContactFlow", "ContactFlowModule")
_ASSOCIATION, _ADDRESS = "LambdaAssociation", "EmailAddress"
_OF_INSTANCE, _OF_ATTRIBUTES = "foreign-id", "attribute"
_SETS = ("UpdateContactAttributes", "Attributes")
_LAMBDAS = (("InvokeLambdaFunction", ("LambdaFunctionARN",)),)
_SENDERS = (("StartOutboundEmailContact", ("FromEmailAddress", "EmailAddress")),)


def content_problems(declared: Mapping[str, Any]) -> Iterator[Problem]:
    """Yields what is wrong, or worth a look, in one content. Skips what is not JSON, which is another mistake."""
    for note in _notes(declared, None, frozenset()):
        if note.rule not in (_OF_INSTANCE, _OF_ATTRIBUTES):
            yield _problem(declared, note)


def problems_in_place(declared: Mapping[str, Any], scope: Scope) -> Iterator[Problem]:
    """Yields ids and ARNs that are not of the environment's own instance, account or Region."""
    instance = scope.instance.rpartition("/")[2]
    address = InstanceAddress(scope.account, scope.region, instance) if scope.account and instance else None
    for note in _notes(declared, address, frozenset()):
        if note.rule == _OF_INSTANCE:
            yield _problem(declared, note)


def problems_between(declared: Declared) -> Iterator[tuple[Ref, Problem]]:
    """Yields what only all manifests together show: attributes, functions and senders that none of them has."""
    flows = {ref: spec for ref, spec in declared.items() if ref.kind in _KINDS}
    kept = frozenset(key for spec in flows.values() for key in _attributes(spec))
    associated = {spec.get("functionArn") for ref, spec in declared.items() if ref.kind == _ASSOCIATION}
    addresses = {ref.name.casefold() for ref in declared if ref.kind == _ADDRESS}
    for ref, spec in flows.items():
        for note in _notes(spec, None, kept):
            if note.rule == _OF_ATTRIBUTES:
                yield ref, _problem(spec, note)
        for note in (*_unassociated(spec, associated), *_unknown_senders(spec, addresses)):
            yield ref, _problem(spec, note)


def value_of(declared: Mapping[str, Any]) -> Any:
    """Returns the parsed content; `None` if it is not the content of a flow."""
    written = declared.get(CONTENT)
    if isinstance(written, str):
        return _parsed(written, isinstance(written, Linked))
    if not isinstance(written, dict) or FlowDocument.fault(written):
        return None
    return FlowDocument.of(written).value


@lru_cache(maxsize=512)
def _parsed(text: str, is_linked: bool) -> Any:
    written = Linked(text) if is_linked else text
    if FlowDocument.fault(written):
        return None
    value = FlowDocument.of(written).value
    return {} if value is None else value  # `null` lacks what an empty content lacks.


def _notes(
    declared: Mapping[str, Any], address: InstanceAddress | None, attributes: frozenset[str]
) -> Iterator[FlowNote]:
    value = value_of(declared)
    if value is not None:
        kind = MODULE if "type" not in declared and isinstance(value, dict) and "Settings" in value else None
        yield from audit(value, kind or declared.get("type", "CONTACT_FLOW"), address, attributes=attributes)


def _problem(declared: Mapping[str, Any], note: FlowNote) -> Problem:
    """Returns the note as a problem. AWS does not check a draft, so nothing in one is a mistake."""
    severity = "warning" if note.severity == "error" and declared.get("status") == "SAVED" else note.severity
    message = f'block "{note.block}": {note.message}' if note.block else note.message
    written = declared[CONTENT]
    if isinstance(written, str):
        return Problem(severity, (CONTENT,), message, inside=place_of(written, note.path))
    return Problem(severity, (CONTENT, *note.path), message)


def _attributes(declared: Mapping[str, Any]) -> Iterator[str]:
    """Yields the contact attributes that the blocks of a flow set."""
    type, parameter = _SETS
    for action in parse_flow(value_of(declared)).actions:
        values = action.parameters.get(parameter) if isinstance(action.parameters, dict) else None
        if action.type == type and isinstance(values, dict):
            yield from values


def _is_referred(arn: str, associated: Collection[Any]) -> bool:
    """Returns whether an association refers to a function of the same name."""
    referring = (it for it in associated if isinstance(it, str) and REFERENCE.match(it))
    return function_name(arn) in {function_name(it) for it in referring}


def _unassociated(declared: Mapping[str, Any], associated: Collection[Any]) -> Iterator[FlowNote]:
    names = {function_name(arn) for arn in associated if isinstance(arn, str)}
    for action, path, arn in _literals(declared, _LAMBDAS) if associated else ():
        # A reference and an ARN may mean the same function.
        is_reference = REFERENCE.match(arn) is not None
        is_known = function_name(arn) in names if is_reference else arn in associated or _is_referred(arn, associated)
        if (is_reference or arn.startswith("arn:")) and not is_known:
            message = f"no LambdaAssociation declares {arn}; add one, or the block fails unless another team did"
            yield FlowNote("warning", "lambda", action.identifier, path, message)


def _unknown_senders(declared: Mapping[str, Any], addresses: Collection[str]) -> Iterator[FlowNote]:
    """Yields the addresses, as texts, that no manifest declares. AWS takes a sender by its address and not by an id."""
    for action, path, address in _literals(declared, _SENDERS) if addresses else ():
        if "@" in address and address.casefold() not in addresses:
            message = f"no EmailAddress declares {address}; add one, or the block fails unless another team did"
            yield FlowNote("warning", "sender", action.identifier, path, message)


def _literals(declared: Mapping[str, Any], places: Iterable[tuple[str, Path]]) -> Iterator[tuple[FlowAction, Any, str]]:
    """Yields the texts without references at some places, each with its action and its path in the content."""
    for action in parse_flow(value_of(declared)).actions:
        for parameter in (path for type, path in places if type == action.type):
            for steps, text in places_at(action.parameters, parameter):
                if isinstance(text, str) and not isinstance(text, Linked):
                    yield action, ("Actions", action.position, "Parameters", *steps), text
