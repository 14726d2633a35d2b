"""Action types that change the contact. AWS's flow language reference, "Contact actions", corrected by probes."""

from __future__ import annotations

from reconciler.flows.action_types import action, end

_TARGET = "QueueId @queue, AgentId @agent"
_HOOKS = "EventHooks*, EventHooks[] @flow, EventHooksConfiguration"

CONTACT_ACTIONS = (
    action(
        "UpdateContactAttributes", "Set contact attributes", "Attributes*, Attributes[], TargetContact!", errors="NME"
    ),
    action(
        "UpdateContactData",
        "Set contact attributes",
        "Name, Description, LanguageCode, CustomerId, WisdomSessionArn @session, References, WatchlistId,"
        "TargetContact, IsVoiceIdStreamingEnabled, IsVoiceAuthenticationEnabled, IsFraudDetectionEnabled",
        errors="NME",
        takes_other_parameters=True,
    ),
    action("UpdateFlowAttributes", "Set flow attributes", "FlowAttributes*, FlowAttributes[].Value", errors="NME"),
    action("UpdateContactEventHooks", "Set event flow", _HOOKS, errors="NME"),
    action("UpdateContactTargetQueue", "Set working queue", _TARGET, errors="NME", where="inbound transfers"),
    action(
        "TransferContactToQueue",
        "Transfer to queue",
        errors="QueueAtCapacity NME",
        where="inbound transfers",
        is_silent=False,
    ),
    action(
        "DequeueContactAndTransferToQueue",
        "Transfer to queue",
        _TARGET,
        errors="QueueAtCapacity NME",
        where="queue",
        is_silent=False,
    ),
    end("TransferContactToAgent", "Transfer to agent", where="transfers", channels="voice"),
    action(
        "RouteContactToAgent",
        "Interrupt agent",
        "AgentId @agent",
        errors="(NME)",
        where="queue",
        takes_other_parameters=True,
    ),
    action(
        "UpdateContactRoutingBehavior",
        "Change routing priority",
        "QueuePriority!#, QueueTimeAdjustmentSeconds!#, RoutingProficiencies",
        errors="(NME)",
        where="inbound queue transfers",
    ),
    action(
        "UpdateContactRoutingCriteria",
        "Set routing criteria",
        "RoutingCriteria*",
        errors="NME",
        where="inbound queue transfers",
    ),
    action(
        "UpdateContactCallbackNumber",
        "Set callback number",
        "CallbackNumber*",
        errors="InvalidCallbackNumber CallbackNumberNotDialable",
        where="inbound queue transfers",
    ),
    action(
        "CreateCallbackContact",
        "Transfer to queue (callback)",
        "InitialCallDelaySeconds*!#, RetryDelaySeconds*!#, MaximumConnectionAttempts*#, QueueId @queue, AgentId @agent,"
        "ContactFlowId @flow, CallerId, CallerId.Number",
        errors="NME",
        where="inbound queue transfers",
    ),
    action(
        "UpdateContactRecordingBehavior",
        "Set recording and analytics behavior",
        "RecordingBehavior*, RecordingBehavior.RecordedParticipants!&, RecordingBehavior.ScreenRecordedParticipants&,"
        "RecordingBehavior.IVRRecordingBehavior, AnalyticsBehavior,"
        "AnalyticsBehavior.ChannelConfiguration.Voice.AnalyticsModes&,"
        "AnalyticsBehavior.AnalyticsRedactionEntities&, AnalyticsBehavior.AnalyticsRedactionResults,"
        "AnalyticsBehavior.SummaryConfiguration.SummaryModes&",
        where="inbound transfers outbound queue",
    ),
    action(
        "UpdateContactRecordingAndAnalyticsBehavior",
        "Set recording and analytics behavior",
        "VoiceBehavior, VoiceBehavior.VoiceRecordingBehavior.RecordedParticipants&,"
        "VoiceBehavior.VoiceAnalyticsBehavior.AnalyticsModes&,"
        "VoiceBehavior.VoiceAnalyticsBehavior.SummaryConfiguration.SummaryModes&,"
        "VoiceBehavior.VoiceAnalyticsBehavior.RedactionConfiguration.RedactionEntities&,"
        "ChatBehavior, ChatBehavior.ChatAnalyticsBehavior.AnalyticsModes&,"
        "ChatBehavior.ChatAnalyticsBehavior.SummaryConfiguration.SummaryModes&,"
        "ChatBehavior.ChatAnalyticsBehavior.RedactionConfiguration.RedactionEntities&,"
        "ScreenRecordingBehavior, ScreenRecordingBehavior.ScreenRecordedParticipants&",
        errors="NME ChannelMismatch (InFlightRedactionConfigurationFailed)",
    ),
    action(
        "UpdateContactMediaStreamingBehavior",
        "Start or stop media streaming",
        "MediaStreamingState*!, MediaStreamType*, Participants*, Participants[].ParticipantType,"
        "Participants[].MediaDirections&",
        errors="NME",
        where="not holds",
        channels="voice",
    ),
    action(
        "UpdateContactMediaProcessing",
        "Set media processing",
        "ChatProcessor*, ChatProcessor.ProcessingEnabled?, ChatProcessor.LambdaProcessorARN*! @lambda,"
        "ChatProcessor.ChatProcessorSettings*",
        errors="NME ChannelMismatch",
        channels="chat",
    ),
    action(
        "UpdateContactTextToSpeechVoice",
        "Set voice",
        "TextToSpeechVoice*, TextToSpeechEngine, TextToSpeechStyle",
        errors="(NME)",
    ),
    action(
        "UpdatePreviousContactParticipantState",
        "Hold customer or agent",
        "PreviousContactParticipantState*",
        errors="NME",
        where="inbound transfers outbound",
        channels="voice",
    ),
    action("TagContact", "Contact tags", "Tags*, Tags[]", errors="NME"),
    action("UntagContact", "Contact tags", "TagKeys*!&", errors="NME"),
    action("ResumeContact", "Resume contact", errors="NME"),
    action(
        "CreateTask",
        "Create task",
        'ContactFlowId* @flow, Name*", Description", Attributes, References, DelaySeconds#, ScheduledTime,'
        "TaskTemplateId! @task-template",
        errors="NME",
    ),
    action(
        "CreateCase",
        "Create case",
        "LinkContactToCase*?-, CaseTemplateId* @case-template, CaseRequestFields, ContactToLink",
        errors="NME (ContactNotLinked)",
    ),
    action(
        "UpdateCase",
        "Update case",
        "LinkContactToCase*?-, CaseId*, CaseRequestFields, ContactToLink",
        errors="NME (ContactNotLinked)",
    ),
    action(
        "GetCase",
        "Get case",
        "LinkContactToCase?-, GetLastUpdatedCase?-, CustomerId, CaseRequestFields, CaseResponseFields&, ContactToLink",
        errors="(MultipleFound NoneFound NME ContactNotLinked)",
    ),
    action("CreateWisdomSession", "Connect assistant", "WisdomAssistantArn* @assistant", errors="NME"),
    action(
        "InvokeFlowModule",
        "Invoke module",
        "FlowModuleId* @module, Input",
        errors="NME (NMC)",
        has_conditions=True,
        is_silent=False,
    ),
    end("EndFlowModuleExecution", "Return", "Result!, ResultData", where="modules"),
    action(
        "CompleteOutboundCall",
        "Call phone number",
        "CallerId, CallerId.Number, VoiceConnector, ConnectionTimeLimitSeconds#",
        where="outbound",
        is_silent=False,
    ),
    action(
        "StartOutboundChatContact",
        "Send message",
        "SourceEndpoint*, SourceEndpoint.Address @phone-number, DestinationEndpoint*, ContactFlowArn* @flow,"
        'ContactSubtype*, InitialSystemMessage, InitialSystemMessage.Content", RelatedContact',
        errors="NME",
    ),
    action(
        "RenderMessageTemplate",
        "Send message",
        "WisdomKnowledgeBaseArn* @knowledge-base, WisdomMessageTemplateArn* @message-template",
        errors="NME TemplateRenderingError",
        takes_other_parameters=True,
    ),
    action("CreateContact", "Send message", "Channel, RelatedContact", errors="NME", takes_other_parameters=True),
    action(
        "StartOutboundEmailContact",
        "Send message",
        "FromEmailAddress*, FromEmailAddress.EmailAddress, DestinationEmailAddress*, EmailMessage",
        errors="NME",
        takes_other_parameters=True,
    ),
    action(
        "CreatePersistentContactAssociation",
        "Create persistent contact association",
        "RehydrationType*, SourceContactId*",
        errors="NME",
        channels="chat",
    ),
    action("LoadContactContent", "Get stored content", "ContentType*", errors="NME"),
    action("AssociateContactToCustomerProfile", "Customer profiles", "ProfileRequestData*", errors="(NME)"),
    action(
        "GetCustomerProfile",
        "Customer profiles",
        "ProfileRequestData*, ProfileResponseData&",
        errors="MultipleFoundError NoneFoundError NME",
    ),
    action("CreateCustomerProfile", "Customer profiles", "ProfileRequestData*, ProfileResponseData&", errors="(NME)"),
    action("UpdateCustomerProfile", "Customer profiles", "ProfileRequestData*, ProfileResponseData&", errors="(NME)"),
    action(
        "GetCustomerProfileObject",
        "Customer profiles",
        "ProfileRequestData*, ProfileResponseData&",
        errors="NoneFoundError NME",
    ),
    action(
        "GetCalculatedAttributesForCustomerProfile",
        "Customer profiles",
        "ProfileRequestData*, ProfileResponseData&",
        errors="(NoneFoundError NME)",
    ),
    action(
        "CheckSegmentMembership",
        "Check segment membership",
        errors="(NME NMC)",
        where="campaign",
        has_conditions=True,
        takes_other_parameters=True,
    ),
)
