"""Users: what the instance's way to sign in allows, settings in two forms, and proficiencies.

The settings of each channel are stored. A `PhoneConfig` in a request sets those of all channels [service model,
UpdateUserPhoneConfig]; in an answer it has those of VOICE [inferred].
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from reconciler.sandbox.connect.admin.catalogue import PREDEFINED_ATTRIBUTE, USER
from reconciler.sandbox.connect.admin.links import Links
from reconciler.sandbox.connect.admin.sign_in import refuse_update, refuse_user
from reconciler.sandbox.connect.admin.types import Holdings, Resource
from reconciler.sandbox.connect.room import Answer, Params
from reconciler.sandbox.errors import Refused, in_use, invalid

SKILLS = "proficiencies"
MOST_SKILLS = 10  # of a user [admin guide]
CHANNELS = ("VOICE", "CHAT", "TASK", "EMAIL")
ACCEPTS, WORKS, PHONES = "AutoAcceptConfigs", "AfterContactWorkConfigs", "PhoneNumberConfigs"
CONNECTIONS, VOICES = "PersistentConnectionConfigs", "VoiceEnhancementConfigs"
PER_CHANNEL = (ACCEPTS, WORKS, PHONES, CONNECTIONS, VOICES)
VOICE_ONLY = (PHONES, CONNECTIONS, VOICES)
WORK, LIMIT = "AfterContactWorkConfig", "AfterContactWorkTimeLimit"
AGENT_FIRST = ("AgentFirstCallbackAutoAccept", "AgentFirstCallbackAfterContactWorkConfig")
# Members of PhoneConfig, with the lists that conflict with them [service model, CreateUser].
TWINS = {
    "AutoAccept": ACCEPTS,
    LIMIT: WORKS,
    "PhoneType": PHONES,
    "DeskPhoneNumber": PHONES,
    "PersistentConnection": CONNECTIONS,
}


class Users(Links):
    def create_user(self, params: Params) -> Answer:
        """Creates a user, after the checks of the instance's way to sign in."""
        refuse_user(self.way_to_sign_in(params), params)
        _refuse_settings(params)
        user = self.new(USER, params)
        members = {name: value for name, value in user.members.items() if name not in ("Password", "PhoneConfig")}
        phone = params.get("PhoneConfig")
        plain = {VOICES: [{"Channel": "VOICE", "VoiceEnhancementMode": "NONE"}]}  # A new user has it [inferred].
        user.members = plain | members | (_for_all(phone) if phone else {})
        return self.created(user)

    def update_user_identity_info(self, params: Params) -> Answer:
        """Replaces the whole structure [inferred: the request cannot express less]; a switch."""
        _, user = self.one(USER, params)
        identity, kept = params["IdentityInfo"], user.members.get("IdentityInfo", {})
        refuse_update(self.way_to_sign_in(params), identity, kept)
        whole = kept | identity if self.world.switches.identity_update == "merged" else identity
        return self.update_one(USER, "UpdateUserIdentityInfo", {**params, "IdentityInfo": whole})

    def update_user_phone_config(self, params: Params) -> Answer:
        """Sets all channels alike [service model]. Members that are left out are off or unlimited [inferred]."""
        _refuse_settings(params)
        self._set(params, _for_all(params["PhoneConfig"]))
        return {}

    def update_user_config(self, params: Params) -> Answer:
        """Sets the given channels; lists and channels that are left out stay [inferred]; a switch."""
        _refuse_settings(params)
        _, user = self.one(USER, params)
        new = {}
        for name in (name for name in PER_CHANNEL if params.get(name) is not None):
            stay = user.members.get(name, []) if self.world.switches.user_config == "merged" else []
            by_channel = {item["Channel"]: item for item in (*stay, *params[name])}
            new[name] = list(by_channel.values())
        self._set(params, new)
        return {}

    def delete_user(self, params: Params) -> Answer:
        """Deletes a user. Quick connects that lead to the user stay, and lead nowhere [service model]."""
        return self.delete_one(USER, "DeleteUser", params)

    def search_users(self, params: Params) -> Answer:
        """Searches users. Work after a contact is in milliseconds [service model]; of channels: a switch."""
        for name in ("ListCondition", "HierarchyGroupCondition"):
            if _has_condition(params, name):
                raise invalid(f"{name}: is not in the sandbox")
        answer = self.search_all(USER, "SearchUsers", params)
        is_all = self.world.switches.channel_work_unit == "milliseconds"
        return {**answer, "Users": [_in_milliseconds(user, is_all) for user in answer["Users"]]}

    def associate_user_proficiencies(self, params: Params) -> Answer:
        holdings, user = self.one(USER, params)
        new = _skills(params["UserProficiencies"])
        for name, value in new:
            self._refuse_unknown_value(holdings, name, value)
        if len({**user.links.get(SKILLS, {}), **new}) > MOST_SKILLS:
            raise Refused("InvalidRequestException", f"a user may have {MOST_SKILLS} proficiencies")  # Code inferred.
        self.attach(holdings, user, SKILLS, new)
        return {}

    def update_user_proficiencies(self, params: Params) -> Answer:
        """Changes levels. The proficiencies must be associated [service model]; the error is a switch."""
        holdings, user = self.one(USER, params)
        new = _skills(params["UserProficiencies"])
        self.refuse_missing(user, SKILLS, list(new))
        self.change(holdings, user)
        user.links[SKILLS] = {**user.links.get(SKILLS, {}), **new}
        return {}

    def disassociate_user_proficiencies(self, params: Params) -> Answer:
        holdings, user = self.one(USER, params)
        self.detach(holdings, user, SKILLS, list(_skills(params["UserProficiencies"])))
        return {}

    def list_user_proficiencies(self, params: Params) -> Answer:
        """Lists proficiencies by name and value; AWS does not document the order. Levels are floats [service model]."""
        _, user = self.one(USER, params)
        rows = [
            (f"{name}\x1f{value}", {"AttributeName": name, "AttributeValue": value, "Level": float(level)})
            for (name, value), level in user.links.get(SKILLS, {}).items()
        ]
        return self.page_of("ListUserProficiencies", params, [user.arn], rows) | self.stamp(user.modified)

    def delete_predefined_attribute(self, params: Params) -> Answer:
        """Deletes an attribute that no user has [admin guide]; the error is inferred."""
        holdings, attribute = self.one(PREDEFINED_ATTRIBUTE, params)
        for user in holdings.of(USER.name).values():
            if any(name == attribute.name for name, _ in user.links.get(SKILLS, {})):
                raise in_use(f"{attribute.name!r} is a proficiency of {user.name!r}", user.arn, "USER")
        return self.delete_one(PREDEFINED_ATTRIBUTE, "DeletePredefinedAttribute", params)

    def facts(self, holdings: Holdings, resource: Resource) -> Answer:
        facts = super().facts(holdings, resource)
        if resource.type is USER:
            identity = resource.members.get("IdentityInfo", {})
            facts |= {"FirstName": identity.get("FirstName", ""), "LastName": identity.get("LastName", "")}
            # It comes back for every user, also where none was sent [seen: terraform-provider-aws, user_test.go].
            facts["DirectoryUserId"] = resource.members.get("DirectoryUserId", resource.id)
            if phone := resource.members.get("PhoneConfig") or _of_voice(resource.members):
                facts["PhoneConfig"] = phone
        return facts

    def _set(self, params: Params, lists: Mapping[str, Any]) -> None:
        holdings, user = self.one(USER, params)
        kept = {name: value for name, value in user.members.items() if name != "PhoneConfig"}
        self.change(holdings, user, {**kept, **lists})

    def _refuse_unknown_value(self, holdings: Holdings, name: str, value: str) -> None:
        """Refuses a value that no predefined attribute has [service model]; the error is inferred."""
        attribute = holdings.of(PREDEFINED_ATTRIBUTE.name).get(name)
        values = (attribute.members.get("Values") or {}).get("StringList", ()) if attribute else ()
        if value not in values:
            raise invalid(f"UserProficiencies: no predefined attribute {name!r} has the value {value!r}")


