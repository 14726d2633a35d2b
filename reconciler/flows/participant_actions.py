"""Action types that a participant hears, sees or answers. AWS's reference, "Participant actions", with probes."""

from __future__ import annotations

from reconciler.flows.action_types import action, end, operand_sets, variant_of

_KEYS = frozenset("0123456789*#")
_PROMPT = 'Text", SSML", PromptId @prompt, Media, Media.Uri'

_INPUT = action(
    "GetParticipantInput",
    "Get customer input",
    f"{_PROMPT}, InputTimeLimitSeconds*!#, StoreInput*?, DTMFConfiguration, DTMFConfiguration.DisableCancelKey?,"
    "DTMFConfiguration.InputTerminationSequence, DTMFConfiguration.InterdigitTimeLimitSeconds#",
    errors="InputTimeLimitExceeded NMC NME",
    where="inbound queue transfers",
    channels="voice",
    has_conditions=True,
    known_operands=_KEYS,
    is_silent=False,
)
_INPUT = variant_of(
    _INPUT,
    "EnableDTMFBuffer",
    None,
    title="Set touchtone buffer",
    parameters="EnableDTMFBuffer*?, StoreInput?, InputEncryption",
    errors="NME",
    has_conditions=False,
    known_operands=frozenset(),
    is_silent=True,
)
_INPUT = variant_of(
    _INPUT,
    "StoreInput",
    "True",
    title="Store customer input",
    parameters=f"{_PROMPT}, InputTimeLimitSeconds*!#, StoreInput*?, InputValidation*,"
    "InputValidation.CustomValidation.MaximumLength#, InputValidation.PhoneNumberValidation,"
    "DTMFConfiguration, DTMFConfiguration.DisableCancelKey?, DTMFConfiguration.InputTerminationSequence,"
    "DTMFConfiguration.InterdigitTimeLimitSeconds#, InputEncryption, InputEncryption.EncryptionKeyId @security-key",
    errors="NME (InvalidPhoneNumber)",
    has_conditions=False,
    known_operands=frozenset(),
)

PARTICIPANT_ACTIONS = (
    action(
        "MessageParticipant",
        "Play prompt",
        f"{_PROMPT}, SkipWhenDTMFBufferEnabled?-, TextToSpeechType",
        errors="(NME)",
        where="not holds",
        is_silent=False,
    ),
    action(
        "MessageParticipantIteratively",
        "Loop prompts",
        'Messages*, Messages[].Text", Messages[].SSML", Messages[].PromptId @prompt, Messages[].Media.Uri,'
        "InterruptFrequencySeconds#, ContinueMessagingDuringInterrupt?-",
        errors="(NME)",
        where="queue holds",
        has_conditions=True,
        known_operands=frozenset({"MessagesInterrupted"}),
        needs_next=False,
        is_silent=False,
    ),
    _INPUT,
    action(
        "ConnectParticipantWithLexBot",
        "Get customer input",
        f"{_PROMPT}, LexV2Bot, LexV2Bot.AliasArn @lex, LexBot, LexBot.Name, LexInitializationData,"
        'LexInitializationData.InitialMessage", LexInitilizationData, LexSessionAttributes, LexTimeoutSeconds',
        errors="NMC NME (InputTimeLimitExceeded)",
        where="inbound queue transfers",
        has_conditions=True,
        is_silent=False,
    ),
    action(
        "ConnectParticipantWithAgenticCX",
        "Agentic CX",
        "AgentConfiguration*, SpeechRecognitionConfiguration, AudioFillerConfiguration",
        errors="NMC NME InputTimeLimitExceeded",
        has_conditions=True,
        known_operands=frozenset({"Escalation"}),
        is_silent=False,
    ),
    action(
        "ShowView",
        "Show view",
        "ViewResource*, ViewResource.Id* @view, ViewResource.Version#, InvocationTimeLimitSeconds*#, ViewData,"
        "SensitiveDataConfiguration",
        errors="NMC NME TimeLimitExceeded",
        where="inbound queue",
        channels="chat",
        has_conditions=True,
        is_silent=False,
    ),
    action(
        "AuthenticateParticipant",
        "Authenticate customer",
        "CognitoConfiguration*, CognitoConfiguration.UserPoolArn @user-pool, CognitoConfiguration.AppClientId,"
        "CustomerProfilesConfiguration*, TimeLimitMinutes*#",
        errors="NME TimeLimitExceeded",
        where="inbound",
        channels="chat",
        has_conditions=True,
        operands=operand_sets("OptedOut"),
        is_silent=False,
    ),
    action(
        "TransferParticipantToThirdParty",
        "Transfer to phone number",
        "ThirdPartyPhoneNumber*, ThirdPartyConnectionTimeLimitSeconds*#, ContinueFlowExecution*?,"
        "ThirdPartyDTMFDigits, CallerId, CallerId.Number, CallerId.Name",
        errors="NME (CallFailed ConnectionTimeLimitExceeded)",
        where="inbound queue transfers",
        channels="voice",
        is_silent=False,
    ),
    end("DisconnectParticipant", "Disconnect", where="inbound queue transfers", is_silent=False),
)
