"""Action types that branch, loop, wait and call other systems."""

from __future__ import annotations

from reconciler.sandbox.connect.flow_language.contact_actions import ALWAYS, QUEUE_OR_AGENT
from reconciler.sandbox.connect.flow_language.grammar import (
    EQUALS,
    NUMERIC,
    OPERATORS,
    Conditions,
    Variant,
    end,
    equals,
    variant,
)

METRIC = "MetricType*! QueueId AgentId"
UNMATCHED = f"NoMatchingCondition* {ALWAYS}"
CALLED = ("CallAnswered", "VoicemailBeep", "VoicemailNoBeep", "NotDetected")
VOICE_ID = {
    "enrollmentStatus": ("Enrolled", "NotEnrolled", "OptedOut"),
    "voiceAuthentication": ("Authenticated", "NotAuthenticated", "Inconclusive", "NotEnrolled", "OptedOut"),
    "fraudDetection": ("HighRisk", "LowRisk", "Inconclusive"),
}
WAITED = ("WaitCompleted", "CustomerReturned", "BotParticipantDisconnected", "Continue")

CONTROL_ACTIONS: dict[str, tuple[Variant, ...]] = {
    "Compare": (variant("ComparisonValue*~", "NoMatchingCondition*", Conditions(OPERATORS, least=1)),),
    "CheckHoursOfOperation": (variant("HoursOfOperationId", ALWAYS, equals("True", "False", whole=True)),),
    "CheckMetricData": (
        variant(
            METRIC,
            UNMATCHED,
            Conditions(("NumberGreaterThan",), ("0",), is_whole=True, least=1),
            most_one_of=QUEUE_OR_AGENT,
            when=("MetricType", "NumberOfAgents*"),
        ),
        variant(METRIC, UNMATCHED, Conditions((*EQUALS, *NUMERIC), least=1), most_one_of=QUEUE_OR_AGENT),
    ),
    "GetMetricData": (variant("QueueId AgentId QueueChannel", ALWAYS, most_one_of=QUEUE_OR_AGENT),),
    "CheckOutboundCallStatus": (variant("", ALWAYS, equals(*CALLED)),),
    "CheckVoiceId": (
        *(
            variant("CheckVoiceIdOption*", ALWAYS, equals(*results, whole=True), when=("CheckVoiceIdOption", option))
            for option, results in VOICE_ID.items()
        ),
        variant("CheckVoiceIdOption*", ALWAYS, equals()),
    ),
    "StartVoiceIdStream": (variant("", ALWAYS),),
    "DistributeByPercentage": (variant("", "NoMatchingCondition*", Conditions(("NumberLessThan",), least=1)),),
    "Loop": (variant("LoopCount* LoopName", "NoMatchingError", equals("ContinueLooping", "DoneLooping", whole=True)),),
    "Wait": (
        variant(
            "ContinueExecution* MinimumWaitTimeSeconds* Events[]!",
            f"{ALWAYS} ParticipantNotFound",
            equals(*WAITED, least=1),
            when=("ContinueExecution", "True"),
        ),
        variant("TimeLimitSeconds* Events[]!", f"{ALWAYS} ParticipantNotFound", equals(*WAITED, least=1)),
    ),
    "TransferToFlow": (variant("ContactFlowId*", ALWAYS),),
    "EndFlowExecution": (end(),),
    "UpdateFlowLoggingBehavior": (variant("FlowLoggingBehavior*!"),),
    "InvokeLambdaFunction": (
        variant(
            "LambdaFunctionARN* InvocationTimeLimitSeconds*! InvocationType LambdaInvocationAttributes{} "
            "ResponseValidation{}",
            ALWAYS,
        ),
    ),
    "EvaluateDataTableValues": (variant("DataTableId* Queries[]*", ALWAYS),),
    "ListDataTableValues": (variant("DataTableId* PrimaryKeyGroups[]*", ALWAYS),),
    "UpsertDataTableValues": (
        variant("DataTableId* LockVersion? DataTableUpsertAttributes?* PrimaryValues[]", ALWAYS),
    ),
}
