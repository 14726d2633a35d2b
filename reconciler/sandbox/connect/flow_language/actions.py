"""The whole table of action types, with the limits of single parameters."""

from __future__ import annotations

from typing import Any

from reconciler.sandbox.connect.flow_language.contact_actions import CONTACT_ACTIONS
from reconciler.sandbox.connect.flow_language.control_actions import CONTROL_ACTIONS
from reconciler.sandbox.connect.flow_language.grammar import Variant
from reconciler.sandbox.connect.flow_language.participant_actions import PARTICIPANT_ACTIONS

ACTIONS: dict[str, tuple[Variant, ...]] = CONTACT_ACTIONS | PARTICIPANT_ACTIONS | CONTROL_ACTIONS
# Types that a flow of another type cannot have [seen]. The reference bars more, but pages of blocks are wider.
ONLY_IN = {
    "CompleteOutboundCall": ("OUTBOUND_WHISPER",),
    "EndFlowExecution": ("AGENT_WHISPER", "CUSTOMER_WHISPER", "OUTBOUND_WHISPER", "CUSTOMER_QUEUE"),
    "CheckSegmentMembership": ("CAMPAIGN",),
    "EndFlowModuleExecution": ("MODULE",),
}
# A type with parameters that no source names. Without any it is refused [seen].
UNLISTED = ("RouteContactToAgent",)
# Whole numbers, by action type and parameter [reference].
RANGES = {
    ("AuthenticateParticipant", "TimeLimitMinutes"): (3, 15),
    ("CompleteOutboundCall", "ConnectionTimeLimitSeconds"): (1, 600),
    ("CreateCallbackContact", "InitialCallDelaySeconds"): (1, 259_200),
    ("CreateCallbackContact", "RetryDelaySeconds"): (1, 259_200),
    ("CreateTask", "DelaySeconds"): (1, 518_400),
    ("GetParticipantInput", "InputTimeLimitSeconds"): (1, 180),
    ("InvokeLambdaFunction", "InvocationTimeLimitSeconds"): (1, 60),
    ("Loop", "LoopCount"): (0, 100),
    ("ShowView", "InvocationTimeLimitSeconds"): (1, 604_800),
    ("Wait", "TimeLimitSeconds"): (1, 604_800),
}
# A function that is called synchronously has 8 seconds, another 60 [admin guide].
SYNCHRONOUS_SECONDS = 8
CHOICES = {
    ("CheckMetricData", "MetricType"): (
        *("NumberOfAgentsAvailable", "NumberOfAgentsStaffed", "NumberOfAgentsOnline"),
        *("NumberOfContactsInQueue", "OldestContactInQueueAgeSeconds"),
    ),
    ("CheckVoiceId", "CheckVoiceIdOption"): ("enrollmentStatus", "voiceAuthentication", "fraudDetection"),
    ("CreateContact", "Channel"): ("EMAIL",),
    ("CreatePersistentContactAssociation", "RehydrationType"): ("ENTIRE_PAST_SESSION", "FROM_SEGMENT"),
    ("GetMetricData", "QueueChannel"): ("Voice", "Chat"),
    ("GetParticipantInput", "EnableDTMFBuffer"): ("True", "False"),
    ("InvokeLambdaFunction", "InvocationType"): ("SYNCHRONOUS", "ASYNCHRONOUS"),
    ("TransferParticipantToThirdParty", "ContinueFlowExecution"): ("True", "False"),
    ("UpdateContactAttributes", "TargetContact"): ("Current", "Related"),
    ("UpdateContactMediaStreamingBehavior", "MediaStreamingState"): ("Enabled", "Disabled"),
    ("UpdateFlowLoggingBehavior", "FlowLoggingBehavior"): ("Enabled", "Disabled"),
    ("UpdatePreviousContactParticipantState", "PreviousContactParticipantState"): (
        *("AgentOnHold", "CustomerOnHold", "OffHold"),
    ),
}
# A number in JSON is accepted here, and a text everywhere [seen].
NUMBERS = (("Loop", "LoopCount"),)


def form_of(type: str, parameters: dict[str, Any]) -> Variant | None:
    """Returns the form of an action type that these parameters select, or None for an unknown type."""
    for form in ACTIONS.get(type, ()):
        if form.is_selected_by(parameters):
            return form
    return None
