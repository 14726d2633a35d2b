"""The catalogue of Amazon Connect's action types. AWS adds types, so an unknown type is never a mistake here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from reconciler.flows.action_types import ActionType, ParameterRule
from reconciler.flows.contact_actions import CONTACT_ACTIONS
from reconciler.flows.control_actions import CONTROL_ACTIONS
from reconciler.flows.participant_actions import PARTICIPANT_ACTIONS

ACTION_TYPES: Mapping[str, ActionType] = {
    type.name: type for type in (*CONTACT_ACTIONS, *PARTICIPANT_ACTIONS, *CONTROL_ACTIONS)
}

# Names that AWS refuses: words of the old console, and invented ones that tools write.
REFUSED_TYPES = frozenset(
    [
        "SetLoggingBehavior",
        "SetRecordingAndAnalyticsBehavior",
        "SetContactAttributes",
        "PlayPrompt",
        "StoreUserInput",
        "GetQueueMetrics",
        "CheckStaffing",
        "CheckQueueStatus",
        "Distribute",
        "TransferToAgent",
        "TransferToPhoneNumber",
        "TransferToThirdParty",
        "TransferContactToFlow",
        "StartMediaStreaming",
        "StopMediaStreaming",
        "ReturnFromFlowModule",
        "UnTagContact",
        "UpdateRoutingCriteria",
        "Trigger",
    ]
)

OPERATORS = (
    "Equals",
    "TextStartsWith",
    "TextEndsWith",
    "TextContains",
    "NumberGreaterThan",
    "NumberGreaterOrEqualTo",
    "NumberLessThan",
    "NumberLessOrEqualTo",
    "KeyExists",
)

# Types whose operands are numbers; AWS takes a JSON number there as well as a text.
NUMBER_OPERANDS = frozenset({"DistributeByPercentage", "CheckMetricData"})

EVENT_HOOKS: Mapping[str, str] = {
    "AgentHold": "Set hold flow (agent)",
    "AgentWhisper": "Set whisper flow (agent)",
    "CustomerHold": "Set hold flow (customer)",
    "CustomerQueue": "Set customer queue flow",
    "CustomerRemaining": "Set disconnect flow",
    "CustomerWhisper": "Set whisper flow (customer)",
    "DefaultAgentUI": "Set event flow (agent screen)",
    "DisconnectAgentUI": "Set event flow (end of agent screen)",
    "PauseContact": "Set event flow (pause)",
    "ResumeContact": "Set event flow (resume)",
}


def action_type(name: Any, parameters: Any = None) -> ActionType | None:
    """Returns what is known of an action with these parameters, or `None` for an unknown type."""
    known = ACTION_TYPES.get(name) if isinstance(name, str) else None
    return known.of(parameters) if known else None


def title_of(name: Any, parameters: Any = None) -> str:
    """Returns the title that the flow designer gives a block; the type itself if the catalogue does not have it."""
    hooks = parameters.get("EventHooks") if isinstance(parameters, dict) else None
    if name == "UpdateContactEventHooks" and isinstance(hooks, dict) and len(hooks) == 1:
        return EVENT_HOOKS.get(next(iter(hooks)), "Set event flow")
    known = action_type(name, parameters)
    return known.title if known else str(name)


def rules_of(name: Any, parameters: Any = None) -> tuple[ParameterRule, ...]:
    known = action_type(name, parameters)
    return known.parameters if known else ()
