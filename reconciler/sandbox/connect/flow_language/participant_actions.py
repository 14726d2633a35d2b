"""Action types that speak and listen to the participant."""

from __future__ import annotations

from reconciler.sandbox.connect.flow_language.contact_actions import ALWAYS
from reconciler.sandbox.connect.flow_language.grammar import Variant, end, equals, variant

PROMPTS = ("PromptId", "Text", "SSML", "Media")
PROMPT = "PromptId Text SSML Media{}"
KEYS = tuple("0123456789*#")
INPUT = f"{PROMPT} InputTimeLimitSeconds!"
INPUT_ERRORS = f"InputTimeLimitExceeded* NoMatchingCondition* {ALWAYS}"
THIRD_PARTY = (
    "ThirdPartyPhoneNumber* ThirdPartyConnectionTimeLimitSeconds* ContinueFlowExecution* ThirdPartyDTMFDigits "
    "CallerId{}"
)
LEX = f"LexV2Bot{{}} LexBot{{}} {PROMPT} LexInitializationData{{}} LexSessionAttributes{{}} LexTimeoutSeconds{{}}"

PARTICIPANT_ACTIONS: dict[str, tuple[Variant, ...]] = {
    "MessageParticipant": (
        variant(
            f"{PROMPT} SkipWhenDTMFBufferEnabled TextToSpeechType",
            "NoMatchingError",
            one_of=PROMPTS,
        ),
    ),
    "MessageParticipantIteratively": (
        variant(
            "Messages[]* InterruptFrequencySeconds ContinueMessagingDuringInterrupt",
            "NoMatchingError",
            equals("MessagesInterrupted"),
            needs_next=False,
        ),
    ),
    "GetParticipantInput": (
        variant(
            "EnableDTMFBuffer* StoreInput InputEncryption?",
            ALWAYS,
            when=("EnableDTMFBuffer", "*"),
        ),
        variant(
            f"{INPUT} StoreInput* InputValidation{{}}* DTMFConfiguration{{}} InputEncryption{{}}",
            f"{ALWAYS} InvalidPhoneNumber",
            one_of=PROMPTS,
            when=("StoreInput", "True"),
        ),
        # `DTMFConfiguration` in a menu: one program saw it refused, another accepted [seen].
        variant(
            f"{INPUT}* StoreInput* DTMFConfiguration{{}}",
            INPUT_ERRORS,
            equals(*KEYS),
            one_of=PROMPTS,
        ),
    ),
    "ConnectParticipantWithLexBot": (
        variant(
            LEX,
            f"NoMatchingCondition* {ALWAYS} InputTimeLimitExceeded",
            equals(),
            one_of=(*PROMPTS, "LexInitializationData"),
            one_object=("LexV2Bot", "LexBot"),
        ),
    ),
    "ConnectParticipantWithAgenticCX": (
        variant(
            "AgentConfiguration{}* SpeechRecognitionConfiguration{} AudioFillerConfiguration?",
            f"{ALWAYS} NoMatchingCondition* InputTimeLimitExceeded*",
            equals("Escalation"),
        ),
    ),
    "ShowView": (
        variant(
            "ViewResource{}* InvocationTimeLimitSeconds* ViewData? SensitiveDataConfiguration{}",
            f"{ALWAYS} NoMatchingCondition* TimeLimitExceeded*",
            equals(),
        ),
    ),
    "AuthenticateParticipant": (
        variant(
            "CognitoConfiguration{}* CustomerProfilesConfiguration{}* TimeLimitMinutes*",
            f"TimeLimitExceeded* {ALWAYS}",
            equals("OptedOut", least=1),
        ),
    ),
    "TransferParticipantToThirdParty": (
        variant(
            THIRD_PARTY,
            f"{ALWAYS} CallFailed* ConnectionTimeLimitExceeded*",
            when=("ContinueFlowExecution", "True"),
        ),
        variant(THIRD_PARTY, ALWAYS),
    ),
    "DisconnectParticipant": (end(),),
}
