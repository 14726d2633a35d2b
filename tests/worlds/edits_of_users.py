"""Changes of a user, by a plan and by another writer."""

from __future__ import annotations

from typing import Any

from tests.builders.resources import attribute, values
from tests.worlds.agents import agent
from tests.worlds.editable import Editable, Values
from tests.worlds.other_writer import OtherWriter

LANGUAGE = "proficiencies[Language/"
BUILT_IN = "CallCenterManager"  # a security profile of every instance


def _masters(**levels: int) -> list[dict[str, Any]]:
    return [{"attributeName": "Language", "attributeValue": name, "level": level} for name, level in levels.items()]


def _levels(by: OtherWriter) -> dict[str, int]:
    found = by.calls("list_user_proficiencies", "User", "ada")["UserProficiencyList"]
    return {each["AttributeValue"]: int(each["Level"]) for each in found}


def _profiles(by: OtherWriter) -> dict[str, str]:
    listed = by.calls("list_security_profiles")["SecurityProfileSummaryList"]
    return {each["Name"]: each["Id"] for each in listed}


def _read(by: OtherWriter) -> Values:
    live = by.describes("User", "ada")
    held = [name for name, id in _profiles(by).items() if id in live["SecurityProfileIds"]]
    return {
        "identityInfo.firstName": live["IdentityInfo"].get("FirstName"),
        "identityInfo.lastName": live["IdentityInfo"].get("LastName"),
        "phoneConfig.afterContactWorkTimeLimit": live["PhoneConfig"].get("AfterContactWorkTimeLimit"),
        "tags[Team]": live["Tags"].get("Team"),
        **{f"securityProfiles[{name}]": name for name in held},
        **{f"{LANGUAGE}{name}]": level for name, level in _levels(by).items()},
    }


def _write(by: OtherWriter, place: str, value: Any) -> Any:
    of, live = ("User", "ada"), by.describes("User", "ada")
    match place.partition("[")[0]:
        case "tags":
            return by.world.connect.tag_resource(resourceArn=live["Arn"], tags={"Team": value})
        case "securityProfiles":
            name = place.partition("[")[2].rstrip("]")
            id = _profiles(by)[name]
            held = {*live["SecurityProfileIds"]} | {id} if value else {*live["SecurityProfileIds"]} - {id}
            return by.calls("update_user_security_profiles", *of, SecurityProfileIds=sorted(held))
        case "proficiencies":
            return _write_level(by, place.partition("/")[2].rstrip("]"), value)
        case "phoneConfig.afterContactWorkTimeLimit":
            phone = {**live["PhoneConfig"], "AfterContactWorkTimeLimit": value}
            return by.calls("update_user_phone_config", *of, PhoneConfig=phone)
        case _:
            member = place.partition(".")[2]
            identity = {**live["IdentityInfo"], f"{member[0].upper()}{member[1:]}": value}
            return by.calls("update_user_identity_info", *of, IdentityInfo=identity)


def _write_level(by: OtherWriter, name: str, value: int | None) -> Any:
    skill = {"AttributeName": "Language", "AttributeValue": name}
    if value is None:
        return by.calls("disassociate_user_proficiencies", "User", "ada", UserProficiencies=[skill])
    verb = "update" if name in _levels(by) else "associate"
    return by.calls(f"{verb}_user_proficiencies", "User", "ada", UserProficiencies=[{**skill, "Level": value}])


EDITABLE = {
    "User": Editable(
        agent(
            **{"securityProfiles": ["Agent", "Admin"], "tags": {"Team": "a"}},
            phoneConfig={"phoneType": "SOFT_PHONE", "afterContactWorkTimeLimit": 10},
            proficiencies=_masters(German=1, English=2),
        ),
        agent(
            **{"securityProfiles": ["Agent", "QualityAnalyst"], "tags": {"Team": "b"}},
            identityInfo={"firstName": "Ada", "lastName": "King"},
            phoneConfig={"phoneType": "SOFT_PHONE", "afterContactWorkTimeLimit": 20},
            proficiencies=_masters(German=3, Spanish=4),
        ),
        _read,
        _write,
        {
            "identityInfo.firstName": ("Theirs",),
            "identityInfo.lastName": ("Theirs", "King"),
            "phoneConfig.afterContactWorkTimeLimit": (99, 20),
            "tags[Team]": ("theirs", "b"),
            f"securityProfiles[{BUILT_IN}]": (BUILT_IN,),
            "securityProfiles[Admin]": (None,),
            f"{LANGUAGE}German]": (5, 3, None),
            f"{LANGUAGE}English]": (5, None),
            f"{LANGUAGE}Spanish]": (5, 4),
        },
        others=(attribute(**values("German", "English", "Spanish")),),
        switches={"signIn": "SAML"},
    )
}
