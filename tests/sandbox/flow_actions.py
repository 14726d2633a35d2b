"""One valid action of every type, or of each of its forms, with nothing in it that must exist."""

from __future__ import annotations

from typing import Any

from .flows import Action, action, leading

NME = "NoMatchingError"
UNMATCHED = f"NoMatchingCondition {NME}"
LINK = {"LinkContactToCase": "false"}
PROFILE = {"ProfileRequestData": {"ProfileId": "$.Customer.ProfileId"}, "ProfileResponseData": ["FirstName"]}
ARN = "arn:aws:wisdom:us-east-1:111122223333"
CALL = {"ThirdPartyPhoneNumber": "+15550100", "ThirdPartyConnectionTimeLimitSeconds": "30"}
METRIC = {"MetricType": "NumberOfContactsInQueue"}
KEY = {"PrimaryValues": [{"AttributeName": "k", "Value": "$.CustomerId"}]}


def equals(*operands: str) -> dict[str, str]:
    return dict.fromkeys(operands, "Equals")


def checked(option: str, *results: str) -> Action:
    return leading(action("CheckVoiceId", CheckVoiceIdOption=option), errors=NME, conditions=equals(*results))


def plain(type: str, errors: str = NME, **members: Any) -> Action:
    return leading(action(type, **members), errors=errors)


def types_of(actions: tuple[Action, ...]) -> list[str]:
    return [each["Type"] for each in actions]


