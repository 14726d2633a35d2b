"""Takes a flow's content out of the forms in which files hold it, and recognises the console's old format."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from reconciler.model.document import NotJsonError, parsed

_ANSWERS = ("ContactFlow", "ContactFlowModule")

# The types of the old format, and the types that do the same today.
_TODAY: Mapping[str, str] = {
    "PlayPrompt": "MessageParticipant",
    "LoopPrompts": "MessageParticipantIteratively",
    "SetAttributes": "UpdateContactAttributes",
    "CheckAttribute": "Compare",
    "InvokeExternalResource": "InvokeLambdaFunction",
    "SetQueue": "UpdateContactTargetQueue",
    "Transfer": "TransferContactToQueue, TransferToFlow or TransferParticipantToThirdParty",
    "GetUserInput": "GetParticipantInput or ConnectParticipantWithLexBot",
    "StoreUserInput": "GetParticipantInput",
    "SetLoggingBehavior": "UpdateFlowLoggingBehavior",
    "SetRecordingBehavior": "UpdateContactRecordingBehavior",
    "SetVoice": "UpdateContactTextToSpeechVoice",
    "Disconnect": "DisconnectParticipant",
    "Resume": "EndFlowExecution",
    "SetEventHook": "UpdateContactEventHooks",
    "SetContactFlow": "UpdateContactEventHooks",
    "CheckStaffing": "CheckMetricData",
    "CheckQueueStatus": "CheckMetricData",
    "GetMetricData": "GetMetricData",
    "StartMediaStreaming": "UpdateContactMediaStreamingBehavior",
    "StopMediaStreaming": "UpdateContactMediaStreamingBehavior",
}


class FlowFormatError(ValueError):
    """A file that has no flow's content that AWS takes. The message says why, and what to do."""


def content_of(value: Any) -> Any:
    """Returns the content in a bare content, or in an answer of DescribeContactFlow or DescribeContactFlowModule.

    Raises `FlowFormatError` for the old format, and for an answer without a content that is JSON.
    """
    if isinstance(value, dict) and "Actions" not in value:
        for name in _ANSWERS:
            if isinstance(value.get(name), dict):
                return content_of(_of_answer(value[name], name))
    if message := legacy_message(value):
        raise FlowFormatError(message)
    return value


def module_settings_of(value: Any) -> Any:
    """Returns the Settings of a module in an answer of DescribeContactFlowModule; `None` if there are none."""
    module = value.get("ContactFlowModule") if isinstance(value, dict) and "Actions" not in value else None
    settings = module.get("Settings") if isinstance(module, dict) else None
    try:
        return parsed(settings) if isinstance(settings, str) else settings
    except NotJsonError as error:
        raise FlowFormatError(f"ContactFlowModule.Settings is not valid JSON: {error}") from error


def legacy_message(value: Any) -> str:
    """Returns why a content in the console's old format is refused, with its blocks; empty for another format."""
    if not isinstance(value, dict) or "Actions" in value or not isinstance(value.get("modules"), list):
        return ""
    types = Counter(str(block.get("type")) for block in value["modules"] if isinstance(block, dict))
    lines = [f"  {count} × {name}: {_TODAY.get(name, 'look it up')}" for name, count in types.items()]
    advice = (
        "is in the console's old flow format, which AWS no longer takes. If the flow still lives in an instance: "
        "reconcile export, or describe-contact-flow. If not: rebuild it; its blocks are listed below."
    )
    return "\n".join([advice, *lines])


def _of_answer(answer: dict[str, Any], name: str) -> Any:
    content = answer.get("Content")
    if isinstance(content, dict):
        return content
    if not isinstance(content, str):
        raise FlowFormatError(f"has {name} without Content")
    try:
        value = parsed(content)
    except NotJsonError as error:
        raise FlowFormatError(f"has {name}.Content that is not valid JSON: {error}") from error
    if not isinstance(value, dict):
        raise FlowFormatError(f"has {name}.Content that is not a JSON object")
    return value
