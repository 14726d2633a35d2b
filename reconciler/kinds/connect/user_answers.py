"""Reads AWS's answers about users: two units, phones that are not used, and settings in two forms."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from reconciler.kinds.connect.user_settings import UserPhoneConfig
from reconciler.lambdas.agents import connect_user

# The fields of the spec, by AWS's members.
FIELDS = {
    connect_user.IDENTITY: "identity_info",
    connect_user.ROUTING: "routing_profile",
    connect_user.SECURITY: "security_profiles",
    connect_user.GROUP: "hierarchy_group",
    connect_user.PHONE: "phone_config",
    "AutoAcceptConfigs": "auto_accept_configs",
    "AfterContactWorkConfigs": "after_contact_work_configs",
    "PhoneNumberConfigs": "phone_number_configs",
    "PersistentConnectionConfigs": "persistent_connection_configs",
    "VoiceEnhancementConfigs": "voice_enhancement_configs",
}
# The settings of each channel. `phone_config` says the same for all channels, and AWS answers with both.
PER_CHANNEL = tuple(FIELDS[member] for member in connect_user.PER_CHANNEL)
FORMS = (frozenset({"phone_config"}), frozenset(PER_CHANNEL))
LIMIT = "AfterContactWorkTimeLimit"
# The number of a desk phone, in the field that holds it.
NUMBERS = {FIELDS[member]: number for member, number in connect_user.NUMBERS.items()}


def in_seconds(user: Mapping[str, Any]) -> Mapping[str, Any]:
    """Returns a user of SearchUsers as DescribeUser would show it.

    A search counts work after a contact in milliseconds. AWS does not document the unit of each channel's values, so
    those are left to DescribeUser. Source: service model, SearchUsers.
    """
    known = {name: value for name, value in user.items() if name != "AfterContactWorkConfigs"}
    phone = known.get("PhoneConfig")
    if phone and phone.get(LIMIT) is not None:
        known["PhoneConfig"] = {**phone, LIMIT: phone[LIMIT] // 1000}
    return known


def form_of(user: Any) -> frozenset[str]:
    """Returns the form that says all settings of a user: one value for all channels, or the values of each."""
    of_all, by_channel = FORMS
    accepts: set[bool | None] = {user.phone_config.auto_accept or False}
    for accepting in user.auto_accept_configs:
        accepts |= {accepting.auto_accept, accepting.agent_first_callback_auto_accept} - {None}
    limits = {user.phone_config.after_contact_work_time_limit or 0}
    for working in user.after_contact_work_configs:
        both = working.after_contact_work_config, working.agent_first_callback_after_contact_work_config
        limits |= {work.after_contact_work_time_limit or 0 for work in both if work}
    is_plain = all(item.voice_enhancement_mode == "NONE" for item in user.voice_enhancement_configs)
    others = (user.auto_accept_configs, user.after_contact_work_configs, user.phone_number_configs)
    is_complete = user.phone_config != UserPhoneConfig() or not any((*others, user.persistent_connection_configs))
    return of_all if is_complete and is_plain and len(accepts) == len(limits) == 1 else by_channel
