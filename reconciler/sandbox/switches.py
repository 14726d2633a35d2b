"""Settings for what the documentation leaves open. Each default is a choice; the sandbox can serve each alternative.

The words in brackets name the source: "service model": the shapes and texts of botocore. "admin guide": Amazon
Connect's guide for administrators. "seen": published programs that ran against the service and depend on its answers.
"inferred": without a source.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any, Literal, get_args, get_origin, get_type_hints

from reconciler.sandbox.errors import WrongSetting


@dataclass(frozen=True)
class Switches:
    """One line per switch: the question, the default, the source. In JSON the names are camelCase.

    existing_or_missing_cell: creating what exists or touching what is missing fails the item [seen for missing], or the request with 409/404.
    invalid_item: an unknown attribute, a bad value or a wrong key fails the item [inferred], or the request with 400.
    stale_lock: a stale lock fails the item with "Concurrency conflict" [seen], or the request with 409 [service model lists it].
    missing_lock: no lock where one is needed counts as stale [inferred], or is let through.
    compare_locks: a batch is compared with the locks at its start [inferred from a client's call count], or item by item.
    move_locks: each item of a batch moves the locks it touches [service model: "each time"], or the batch moves each one once.
    lock_versions: opaque random text, compared for equality only [service model: strings], or counters.
    primary_values_lock: a record's lock moves with every write to it at every level [inferred], or at level PRIMARY_VALUE only.
    default_primary_values: the default record's PrimaryValues read null [seen], an empty list, or are absent.
    default_record_id: the default record's id is a UUID [seen], or the word DEFAULT [seen earlier].
    values_read_back: values read back as they were written [inferred], or numbers and lists in canonical form.
    emptied_record: a record goes with its last cell [inferred], or stays in the list of primary values.
    primary_values_as_items: primary values are neither items of ListDataTableValues nor cells of the quota [inferred], or both.
    value_write_moves_table_time: a table's LastModifiedTime stays when only values change [inferred], or moves.
    primary_on_filled_table: primaries cannot be added or removed while values are stored [admin guide], or as the service model says.
    sixth_primary_on_update: one primary too many by update is ServiceQuotaExceededException 402, or LimitExceededException 429 [both modelled].
    both_minimums: a bound together with its exclusive twin is refused [service model, of Minimum], or both apply [service model, same text].
    unset_members: what was never set is left out of answers [inferred], or echoed as its default.
    failed_batches: messages of a failed batch come back after the queue's visibility time-out [developer guide], or at once.
    stream_retries: a failed batch of a stream waits 1, 2, 4 … 60 seconds [inferred: the backoff is not published], or is tried again at once.
    role_policies: the policies of a role decide over the calls of its sessions [user guide], or are ignored.
    async_retries: failed asynchronous events wait one and two minutes of the sandbox's clock [developer guide], or are tried again at once.
    search_case: search compares names and texts ignoring case [inferred], or exactly.
    default_page: items on a page when MaxResults is absent: 100 [inferred].
    primary_values_page: ListDataTablePrimaryValues answers at most 100 records a page [service model's text; its shape says 1000].
    alarm_of_another_type: putting an alarm under the name of one of another type is a ValidationError [inferred], or replaces it.
    arns: where an id is asked for, an ARN is taken only where the model says so [inferred], or everywhere.
    built_ins: a new instance has AWS's own hours, queue, profiles, statuses and flows [admin guide], or is empty.
    channel_work_unit: SearchUsers counts the after-contact work of channels in milliseconds [service model, literally], or in seconds.
    content_update: UpdateContactFlowContent publishes a flow that was never published [inferred], or replaces its draft.
    draft_status: a draft that equals the published content reads PUBLISHED [inferred], or every draft reads SAVED.
    draft_updates: content updates of "<id>:$SAVED" replace the draft alone [inferred from DescribeContactFlow's text], or are refused.
    contains_length: CONTAINS with less than 2 or more than 25 characters is refused [service model: "will throw invalid results"], or finds nothing.
    client_tokens: a request that comes again with its ClientToken is answered as before [service model: idempotency], or carried out again.
    custom_voices: the account is not on the list for USE_CUSTOM_TTS_VOICES [inferred], or is.
    event_hooks: an action may set several hooks [seen], or one [seen elsewhere].
    existing_link: associating what is associated is an InvalidRequestException [inferred], or accepted.
    email_address_in_use: deleting an e-mail address of a queue is a ResourceConflictException [inferred; the only conflict of the operation], or leaves the queue without it.
    failed_move: a number whose move fails keeps its flow [inferred], or loses it.
    flow_in_use: deleting a flow that a phone number or e-mail address leads to is an InvalidRequestException [inferred; ResourceInUseException is none of the operation's], or leaves them dangling.
    flow_versions: flows of every type have versions [service model], or only those of campaigns [older texts].
    function_revision: the RevisionId of a function stays when a change of it is settled [inferred], or moves.
    group_numbers: a list of all instances leaves out the numbers of traffic distribution groups [inferred: service model], or shows them.
    hierarchy_names: names of user hierarchy groups are unique among those of one parent [inferred], or in the instance.
    hours_in_use: deleting hours that a queue or other hours refer to is an InvalidRequestException [inferred; the error that the model's text names is none of the operation's], or leaves them dangling.
    identity_update: UpdateUserIdentityInfo replaces the whole identity [inferred], or keeps what it is not given.
    index_dashboards: the tag index leaves dashboards out [inferred; moto too], or lists them.
    index_event_source_mappings: the tag index lists mappings of event sources [inferred: they have tags], or leaves them out [moto].
    index_schedule_groups: the tag index leaves schedule groups out [inferred; moto too], or lists them.
    left_out_members: hours, their overrides, agent statuses, prompts and predefined attributes keep what an update leaves out [inferred], or lose it.
    left_out_session: UpdateRole without MaxSessionDuration returns it to one hour [service model, of the member], or keeps it.
    log_arn_wildcard: tags of a log group by an ARN with ":*" are an InvalidParameterException [service model: pattern], or accepted.
    manual_voice: VOICE may be among the manual assignment queues [service model: for agent-first callbacks], or may not [older texts].
    module_without_settings: a module without Settings in its content is an InvalidContactFlowModuleException [seen], or an InvalidRequestException [seen elsewhere].
    missing_event_source: a mapping of a queue or a stream that is not there is an InvalidParameterValueException [inferred], or accepted.
    missing_link: disassociating what is not associated is a ResourceNotFoundException [inferred], an InvalidRequestException, or accepted.
    missing_reference: an id in a request that leads nowhere is a ResourceNotFoundException [inferred], or an InvalidParameterException.
    name_case: names of administrative resources are unique ignoring case [inferred], or exactly.
    moving_numbers: a number that moves is in its new instance at once [inferred], or when it is CLAIMED.
    quick_connects_hold_queues: a queue goes although quick connects lead to it [inferred], or does not.
    same_instance: a move to the same instance changes nothing [inferred], or is an InvalidParameterException.
    searched_content: searches of flows, flow modules and views leave out content and checksum [inferred: the safe side], or show them [service model].
    sign_in: users of the seeded instance have passwords [service model: IdentityManagementType], or use SAML or a directory.
    queue_encryption: a queue that gets a key of KMS loses that of SQS, and the other way round [inferred: "only one server-side encryption option is supported"], or such a change is an InvalidAttributeValue.
    session_data: UpdateSessionData keeps the keys that it is not given [inferred], or replaces all.
    tags_of_a_create: CreateUser and CreateUserHierarchyGroup with tags also need connect:TagResource [inferred: CloudFormation's handlers of both, and the admin guide's policy "Create users based on tags"], or the create's own action alone.
    table_changes: UpdateTable makes one kind of change in a call [seen: terraform-provider-aws makes them apart; service model of throughput and indexes], or several.
    time_to_live_changes: the expiry of a table's items changes once an hour [service model], or at will.
    unassociated_bot: a flow may name a bot that is not associated [simplified], or may not [seen].
    unassociated_lambda: a flow may name a function that is not associated [seen: AWS's sample flow does], or may not.
    unreachable_actions: a flow may have actions that nothing leads to [seen: exports], or may not [seen in a note].
    user_config: UpdateUserConfig keeps channels that it is not given [inferred], or loses them.
    unfinished_numbers: a number whose claim is in progress is in ListPhoneNumbersV2 [inferred], or is not.
    unknown_email_domain: an e-mail address of a domain that the instance does not have is accepted [simplified], or an InvalidParameterException [inferred; admin guide: only its domains are offered].
    unknown_permission: a permission that is not in the admin guide's list is an InvalidParameterException [inferred; service model: "valid permissions"], or accepted.
    security_profile_update: a security profile keeps what an update leaves out [inferred], or loses it.
    protection_by_name: PutLogGroupDeletionProtection by name is an InvalidParameterException [seen: terraform-provider-aws, pull request 45298], or accepted [service model].
    passed_roles: UpdateNamespace asks iam:PassRole of every role that is sent [IAM user guide: of each role that a request hands over; the safe side], or only of those that the namespace does not have yet [inferred].
    past_schedule: a one-time schedule in the past is a ValidationException [seen: DefangLabs/pulumi-defang, pull request 425], or accepted.
    window_when_off: MaximumWindowInMinutes with the mode OFF is a ValidationException [inferred], or accepted.
    video_prefix: the service appends "-connect-<alias>-contact-" to the prefix of video streams [seen], or leaves it alone.
    """  # noqa: E501 - a line each

    existing_or_missing_cell: Literal["item", "request"] = "item"
    invalid_item: Literal["item", "request"] = "item"
    stale_lock: Literal["item", "request"] = "item"
    missing_lock: Literal["conflict", "ignored"] = "conflict"
    compare_locks: Literal["request", "item"] = "request"
    move_locks: Literal["item", "request"] = "item"
    lock_versions: Literal["opaque", "numeric"] = "opaque"
    primary_values_lock: Literal["always", "level"] = "always"
    default_primary_values: Literal["null", "empty", "absent"] = "null"
    default_record_id: Literal["uuid", "DEFAULT"] = "uuid"
    values_read_back: Literal["verbatim", "canonical"] = "verbatim"
    emptied_record: Literal["vanishes", "stays"] = "vanishes"
    primary_values_as_items: bool = False
    value_write_moves_table_time: bool = False
    primary_on_filled_table: Literal["refused", "allowed"] = "refused"
    sixth_primary_on_update: Literal["ServiceQuotaExceededException", "LimitExceededException"] = (
        "ServiceQuotaExceededException"
    )
    both_minimums: Literal["refused", "independent"] = "refused"
    unset_members: Literal["absent", "defaults"] = "absent"
    failed_batches: Literal["after_timeout", "at_once"] = "after_timeout"
    stream_retries: Literal["backoff", "at_once"] = "backoff"
    role_policies: Literal["evaluated", "ignored"] = "evaluated"
    async_retries: Literal["after_minutes", "at_once"] = "after_minutes"
    search_case: Literal["ignored", "exact"] = "ignored"
    default_page: int = 100
    primary_values_page: int = 100
    alarm_of_another_type: Literal["refused", "replaced"] = "refused"
    arns: Literal["where_documented", "everywhere"] = "where_documented"
    built_ins: bool = True
    channel_work_unit: Literal["milliseconds", "seconds"] = "milliseconds"
    content_update: Literal["publishes", "keeps_status"] = "publishes"
    draft_status: Literal["compared", "SAVED"] = "compared"
    draft_updates: Literal["accepted", "refused"] = "accepted"
    contains_length: Literal["refused", "finds_nothing"] = "refused"
    client_tokens: Literal["honoured", "ignored"] = "honoured"
    custom_voices: bool = False
    event_hooks: Literal["any", "one"] = "any"
    existing_link: Literal["InvalidRequestException", "accepted"] = "InvalidRequestException"
    email_address_in_use: Literal["ResourceConflictException", "deleted"] = "ResourceConflictException"
    failed_move: Literal["keeps_flow", "loses_flow"] = "keeps_flow"
    flow_in_use: Literal["InvalidRequestException", "deleted"] = "InvalidRequestException"
    flow_versions: Literal["every_type", "campaigns"] = "every_type"
    group_numbers: Literal["left_out", "listed"] = "left_out"
    hierarchy_names: Literal["parent", "instance"] = "parent"
    hours_in_use: Literal["InvalidRequestException", "deleted"] = "InvalidRequestException"
    identity_update: Literal["replaced", "merged"] = "replaced"
    index_dashboards: Literal["left_out", "listed"] = "left_out"
    function_revision: Literal["stays", "moves"] = "stays"
    missing_event_source: Literal["refused", "accepted"] = "refused"
    index_event_source_mappings: Literal["listed", "left_out"] = "listed"
    index_schedule_groups: Literal["left_out", "listed"] = "left_out"
    left_out_members: Literal["keep", "reset"] = "keep"
    left_out_session: Literal["reset", "keep"] = "reset"
    log_arn_wildcard: Literal["refused", "accepted"] = "refused"
    manual_voice: Literal["accepted", "refused"] = "accepted"
    module_without_settings: Literal["InvalidContactFlowModuleException", "InvalidRequestException"] = (
        "InvalidContactFlowModuleException"
    )
    missing_link: Literal["ResourceNotFoundException", "InvalidRequestException", "accepted"] = (
        "ResourceNotFoundException"
    )
    missing_reference: Literal["ResourceNotFoundException", "InvalidParameterException"] = "ResourceNotFoundException"
    name_case: Literal["ignored", "exact"] = "ignored"
    moving_numbers: Literal["target", "source"] = "target"
    quick_connects_hold_queues: bool = False
    same_instance: Literal["accepted", "refused"] = "accepted"
    searched_content: Literal["left_out", "shown"] = "left_out"
    sign_in: Literal["CONNECT_MANAGED", "SAML", "EXISTING_DIRECTORY"] = "CONNECT_MANAGED"
    queue_encryption: Literal["replaced", "refused"] = "replaced"
    session_data: Literal["merge", "replace"] = "merge"
    tags_of_a_create: Literal["need_permission", "need_none"] = "need_permission"
    table_changes: Literal["one", "several"] = "one"
    time_to_live_changes: Literal["hourly", "at_will"] = "hourly"
    unassociated_bot: Literal["accepted", "refused"] = "accepted"
    unassociated_lambda: Literal["accepted", "refused"] = "accepted"
    unreachable_actions: Literal["accepted", "refused"] = "accepted"
    user_config: Literal["merged", "replaced"] = "merged"
    unfinished_numbers: Literal["listed", "unlisted"] = "listed"
    unknown_email_domain: Literal["accepted", "InvalidParameterException"] = "accepted"
    unknown_permission: Literal["InvalidParameterException", "accepted"] = "InvalidParameterException"
    security_profile_update: Literal["keep", "reset"] = "keep"
    protection_by_name: Literal["refused", "accepted"] = "refused"
    passed_roles: Literal["all", "new"] = "all"
    past_schedule: Literal["refused", "accepted"] = "refused"
    window_when_off: Literal["refused", "accepted"] = "refused"
    video_prefix: Literal["appended", "verbatim"] = "appended"


@dataclass(frozen=True)
class Quotas:
    """The published limits of the service. AWS states all but `batch_items` and `approved_origins`.

    tables, attributes, primaries, cells, list_items: the service quotas page; cells count the default record's too.
    batch_items: values in one batch request; four unrelated clients stop at 25, the model has no maximum [seen].
    enum_values: "the maximum length of arrays within validations … is 5" [service model; its meaning is unclear].
    text, primary_text, list_text: characters of a TEXT value, of a primary one, of a TEXT_LIST item [admin guide].
    hours_of_operation, queues, quick_connects, routing_profiles: of an instance, AWS's own included [service quotas page].
    contact_flows, contact_flow_modules, prompts: likewise.
    views: likewise; no number is published.
    email_addresses: of an instance [admin guide].
    security_profiles, user_hierarchy_groups, agent_statuses, predefined_attributes, users: likewise.
    hours_of_operation_overrides, parent_hours_of_operation: of one set of hours [service quotas page].
    concurrent_contacts: calls, chats, tasks and e-mails of an instance together, 10, 500, 2500 and 1000 [service quotas page].
    phone_numbers: of an instance; claims and releases of 180 days together may be twice as many [service quotas page; service model].
    instances: of an account and Region, those aside whose creation failed [service quotas page].
    instance_changes: creations and deletions of instances in 30 days [admin guide, 2023].
    lambda_functions: of an instance [service quotas page].
    approved_origins: of an instance; no number is published.
    concurrent_executions: of all functions of an account and Region [Lambda quotas].
    roles, role_managed_policies: IAM's, of an account and of a role [IAM quotas].
    role_trust_characters, role_inline_characters: of a trust policy, of all inline policies, without white space [IAM quotas].
    routing_profile_queues: pairs of queue and channel of a routing profile, and as many by hand [service quotas page].
    """  # noqa: E501 - a line each

    tables: int = 100
    attributes: int = 100
    primaries: int = 5
    cells: int = 1000
    list_items: int = 100
    batch_items: int = 25
    enum_values: int = 5
    text: int = 5000
    primary_text: int = 1000
    list_text: int = 1000
    hours_of_operation: int = 100
    queues: int = 100
    quick_connects: int = 100
    routing_profiles: int = 500
    contact_flows: int = 100
    contact_flow_modules: int = 200
    prompts: int = 500
    views: int = 500
    email_addresses: int = 100
    security_profiles: int = 100
    user_hierarchy_groups: int = 500
    agent_statuses: int = 50
    predefined_attributes: int = 150
    users: int = 500
    hours_of_operation_overrides: int = 50
    parent_hours_of_operation: int = 3
    routing_profile_queues: int = 50
    concurrent_contacts: int = 4010
    phone_numbers: int = 5
    instances: int = 2
    instance_changes: int = 100
    lambda_functions: int = 50
    approved_origins: int = 50
    concurrent_executions: int = 1000
    roles: int = 1000
    role_managed_policies: int = 10
    role_trust_characters: int = 2048
    role_inline_characters: int = 10_240

    def over(self, raised: Quotas) -> Quotas:
        """Returns these quotas where they differ from AWS's defaults, and the raised ones otherwise."""
        own = {quota.name: getattr(self, quota.name) for quota in fields(self)}
        changed = {name: value for name, value in own.items() if value != getattr(Quotas(), name)}
        return replace(raised, **changed)


def read_switches(given: Mapping[str, Any]) -> Switches:
    return Switches(**_read(Switches, "switches", given))


def read_quotas(given: Mapping[str, Any]) -> Quotas:
    return Quotas(**_read(Quotas, "quotas", given))


def _read(kind: type[Switches] | type[Quotas], where: str, given: Mapping[str, Any]) -> dict[str, Any]:
    if not isinstance(given, Mapping):
        raise WrongSetting(f"{where}: must be an object")
    hints = get_type_hints(kind)
    names = {_camel(field.name): field.name for field in fields(kind)}
    settings = {}
    for key, value in given.items():
        if key not in names:
            raise WrongSetting(f"{where}.{key}: unknown; known are {', '.join(sorted(names))}")
        _refuse_wrong_type(f"{where}.{key}", value, hints[names[key]])
        settings[names[key]] = value
    return settings


def _refuse_wrong_type(where: str, value: Any, hint: Any) -> None:
    if get_origin(hint) is Literal:
        if value not in get_args(hint):
            raise WrongSetting(f"{where}: must be one of {', '.join(map(str, get_args(hint)))}, not {value!r}")
    elif type(value) is not hint or (hint is int and value < 1):
        raise WrongSetting(f"{where}: must be {'true or false' if hint is bool else 'a whole number above 0'}")


def _camel(name: str) -> str:
    head, *rest = name.split("_")
    return head + "".join(word.capitalize() for word in rest)
