"""Action types that act on the contact: attributes, queues, recording, cases and other contacts.

The forms follow published programs that tried each type on CreateContactFlow [seen]; where the reference differs, the
trials win. The short form: `*` is required, `!` static, `~` a JSONPath only, `{}` an object, `[]` a list, `?` any JSON.
"""

from __future__ import annotations

from reconciler.sandbox.connect.flow_language.grammar import Variant, end, equals, variant

ALWAYS = "NoMatchingError*"
QUEUE_OR_AGENT = ("QueueId", "AgentId")
PROFILE_DATA = "ProfileRequestData{}* ProfileResponseData[]"
LINKED = ("LinkContactToCase", "[Tt]rue")
EMAILS = "FromEmailAddress{}* DestinationEmailAddress?* EmailMessage{} AdditionalRecipients{} RelatedContact"
CASES = "LinkContactToCase* CaseRequestFields{} CaseResponseFields[] ContactToLink CustomerId"
BEHAVIOURS = ("VoiceBehavior", "ChatBehavior", "ScreenRecordingBehavior")
BEHAVIOUR_FORMS = "VoiceBehavior? ChatBehavior? ScreenRecordingBehavior?"
VOICE_ID = (
    *("IsVoiceIdStreamingEnabled", "IsVoiceAuthenticationEnabled", "IsFraudDetectionEnabled", "WatchlistId"),
    *("VoiceAuthenticationThreshold", "VoiceAuthenticationResponseTime", "FraudDetectionThreshold"),
)
DATA = ("Name", "Description", "LanguageCode", "CustomerId", "WisdomSessionArn")

