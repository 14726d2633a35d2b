"""Mistakes in manifests of users, and the form in which a user's settings are written."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from reconciler.kinds.connect.user import User
from reconciler.kinds.registry import KINDS
from reconciler.model import Ref
from tests.builders.manifests import manifest
from tests.kinds.documents import mistakes

LANGUAGE = "kind: PredefinedAttribute\nmetadata: {name: Language}\nspec: {values: {stringList: [English, French]}}\n"
WORK = {"afterContactWorkTimeLimit": 30}
PHONE = {"phoneType": "SOFT_PHONE", "autoAccept": False, **WORK}


def user(name: str = "ada", **spec: str) -> str:
    fields = {"routingProfile": "First line", "securityProfiles": "[Agent]", **spec}
    body = ", ".join(f"{key}: {value}" for key, value in fields.items())
    return f"kind: User\nmetadata: {{name: {name}}}\nspec: {{{body}}}\n"


def spec_of(**fields: Any) -> User:
    built = manifest("User", "ada", {"routingProfile": "First line", "securityProfiles": ["Agent"], **fields}).spec
    assert isinstance(built, User)
    return built


def channel(name: str = "VOICE", **fields: Any) -> dict[str, Any]:
    return {"channel": name, **fields}


# Mistakes.


@pytest.mark.parametrize(
    ("name", "expected"),
    [("with space", "may have letters, digits and _ . - @ alone"), ("ada@example", "must be a whole e-mail address")],
)
def test_a_user_name_that_aws_refuses_is_a_mistake(tmp_path: Path, name: str, expected: str) -> None:
    (mistake,) = mistakes(tmp_path, user(name))

    assert expected in mistake


@pytest.mark.parametrize("name", ["ada", "ada@example.com", "a_b.c-1"])
def test_other_user_names_are_valid(tmp_path: Path, name: str) -> None:
    assert mistakes(tmp_path, user(name)) == []


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        ({"identityInfo": "{email: ann}"}, "is not an e-mail address"),
        ({"identityInfo": "{secondaryEmail: ann}"}, "is not an e-mail address"),
        ({"identityInfo": '{firstName: "Ade\u0301"}'}, "Unicode's form NFC"),
        ({"identityInfo": "{mobile: 555-0100}"}, "phone number"),
        ({"phoneConfig": '{phoneType: SOFT_PHONE, deskPhoneNumber: "+15550100"}'}, "only a DESK_PHONE has a number"),
        (
            {"phoneNumberConfigs": '[{channel: VOICE, phoneType: SOFT_PHONE, phoneNumber: "+15550100"}]'},
            "only a DESK_PHONE has a number",
        ),
        ({"phoneNumberConfigs": "[{channel: CHAT, phoneType: SOFT_PHONE}]"}, "channel"),
        (
            {"autoAcceptConfigs": "[{channel: CHAT, autoAccept: true, agentFirstCallbackAutoAccept: true}]"},
            "only VOICE has callbacks",
        ),
        ({"securityProfiles": "[]"}, "securityProfiles"),
        (
            {
                "proficiencies": "[{attributeName: L, attributeValue: x, level: 1}, "
                "{attributeName: L, attributeValue: x, level: 2}]"
            },
            'proficiencies has "L/x" twice',
        ),
        ({"proficiencies": "[{attributeName: L, attributeValue: x, level: 6}]"}, "level"),
        ({"password": "x"}, "password"),
        ({"password": "{}"}, "password"),
        ({"password": "{generate: false}"}, "password"),
        ({"password": "{generate: true, secret: x}"}, "password"),
    ],
)
def test_a_wrong_field_is_a_mistake(tmp_path: Path, spec: dict[str, str], expected: str) -> None:
    (mistake,) = mistakes(tmp_path, user(**spec))

    assert expected in mistake


@pytest.mark.parametrize(
    "twin",
    [
        {"autoAcceptConfigs": "[{channel: CHAT, autoAccept: true}]"},
        {"afterContactWorkConfigs": "[{channel: CHAT, afterContactWorkConfig: {afterContactWorkTimeLimit: 1}}]"},
        {"phoneNumberConfigs": "[{channel: VOICE, phoneType: SOFT_PHONE}]"},
        {"persistentConnectionConfigs": "[{channel: VOICE, persistentConnection: true}]"},
        {"voiceEnhancementConfigs": "[{channel: VOICE, voiceEnhancementMode: NONE}]"},
    ],
    ids=lambda twin: next(iter(twin)),
)
def test_only_one_form_of_settings_is_declared(tmp_path: Path, twin: dict[str, str]) -> None:
    (mistake,) = mistakes(tmp_path, user(phoneConfig="{phoneType: SOFT_PHONE}", **twin))

    assert f"declare either phoneConfig or {next(iter(twin))}" in mistake


def test_a_proficiency_needs_a_value_of_the_declared_attribute(tmp_path: Path) -> None:
    spanish = user(proficiencies="[{attributeName: Language, attributeValue: Spanish, level: 1}]")

    (mistake,) = mistakes(tmp_path, LANGUAGE, spanish)

    assert 'PredefinedAttribute/Language has no value "Spanish"; add it there, or choose another' in mistake


def test_an_attribute_that_no_manifest_declares_may_have_any_value(tmp_path: Path) -> None:
    product = user(proficiencies="[{attributeName: Product, attributeValue: Phones, level: 1}]")

    assert mistakes(tmp_path, LANGUAGE, product) == []


def test_profiles_and_groups_of_a_user_need_no_manifest(tmp_path: Path) -> None:
    assert mistakes(tmp_path, user(hierarchyGroup="Sales")) == []


def test_a_quick_connect_may_lead_to_a_user_without_a_manifest(tmp_path: Path) -> None:
    config = "{quickConnectType: USER, userConfig: {user: ada, contactFlow: Transfer}}"
    connect = f"kind: QuickConnect\nmetadata: {{name: Ada}}\nspec: {{quickConnectConfig: {config}}}\n"

    assert mistakes(tmp_path, connect) == []


# Forms.


def form(live: User, declared: User | None = None) -> set[str]:
    """Returns the fields of settings that are left."""
    one = KINDS["User"].in_one_form(live, declared)
    named = {field for group in KINDS["User"].writing.forms for field in group}
    return {field for field in named if getattr(one, field) != type(one).model_fields[field].get_default()}


ACCEPTS = [channel(autoAccept=False), channel("CHAT", autoAccept=False)]
BOTH = spec_of(phoneConfig=PHONE, autoAcceptConfigs=ACCEPTS)


def test_settings_that_are_alike_for_all_channels_are_written_as_a_phone_config() -> None:
    assert form(BOTH) == {"phone_config"}


@pytest.mark.parametrize(
    "differs",
    [
        {"autoAcceptConfigs": [channel("CHAT", autoAccept=True)]},
        {"autoAcceptConfigs": [channel(autoAccept=False, agentFirstCallbackAutoAccept=True)]},
        {"afterContactWorkConfigs": [channel("CHAT", afterContactWorkConfig={"afterContactWorkTimeLimit": 5})]},
        {
            "afterContactWorkConfigs": [
                channel(
                    afterContactWorkConfig=WORK,
                    agentFirstCallbackAfterContactWorkConfig={"afterContactWorkTimeLimit": 5},
                )
            ]
        },
        {"voiceEnhancementConfigs": [channel(voiceEnhancementMode="VOICE_ISOLATION")]},
    ],
    ids=lambda differs: next(iter(differs)),
)
def test_settings_that_differ_between_channels_are_written_by_channel(differs: dict[str, Any]) -> None:
    (field,) = spec_of(**differs).model_fields_set - {"name", "routing_profile", "security_profiles"}

    assert form(spec_of(phoneConfig=PHONE, **differs)) == {field}


def test_settings_of_channels_alone_are_written_by_channel() -> None:
    assert form(spec_of(autoAcceptConfigs=ACCEPTS)) == {"auto_accept_configs"}


def test_the_declared_form_is_kept() -> None:
    by_channel = spec_of(autoAcceptConfigs=ACCEPTS)

    assert form(BOTH, spec_of(phoneConfig=PHONE)) == {"phone_config"}
    assert form(BOTH, by_channel) == {"auto_accept_configs"}
    assert form(BOTH, spec_of()) == {"phone_config"}


# Ways to sign in.


@pytest.mark.parametrize(
    ("way", "fields", "reason"),
    [
        ("CONNECT_MANAGED", {}, "so a new user needs one"),
        ("CONNECT_MANAGED", {"password": {"generate": True}}, "needs identityInfo.firstName and lastName"),
        (
            *("CONNECT_MANAGED", {"password": {"secret": "s"}, "identityInfo": {"firstName": "A", "lastName": "B"}}),
            "",
        ),
        ("SAML", {"password": {"generate": True}}, "sign in with SAML, and AWS takes no password of them"),
        ("EXISTING_DIRECTORY", {"password": {"secret": "s"}}, "sign in with a directory, and AWS takes no password"),
        ("SAML", {}, "needs identityInfo.firstName and lastName"),
        ("SAML", {"identityInfo": {"firstName": "A", "lastName": "B"}}, ""),
        ("SAML", {"identityInfo": {"firstName": "A", "lastName": "B", "email": "a@example.com"}}, "e-mail address"),
        ("SAML", {"identityInfo": {"firstName": "A", "lastName": "B"}, "directoryUserId": "x"}, "directoryUserId"),
        ("EXISTING_DIRECTORY", {"directoryUserId": "x"}, ""),
    ],
)
def test_a_new_user_must_fit_the_way_to_sign_in(way: str, fields: dict[str, Any], reason: str) -> None:
    there = {Ref("ConnectInstance", "i"): instance(way)}

    refused = KINDS["User"].refuses(Ref("User", "ada"), None, spec_of(**fields), there)

    assert reason in refused
    assert bool(reason) == bool(refused)


def test_a_long_name_does_not_fit_saml() -> None:
    named = spec_of(identityInfo={"firstName": "A", "lastName": "B"}).model_copy(update={"name": "x" * 65})
    there = {Ref("ConnectInstance", "i"): instance("SAML")}

    assert "64 characters, and this one has 65" in KINDS["User"].refuses(Ref("User", "x"), None, named, there)


@pytest.mark.parametrize(
    ("way", "field", "reason"),
    [
        ("CONNECT_MANAGED", "email", ""),
        ("SAML", "email", "delete it"),
        ("SAML", "mobile", ""),
        ("EXISTING_DIRECTORY", "email", "change them there"),
        ("EXISTING_DIRECTORY", "firstName", "change them there"),
        ("EXISTING_DIRECTORY", "mobile", ""),
    ],
)
def test_a_changed_identity_must_fit_the_way_to_sign_in(way: str, field: str, reason: str) -> None:
    before, value = spec_of(), "+15550100" if field == "mobile" else "a@example.com"
    there = {Ref("ConnectInstance", "i"): instance(way)}

    refused = KINDS["User"].refuses(Ref("User", "ada"), before, spec_of(identityInfo={field: value}), there)

    assert reason in refused
    assert bool(reason) == bool(refused)


def instance(way: str) -> Any:
    directory = {"directoryId": "d-0123456789"} if way == "EXISTING_DIRECTORY" else {}
    calls = {"inboundCallsEnabled": True, "outboundCallsEnabled": True}
    return manifest("ConnectInstance", "i", {"identityManagementType": way, **calls, **directory}).spec


INSTANCE = """\
---
kind: ConnectInstance
metadata: {name: %s}
spec: {identityManagementType: %s, inboundCallsEnabled: true, outboundCallsEnabled: true}
"""


@pytest.mark.parametrize(
    ("instances", "words"),
    [
        ([("one", "CONNECT_MANAGED")], []),
        ([("one", "SAML")], ["users of ConnectInstance/one sign in with SAML, and AWS takes no password of them"]),
        ([("one", "SAML"), ("two", "CONNECT_MANAGED")], []),
    ],
)
def test_a_password_is_refused_offline_if_the_declared_instance_has_another_way_to_sign_in(
    tmp_path: Path, instances: list[tuple[str, str]], words: list[str]
) -> None:
    text = user(**{"password": "{generate: true}"}) + "".join(INSTANCE % instance for instance in instances)

    reported = mistakes(tmp_path, text)

    assert [word in mistake for word, mistake in zip(words, reported, strict=True)] == [True] * len(words)
