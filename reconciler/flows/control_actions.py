"""Action types that steer the flow or ask other services. AWS's reference, "Flow control actions", with probes."""

from __future__ import annotations

from reconciler.flows.action_types import action, end, operand_sets, variant_of

_QUEUE_OR_AGENT = "QueueId @queue, AgentId @agent"

_WAIT = variant_of(
    action(
        "Wait",
        "Wait",
        "TimeLimitSeconds*#, Events!&, ContinueExecution?, MinimumWaitTimeSeconds#",
        errors="NME (ParticipantNotFound)",
        where="inbound queue",
        has_conditions=True,
        known_operands=frozenset({"WaitCompleted", "CustomerReturned", "BotParticipantDisconnected"}),
        is_silent=False,
    ),
    "ContinueExecution",
    "True",
    parameters="ContinueExecution*?, MinimumWaitTimeSeconds*#, TimeLimitSeconds#, Events!&",
    known_operands=frozenset({"Continue", "WaitCompleted"}),
)

CONTROL_ACTIONS = (
    action("Compare", "Check contact attributes", "ComparisonValue*", errors="NMC", has_conditions=True),
    action(
        "CheckHoursOfOperation",
        "Check hours of operation",
        "HoursOfOperationId @hours",
        errors="NME",
        where="inbound queue transfers",
        has_conditions=True,
        operands=operand_sets("True False"),
    ),
    action(
        "CheckMetricData",
        "Check queue status",
        f"MetricType*!, {_QUEUE_OR_AGENT}",
        errors="NMC NME",
        where="inbound queue transfers",
        has_conditions=True,
    ),
    action(
        "GetMetricData",
        "Get metrics",
        f"{_QUEUE_OR_AGENT}, QueueChannel",
        errors="NME",
        where="inbound queue transfers",
    ),
    action(
        "CheckOutboundCallStatus",
        "Check call progress",
        errors="NME",
        where="campaign outbound",
        has_conditions=True,
        known_operands=frozenset({"CallAnswered", "VoicemailBeep", "VoicemailNoBeep", "NotDetected"}),
    ),
    action(
        "CheckVoiceId",
        "Check Voice ID",
        "CheckVoiceIdOption*",
        errors="NME",
        channels="voice",
        has_conditions=True,
        operands=operand_sets(
            "Enrolled NotEnrolled OptedOut",
            "Authenticated NotAuthenticated Inconclusive NotEnrolled OptedOut",
            "HighRisk LowRisk Inconclusive",
        ),
    ),
    action("StartVoiceIdStream", "Set Voice ID", errors="NME", channels="voice"),
    action(
        "DistributeByPercentage",
        "Distribute by percentage",
        errors="NMC",
        where="inbound queue transfers",
        has_conditions=True,
    ),
    action(
        "Loop",
        "Loop",
        "LoopCount*#, LoopName",
        errors="(NME)",
        has_conditions=True,
        operands=operand_sets("ContinueLooping DoneLooping"),
        is_silent=False,  # it counts, so that a circle through it ends
        takes_other_parameters=True,
    ),
    _WAIT,
    action(
        "TransferToFlow",
        "Transfer to flow",
        "ContactFlowId* @flow",
        errors="NME",
        where="inbound transfers",
    ),
    end("EndFlowExecution", "End flow / Resume", where="whispers queue"),
    action("UpdateFlowLoggingBehavior", "Set logging behavior", "FlowLoggingBehavior*!"),
    action(
        "InvokeLambdaFunction",
        "AWS Lambda function",
        "LambdaFunctionARN* @lambda, InvocationTimeLimitSeconds*!#, InvocationType, LambdaInvocationAttributes,"
        "ResponseValidation",
        errors="NME",
    ),
    action(
        "EvaluateDataTableValues",
        "Data table",
        "DataTableId* @data-table, Queries*",
        errors="NME",
        takes_other_parameters=True,
    ),
    action(
        "ListDataTableValues",
        "Data table",
        "DataTableId* @data-table, PrimaryKeyGroups",
        errors="NME",
        takes_other_parameters=True,
    ),
    action(
        "UpsertDataTableValues",
        "Data table",
        "DataTableId* @data-table, LockVersion, DataTableUpsertAttributes",
        errors="NME",
        takes_other_parameters=True,
    ),
)
