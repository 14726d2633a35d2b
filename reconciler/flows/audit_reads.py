"""Audits of JSONPaths: roots that do not exist, and values that nothing in the flow sets."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from typing import NamedTuple

from reconciler.flows.audit_notes import MODULE, Audited, FlowNote
from reconciler.flows.parsing import FlowAction, Steps

_PATH = re.compile(
    r"\$(?:\.(?P<root>[A-Za-z_]\w*)|\[['\"](?P<quoted>[^'\"]+)['\"]\])"
    r"(?:\.(?P<key>[\w-]+)|\[['\"](?P<quoted_key>[^'\"]+)['\"]\])?"
)

# Roots, and the blocks that set them.
_SETTERS: Mapping[str, tuple[str, ...]] = {
    "Attributes": ("UpdateContactAttributes",),
    "FlowAttributes": ("UpdateFlowAttributes",),
    "External": ("InvokeLambdaFunction",),
    "LambdaInvocation": ("InvokeLambdaFunction",),
    "Lex": ("ConnectParticipantWithLexBot",),
    "StoredCustomerInput": ("GetParticipantInput",),
    "Views": ("ShowView",),
    "Modules": ("InvokeFlowModule",),
    "Customer": (
        "GetCustomerProfile",
        "CreateCustomerProfile",
        "UpdateCustomerProfile",
        "GetCustomerProfileObject",
        "GetCalculatedAttributesForCustomerProfile",
    ),
    "Case": ("GetCase", "CreateCase", "UpdateCase"),
    "DataTables": ("EvaluateDataTableValues",),
    "DataTableList": ("ListDataTableValues",),
    "Metrics": ("GetMetricData",),
    "Loop": ("Loop",),
    "Wisdom": ("CreateWisdomSession",),
    "AgenticCX": ("ConnectParticipantWithAgenticCX",),
    "ExternalTool": (),
    "Email": ("LoadContactContent",),
    "MediaStreams": ("UpdateContactMediaStreamingBehavior",),
}
_SYSTEM = frozenset(
    {
        "AdditionalEmailRecipients",
        "Agent",
        "AwsRegion",
        "Capabilities",
        "Channel",
        "ContactId",
        "CustomerEndpoint",
        "CustomerId",
        "Description",
        "InitialContactId",
        "InitiationMethod",
        "InstanceARN",
        "LanguageCode",
        "Media",
        "Name",
        "PreviousContactId",
        "Queue",
        "References",
        "SegmentAttributes",
        "SystemEndpoint",
        "Tags",
        "Task",
        "TextToSpeechVoiceId",
    }
)
ROOTS = _SYSTEM | _SETTERS.keys()
# Roots of its caller that a module cannot read.
_CALLERS = (
    "External",
    "LambdaInvocation",
    "Lex",
    "Customer",
    "Wisdom",
    "Metrics",
    "StoredCustomerInput",
    "FlowAttributes",
)
_WITHOUT_AGENT = ("CONTACT_FLOW", "CUSTOMER_QUEUE", "QUEUE_TRANSFER")
_SET_IN: Mapping[str, str] = {"UpdateContactAttributes": "Attributes", "UpdateFlowAttributes": "FlowAttributes"}


class _PathRead(NamedTuple):
    """One JSONPath in a block: its root, the key below it or "", and where it is."""

    action: FlowAction
    root: str
    key: str
    steps: Steps


def roots(audited: Audited) -> Iterator[FlowNote]:
    for read in _reads(audited):
        if read.root not in ROOTS:
            near = get_close_matches(read.root, ROOTS, 1)
            hint = f" Did you mean $.{near[0]}?" if near else ""
            message = f"$.{read.root} is not a known root.{hint}"
            yield audited.note("warning", "root", read.action, message, at=read.steps)
        elif read.root == "Agent" and audited.flow_type in _WITHOUT_AGENT:
            message = f"$.Agent is empty in flows of the type {audited.flow_type}"
            yield audited.note("warning", "root", read.action, message, at=read.steps)


def unset_attributes(audited: Audited) -> Iterator[FlowNote]:
    """Yields attributes that no block of the flow sets. A caller, a Lambda function or another flow may set them."""
    kept = {(root, key) for action in audited.flow.actions for root, key in _kept(action)}
    for read in _reads(audited):
        is_attribute = read.root in _SET_IN.values() and read.key
        is_listed = read.root == "Attributes" and read.key in audited.attributes
        if is_attribute and not is_listed and (read.root, read.key) not in kept:
            message = f"no block of this flow sets $.{read.root}.{read.key}; without another source it is empty"
            yield audited.note("warning", "attribute", read.action, message, at=read.steps)


def callers_values(audited: Audited) -> Iterator[FlowNote]:
    """Yields what a module reads of its caller, where AWS hides it."""
    if audited.flow_type != MODULE:
        return
    present = {action.type for action in audited.flow.actions if isinstance(action.type, str)}
    for read in _reads(audited):
        if read.root in _CALLERS and not present.intersection(_SETTERS[read.root]):
            message = f"a module cannot read $.{read.root} of its caller, and no block of it sets it"
            yield audited.note("warning", "caller", read.action, message, at=read.steps)


READ_RULES = (roots, unset_attributes, callers_values)


def _reads(audited: Audited) -> Iterator[_PathRead]:
    for action in audited.flow.actions:
        for steps, text in audited.texts(action):
            # The guide writes a module's newest version as `$.LATEST`, which is not a path.
            if "FlowModuleId" in steps:
                continue
            for match in _PATH.finditer(text):
                root, key = match["root"] or match["quoted"], match["key"] or match["quoted_key"] or ""
                yield _PathRead(action, root, key, steps)


def _kept(action: FlowAction) -> Iterator[tuple[str, str]]:
    """Yields the attributes that a block sets, each with its root."""
    root = _SET_IN.get(action.type) if isinstance(action.type, str) else None
    values = action.parameters.get(root) if root and isinstance(action.parameters, dict) else None
    for key in values if isinstance(values, dict) else ():
        yield str(root), key