ON_THE_CONTACT = (
    plain("UpdateContactAttributes", Attributes={"tier": "$.External.tier"}, TargetContact="Current"),
    plain("UpdateContactData", LanguageCode="en-US"),
    plain("UpdateContactData", WisdomSessionArn="$.Wisdom.SessionArn"),
    plain("UpdateFlowAttributes", FlowAttributes={"k": {"Value": "v", "Type": "String"}}),
    plain("UpdateContactEventHooks", EventHooks={"CustomerQueue": "$.Attributes.flow"}),
    plain("UpdateContactTargetQueue", QueueId="$.Attributes.queue"),
    plain("TransferContactToQueue", f"QueueAtCapacity {NME}"),
    plain("DequeueContactAndTransferToQueue", f"QueueAtCapacity {NME}", AgentId="$.Attributes.agent"),
    action("TransferContactToAgent"),
    plain("UpdateContactRoutingBehavior", "", QueuePriority="1"),
    plain("UpdateContactRoutingBehavior", RoutingProficiencies=[]),
    plain("UpdateContactRoutingCriteria", RoutingCriteria={"Steps": []}),
    plain(
        "UpdateContactCallbackNumber",
        "InvalidCallbackNumber CallbackNumberNotDialable",
        CallbackNumber="$.Attributes.n",
    ),
    plain(
        "CreateCallbackContact",
        InitialCallDelaySeconds="5",
        RetryDelaySeconds="600",
        MaximumConnectionAttempts="2",
    ),
    plain("UpdateContactRecordingBehavior", "", RecordingBehavior={"RecordedParticipants": ["Agent", "Customer"]}),
    plain("UpdateContactRecordingAndAnalyticsBehavior", f"{NME} ChannelMismatch", VoiceBehavior={}),
    plain(
        "UpdateContactRecordingAndAnalyticsBehavior",
        f"{NME} ChannelMismatch InFlightRedactionConfigurationFailed",
        ChatBehavior={},
    ),
    plain(
        "UpdateContactMediaStreamingBehavior",
        MediaStreamingState="Enabled",
        MediaStreamType="Audio",
        Participants=[{"ParticipantType": "Customer", "MediaDirections": ["To"]}],
    ),
    plain("UpdateContactMediaProcessing", f"{NME} ChannelMismatch", ChatProcessor={"ProcessingEnabled": "True"}),
    plain("UpdateContactTextToSpeechVoice", "", TextToSpeechVoice="Joanna"),
    plain("UpdatePreviousContactParticipantState", PreviousContactParticipantState="OffHold"),
    plain("TagContact", Tags={"aws:k": "v"}),
    plain("UntagContact", TagKeys=["k"]),
    plain("ResumeContact"),
)
OTHER_CONTACTS = (
    plain("CreateTask", ContactFlowId="$.Attributes.flow", Name="Call back"),
    plain("CreateCase", CaseTemplateId="t", **LINK),
    plain("CreateCase", f"{NME} ContactNotLinked", CaseTemplateId="t", LinkContactToCase="true"),
    plain("UpdateCase", CaseId="$.Case.case_id", **LINK),
    plain("GetCase", f"MultipleFound NoneFound {NME}", GetLastUpdatedCase="true"),
    plain("CreateWisdomSession", WisdomAssistantArn=f"{ARN}:assistant/00000000-0000-4000-8000-000000000001"),
    plain("InvokeFlowModule", FlowModuleId="$.Attributes.module"),
    plain(
        "StartOutboundChatContact",
        SourceEndpoint={"Address": "$.SystemEndpoint.Address", "Type": "CONNECT_PHONENUMBER_ARN"},
        DestinationEndpoint={"Address": "$.CustomerEndpoint.Address", "Type": "TELEPHONE_NUMBER"},
        ContactFlowArn="$.Attributes.flow",
        ContactSubtype="connect:SMS",
    ),
    plain(
        "RenderMessageTemplate",
        f"TemplateRenderingError {NME}",
        WisdomKnowledgeBaseArn=f"{ARN}:knowledge-base/k",
        WisdomMessageTemplateArn=f"{ARN}:message-template/k/t",
    ),
    plain("CreateContact", Channel="EMAIL", RelatedContact="CURRENT"),
    plain(
        "StartOutboundEmailContact",
        FromEmailAddress={"EmailAddress": "a@example.com"},
        DestinationEmailAddress="$.CustomerEndpoint.Address",
    ),
    plain("CreatePersistentContactAssociation", RehydrationType="FROM_SEGMENT", SourceContactId="$.Attributes.c"),
    plain("LoadContactContent", ContentType="EmailMessage"),
    plain("AssociateContactToCustomerProfile", ProfileRequestData={"ProfileId": "$.Customer.ProfileId"}),
    plain("GetCustomerProfile", f"MultipleFoundError NoneFoundError {NME}", **PROFILE),
    plain("CreateCustomerProfile", **PROFILE),
    plain("UpdateCustomerProfile", **PROFILE),
    plain("GetCustomerProfileObject", f"NoneFoundError {NME}", **PROFILE),
    plain("GetCalculatedAttributesForCustomerProfile", **PROFILE),
)
TO_THE_PARTICIPANT = (
    plain("MessageParticipant", "", SSML="<speak>Hi</speak>", SkipWhenDTMFBufferEnabled="false"),
    plain("MessageParticipant", Media={"Uri": "$.Attributes.u", "SourceType": "S3", "MediaType": "Audio"}),
    action("MessageParticipantIteratively", Messages=[{"Text": "Wait"}, {"PromptId": "$.Attributes.p"}]),
    leading(
        action("GetParticipantInput", Text="1?", InputTimeLimitSeconds="5", StoreInput="False"),
        errors=f"InputTimeLimitExceeded {UNMATCHED}",
        conditions=equals("1", "*"),
    ),
    plain(
        "GetParticipantInput",
        Text="Code?",
        InputTimeLimitSeconds="5",
        StoreInput="True",
        InputValidation={"CustomValidation": {"MaximumLength": "4"}},
    ),
    plain(
        "GetParticipantInput",
        f"{NME} InvalidPhoneNumber",
        Text="Number?",
        StoreInput="True",
        InputValidation={"PhoneNumberValidation": {"NumberFormat": "E164"}},
    ),
    plain("GetParticipantInput", EnableDTMFBuffer="True"),
    leading(
        action("ConnectParticipantWithLexBot", Text="Yes?", LexBot={"Name": "B", "Region": "us-east-1", "Alias": "$"}),
        errors=UNMATCHED,
        conditions=equals("Help"),
    ),
    leading(
        action("ConnectParticipantWithAgenticCX", AgentConfiguration={}, AudioFillerConfiguration={"Enabled": True}),
        errors=f"{UNMATCHED} InputTimeLimitExceeded",
        conditions=equals("Escalation"),
    ),
    leading(
        action(
            "ShowView",
            ViewResource={"Id": "$.Attributes.view"},
            InvocationTimeLimitSeconds="400",
            ViewData={"Sections": "", "Number": 1},
        ),
        errors=f"{UNMATCHED} TimeLimitExceeded",
        conditions=equals("Back", "Next"),
    ),
    leading(
        action(
            "AuthenticateParticipant",
            CognitoConfiguration={"UserPoolArn": "u", "AppClientId": "c"},
            CustomerProfilesConfiguration={"ObjectTypeName": "o"},
            TimeLimitMinutes="5",
        ),
        errors=f"TimeLimitExceeded {NME}",
        conditions=equals("OptedOut"),
    ),
    plain("TransferParticipantToThirdParty", ContinueFlowExecution="False", **CALL),
    plain(
        "TransferParticipantToThirdParty",
        f"{NME} CallFailed ConnectionTimeLimitExceeded",
        ContinueFlowExecution="True",
        **CALL,
    ),
    action("DisconnectParticipant"),
)
IN_CONTROL = (
    leading(
        action("Compare", ComparisonValue="$.Attributes.tier"),
        errors="NoMatchingCondition",
        conditions={"gold": "Equals", "s": "TextStartsWith", "4": "NumberGreaterThan"},
    ),
    leading(action("CheckHoursOfOperation"), errors=NME, conditions=equals("False", "True")),
    leading(action("CheckMetricData", **METRIC), errors=UNMATCHED, conditions={"5": "NumberLessThan", "9": "Equals"}),
    leading(
        action("CheckMetricData", MetricType="NumberOfAgentsAvailable"),
        errors=UNMATCHED,
        conditions={"0": "NumberGreaterThan"},
    ),
    plain("GetMetricData", QueueChannel="Voice"),
    leading(action("CheckOutboundCallStatus"), errors=NME, conditions=equals("CallAnswered")),
    checked("enrollmentStatus", "Enrolled", "NotEnrolled", "OptedOut"),
    checked("fraudDetection", "HighRisk", "LowRisk", "Inconclusive"),
    plain("StartVoiceIdStream"),
    leading(
        action("DistributeByPercentage"),
        errors="NoMatchingCondition",
        conditions=dict.fromkeys(("4", "10", "18"), "NumberLessThan"),
    ),
    leading(action("Loop", LoopCount="2"), conditions=equals("ContinueLooping", "DoneLooping")),
    leading(action("Loop", LoopCount=2), errors=NME, conditions=equals("DoneLooping", "ContinueLooping")),
    leading(action("Wait", TimeLimitSeconds="60"), errors=NME, conditions=equals("WaitCompleted")),
    leading(
        action("Wait", TimeLimitSeconds="60", Events=["BotParticipantDisconnected"]),
        errors=f"{NME} ParticipantNotFound",
        conditions=equals("WaitCompleted", "BotParticipantDisconnected"),
    ),
    plain("TransferToFlow", ContactFlowId="$.Attributes.flow"),
    plain("UpdateFlowLoggingBehavior", "", FlowLoggingBehavior="Enabled"),
    plain(
        "InvokeLambdaFunction",
        LambdaFunctionARN="arn:aws:lambda:us-east-1:111122223333:function:f:live",
        InvocationTimeLimitSeconds="8",
        LambdaInvocationAttributes={"k": "$.ContactId"},
    ),
    plain("EvaluateDataTableValues", DataTableId="$.Attributes.t", Queries=[{"QueryName": "q", **KEY}]),
    plain("ListDataTableValues", DataTableId="$.Attributes.t", PrimaryKeyGroups=[KEY]),
    plain("UpsertDataTableValues", DataTableId="$.Attributes.t", DataTableUpsertAttributes=[], **KEY),
)
VALID = (*ON_THE_CONTACT, *OTHER_CONTACTS, *TO_THE_PARTICIPANT, *IN_CONTROL)
# Valid, but not in an inbound flow.
BARRED = (
    plain("CompleteOutboundCall", ""),
    action("EndFlowExecution"),
    plain("CheckSegmentMembership"),
    action("EndFlowModuleExecution"),
)