def _skills(proficiencies: Iterable[Mapping[str, Any]]) -> dict[tuple[str, str], float]:
    return {(item["AttributeName"], item["AttributeValue"]): item.get("Level", 0) for item in proficiencies}


def _refuse_settings(params: Params) -> None:
    """Refuses two forms of a setting, and settings of a channel without them [service model]; the code is inferred."""
    phone = params.get("PhoneConfig") or {}
    for member, twin in TWINS.items():
        if phone.get(member) is not None and params.get(twin) is not None:
            raise invalid(f"PhoneConfig.{member}: conflicts with {twin}")
    for name in PER_CHANNEL:
        for item in params.get(name) or ():
            is_voice = item["Channel"] == "VOICE"
            if not is_voice and (name in VOICE_ONLY or any(item.get(word) is not None for word in AGENT_FIRST)):
                raise invalid(f"{name}: only VOICE is supported")


def _for_all(phone: Mapping[str, Any]) -> dict[str, list[dict[str, Any]]]:
    """Returns the settings of each channel that a `PhoneConfig` stands for."""
    limit = phone.get(LIMIT, 0)
    number = {"PhoneNumber": phone["DeskPhoneNumber"]} if phone.get("DeskPhoneNumber") else {}
    return {
        ACCEPTS: [{"Channel": channel, "AutoAccept": phone.get("AutoAccept", False)} for channel in CHANNELS],
        WORKS: [{"Channel": channel, WORK: {LIMIT: limit}} for channel in CHANNELS],
        PHONES: [{"Channel": "VOICE", "PhoneType": phone.get("PhoneType", "SOFT_PHONE"), **number}],
        CONNECTIONS: [{"Channel": "VOICE", "PersistentConnection": phone.get("PersistentConnection", False)}],
    }


def _of_voice(members: Mapping[str, Any]) -> Answer:
    """Returns the `PhoneConfig` of an answer, from the settings of VOICE."""
    of = {name: item for name in PER_CHANNEL for item in members.get(name, ()) if item["Channel"] == "VOICE"}
    phone = {
        "PhoneType": of.get(PHONES, {}).get("PhoneType"),
        "DeskPhoneNumber": of.get(PHONES, {}).get("PhoneNumber"),
        "AutoAccept": of.get(ACCEPTS, {}).get("AutoAccept"),
        LIMIT: of.get(WORKS, {}).get(WORK, {}).get(LIMIT),
        "PersistentConnection": of.get(CONNECTIONS, {}).get("PersistentConnection"),
    }
    return {name: value for name, value in phone.items() if value is not None}


def _in_milliseconds(user: Answer, is_all: bool) -> Answer:
    def longer(value: Any, name: str = "") -> Any:
        match value:
            case dict():
                return {key: longer(item, key) for key, item in value.items()}
            case list():
                return [longer(item) for item in value]
            case int() if name == LIMIT:
                return value * 1000
        return value

    names = ("PhoneConfig", WORKS) if is_all else ("PhoneConfig",)
    return {name: longer(value, name) if name in names else value for name, value in user.items()}


def _has_condition(criteria: Any, name: str) -> bool:
    match criteria:
        case dict():
            return criteria.get(name) is not None or any(_has_condition(value, name) for value in criteria.values())
        case list():
            return any(_has_condition(item, name) for item in criteria)
    return False