CONTACT_ACTIONS: dict[str, tuple[Variant, ...]] = {
    "UpdateContactAttributes": (variant("Attributes{}* TargetContact!", ALWAYS),),
    "UpdateContactData": (
        variant(
            "Name Description LanguageCode CustomerId WisdomSessionArn~ TargetContact " + " ".join(VOICE_ID),
            ALWAYS,
            some_of=(*DATA, *VOICE_ID),
        ),
    ),
    "UpdateFlowAttributes": (variant("FlowAttributes{}*", ALWAYS),),
    "UpdateContactEventHooks": (variant("EventHooks{}*", ALWAYS),),
    "UpdateContactTargetQueue": (variant("QueueId AgentId", ALWAYS, one_of=QUEUE_OR_AGENT),),
    "TransferContactToQueue": (variant("", f"QueueAtCapacity* {ALWAYS}"),),
    "DequeueContactAndTransferToQueue": (
        variant("QueueId AgentId", f"QueueAtCapacity* {ALWAYS}", one_of=QUEUE_OR_AGENT),
    ),
    "TransferContactToAgent": (end(),),
    "UpdateContactRoutingBehavior": (
        variant("RoutingProficiencies?*", ALWAYS, when=("RoutingProficiencies", "*")),
        variant(
            "QueuePriority! QueueTimeAdjustmentSeconds!",
            one_of=("QueuePriority", "QueueTimeAdjustmentSeconds"),
        ),
    ),
    "UpdateContactRoutingCriteria": (variant("RoutingCriteria?*", ALWAYS),),
    "UpdateContactCallbackNumber": (variant("CallbackNumber*~", "InvalidCallbackNumber* CallbackNumberNotDialable*"),),
    "CreateCallbackContact": (
        variant(
            "InitialCallDelaySeconds*! RetryDelaySeconds*! MaximumConnectionAttempts* QueueId AgentId ContactFlowId "
            "CallerId{}",
            ALWAYS,
            most_one_of=QUEUE_OR_AGENT,
        ),
    ),
    "UpdateContactRecordingBehavior": (variant("RecordingBehavior{}* AnalyticsBehavior{}"),),
    "UpdateContactRecordingAndAnalyticsBehavior": (
        variant(
            BEHAVIOUR_FORMS,
            f"{ALWAYS} ChannelMismatch* InFlightRedactionConfigurationFailed*",
            one_object=BEHAVIOURS,
            when=("ChatBehavior", "*"),
        ),
        variant(BEHAVIOUR_FORMS, f"{ALWAYS} ChannelMismatch*", one_object=BEHAVIOURS),
    ),
    "UpdateContactMediaStreamingBehavior": (variant("MediaStreamingState*! MediaStreamType* Participants[]*", ALWAYS),),
    "UpdateContactMediaProcessing": (variant("ChatProcessor{}*", f"{ALWAYS} ChannelMismatch*"),),
    "UpdateContactTextToSpeechVoice": (
        variant("TextToSpeechVoice* TextToSpeechEngine TextToSpeechStyle", "NoMatchingError"),
    ),
    "UpdatePreviousContactParticipantState": (variant("PreviousContactParticipantState*", ALWAYS),),
    "TagContact": (variant("Tags{}*", ALWAYS),),
    "UntagContact": (variant("TagKeys[]*!", ALWAYS),),
    "ResumeContact": (variant("", ALWAYS),),
    "CreateTask": (
        variant(
            "ContactFlowId Name* Description Attributes{} References{} DelaySeconds ScheduledTime TaskTemplateId!",
            ALWAYS,
            most_one_of=("DelaySeconds", "ScheduledTime"),
        ),
    ),
    "CreateCase": (
        variant(f"CaseTemplateId* {CASES}", f"ContactNotLinked* {ALWAYS}", when=LINKED),
        variant(f"CaseTemplateId* {CASES}", ALWAYS),
    ),
    "UpdateCase": (
        variant(f"CaseId* {CASES}", f"ContactNotLinked* {ALWAYS}", when=LINKED),
        variant(f"CaseId* {CASES}", ALWAYS),
    ),
    "GetCase": (
        variant(
            "LinkContactToCase GetLastUpdatedCase CustomerId CaseRequestFields{} CaseResponseFields[]",
            "MultipleFound NoneFound NoMatchingError ContactNotLinked",
        ),
    ),
    "CreateWisdomSession": (variant("WisdomAssistantArn*", ALWAYS),),
    "InvokeFlowModule": (variant("FlowModuleId* Input?", f"{ALWAYS} NoMatchingCondition", equals()),),
    "EndFlowModuleExecution": (end("Result! ResultData?"),),
    "CompleteOutboundCall": (variant("CallerId{} VoiceConnector{} ConnectionTimeLimitSeconds"),),
    "StartOutboundChatContact": (
        variant(
            "SourceEndpoint{}* DestinationEndpoint{}* ContactFlowArn* ContactSubtype* InitialSystemMessage{} "
            "RelatedContact",
            ALWAYS,
        ),
    ),
    "RenderMessageTemplate": (
        variant(
            "WisdomKnowledgeBaseArn* WisdomMessageTemplateArn* CustomAttributes{} Attributes{}",
            f"TemplateRenderingError* {ALWAYS}",
        ),
    ),
    "CreateContact": (variant("Channel* RelatedContact InitiationMethod", ALWAYS),),
    "StartOutboundEmailContact": (variant(EMAILS, ALWAYS),),
    "CreatePersistentContactAssociation": (variant("RehydrationType* SourceContactId*", ALWAYS),),
    "LoadContactContent": (variant("ContentType* ReferenceType", ALWAYS),),
    "AssociateContactToCustomerProfile": (variant("ProfileRequestData{}*", "NoMatchingError"),),
    "GetCustomerProfile": (variant(PROFILE_DATA, f"MultipleFoundError* NoneFoundError* {ALWAYS}"),),
    "CreateCustomerProfile": (variant(PROFILE_DATA, "NoMatchingError"),),
    "UpdateCustomerProfile": (variant(PROFILE_DATA, "NoMatchingError"),),
    "GetCustomerProfileObject": (variant(PROFILE_DATA, f"NoneFoundError* {ALWAYS}"),),
    "GetCalculatedAttributesForCustomerProfile": (variant(PROFILE_DATA, "NoneFoundError NoMatchingError"),),
    "CheckSegmentMembership": (variant("SegmentName?", "NoMatchingError", equals()),),
}
