"""The JSON Schema of `reconcile.yaml`, written out: it has no spec, and editors want every word explained."""

from __future__ import annotations

from functools import cache
from typing import Any

from reconciler.kinds.draft7 import DRAFT, REMEDY, Schema, expecting
from reconciler.kinds.operations import reads, writes
from reconciler.kinds.registry import KINDS, LOOKUPS

# Python's `$` lets a line's end follow, JavaScript's does not; and `\d` is `[0-9]` in JavaScript alone.
_END = r"$(?!\n)"
# What a tag may hold of ASCII (service model, TagValue), for stack and environment become one, parted by a slash.
_INSIDE = r"[^\x00-\x1f!-*,/;<>?\[-\^`{-\x7f]"
_OUTSIDE = r"[^ \x00-\x1f!-*,/;<>?\[-\^`{-\x7f]"
_NAME = rf"^(?!\.{{1,2}}$){_OUTSIDE}({_INSIDE}*{_OUTSIDE})?{_END}"
_NAME_REMEDY = "write letters, digits, spaces and _ . : = + - @"
_REGION = r"[a-z]{2,}(-[a-z]+)+-[0-9]+"
_ID = r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
_ARN = rf"arn:aws[a-z-]*:connect:{_REGION}:[0-9]{{12}}:instance/{_ID}"

# What AWS offers for data tables besides what is called.
_UNUSED = """
BatchDescribeDataTableValue DescribeDataTableAttribute EvaluateDataTableValues ListDataTablePrimaryValues
"""
# What later kinds read, so that a file may pace it already.
_LATER = """
DescribeAgentStatus DescribeContact DescribeContactFlow DescribeContactFlowModule DescribeEvaluationForm
DescribeHoursOfOperation DescribeHoursOfOperationOverride DescribeInstance DescribePhoneNumber
DescribePredefinedAttribute DescribePrompt DescribeQueue DescribeQuickConnect DescribeRoutingProfile
DescribeRule DescribeSecurityProfile DescribeUser DescribeUserHierarchyGroup DescribeUserHierarchyStructure
DescribeView DescribeVocabulary GetContactAttributes GetCurrentMetricData GetMetricDataV2 ListAgentStatuses
ListContactFlowModules ListContactFlows ListEvaluationForms ListHoursOfOperationOverrides ListHoursOfOperations
ListInstances ListLambdaFunctions ListLexBots ListPhoneNumbersV2 ListPredefinedAttributes ListPrompts
ListQueueQuickConnects ListQueues ListQuickConnects ListRoutingProfileQueues ListRoutingProfiles ListRules
ListSecurityProfilePermissions ListSecurityProfiles ListTagsForResource ListUserHierarchyGroups ListUsers
ListViews SearchAgentStatuses SearchContactFlowModules SearchContactFlows SearchContacts SearchEvaluationForms
SearchHoursOfOperationOverrides SearchHoursOfOperations SearchPredefinedAttributes SearchPrompts SearchQueues
SearchQuickConnects SearchResourceTags SearchRoutingProfiles SearchRules SearchSecurityProfiles
SearchUserHierarchyGroups SearchUsers SearchViews SearchVocabularies
"""


@cache
def operations() -> tuple[str, ...]:
    """Every operation that may be paced: what the kinds call, and what they may call later."""
    called = {name for kind in KINDS.values() for name in (*reads(kind), *writes(kind))}
    called |= {lookup.listing.operation for lookup in LOOKUPS.values()}
    return tuple(sorted(called | {*_UNUSED.split(), *_LATER.split()}))


def config_schema() -> Schema:
    environments = {
        "description": "Where the manifests are to hold. Commands that only read take the first.",
        "type": "object",
        "minProperties": 1,
        "additionalProperties": False,
        "patternProperties": {_NAME: _environment()},
        REMEDY: _NAME_REMEDY,
    }
    properties = {
        "stack": {
            "description": "The name under which resources are ours; they bear it as a tag.",
            "type": "string",
            "pattern": _NAME,
            REMEDY: _NAME_REMEDY,
            **expecting("a name that a tag can hold"),
        },
        "manifests": _text("The folder of the manifests, relative to this file.") | {"default": "manifests"},
        "environments": environments,
    }
    return {"$schema": DRAFT, **_map("What the reconciler is to do where.", ("stack", "environments"), properties)}


def _environment() -> Schema:
    is_sandbox = {"required": ["sandbox"], "properties": {"sandbox": {"const": True}}}
    schema = _map("One Connect instance, or the local sandbox.", (), {**_place(), **_contents(), **_limits()})
    return schema | {
        "if": is_sandbox,
        "else": {"required": ["instance"], REMEDY: "write the instance's ARN, or sandbox: true"},
    }


def _place() -> dict[str, Schema]:
    return {
        "instance": {
            "description": "The ARN of the Connect instance.",
            "type": "string",
            "pattern": rf"^({_ARN}|.*\$\{{var:[A-Za-z0-9_]+\}}.*){_END}",
            REMEDY: "write arn:aws:connect:REGION:ACCOUNT:instance/ID",
            **expecting("the ARN of an instance"),
        },
        "account": {
            "description": "The AWS account; by default, and always equal to, the ARN's.",
            "type": "string",
            "pattern": rf"^[0-9]{{12}}{_END}",
            REMEDY: "write twelve digits in quotes",
            **expecting("an account such as 111122223333"),
        },
        "region": {
            "description": "The AWS Region; by default, and always equal to, the ARN's.",
            "type": "string",
            "pattern": f"^{_REGION}{_END}",
            REMEDY: "write it as in ca-central-1",
            **expecting("a Region"),
        },
        "sandbox": _flag("Whether it is the local AWS, which brings its own instance and endpoint."),
    }


def _contents() -> dict[str, Schema]:
    return {
        "overlays": {
            "description": "Folders below the manifests whose documents are laid over the base, in this order.",
            "type": "array",
            "uniqueItems": True,
            "items": {"type": "string", "minLength": 1},
        },
        "variables": {
            "description": "What `${var:NAME}` stands for; RECONCILE_VAR_NAME goes before.",
            "type": "object",
            "additionalProperties": False,
            "patternProperties": {f"^[A-Za-z_][A-Za-z0-9_]*{_END}": {"description": "Its value.", "type": "string"}},
            REMEDY: "a variable's name is made of letters, digits and _",
        },
        "ignore": {
            "description": "Differences that plan, apply and drift pass over.",
            "type": "array",
            "items": _map(
                "One rule; `*` is any run of characters.",
                ("address", "path"),
                {
                    "address": _text("Glob of addresses, such as DataTable/*."),
                    "path": _text("Glob of field paths, such as description or values.Score."),
                },
            ),
        },
        "frozen": _text("Why nothing may be applied now; apply ends with exit code 3.")
        | {REMEDY: "write the reason, or leave it out"},
    }


def _limits() -> dict[str, Schema]:
    policy = {
        "maxDelete": _threshold("Most of a kind's resources, a table's rows or an attribute's cells to delete.", "30%"),
        "maxUpdate": _threshold("Most of a table's cells to update.", "50%"),
    }
    retries = {
        "attempts": _count("Tries of one call, the first included.", 4),
        "conflicts": _count("Rounds in a row in which a batch meets other writers and gets nothing done.", 5)
        | {"minimum": 0},
    }
    quotas = {
        "cellsPerTable": _count("Cells of one data table.", 1000),
        "attributesPerTable": _count("Attributes of one data table.", 100),
        "tablesPerInstance": _count("Data tables of the instance.", 100),
        "batchItems": _count("Items of one batch call.", 25),
    }
    return {
        "policy": _map("How much one run may change.", (), policy),
        "rates": _rates(),
        "retries": _map("How often to try again.", (), retries),
        "quotas": _map("Limits of the account, where AWS has raised them.", (), quotas),
        "recheck": _flag("Whether values are listed again before updates and deletes at lock level NONE."),
    }


def _rates() -> Schema:
    pair = {
        "perSecond": {"description": "Calls a second.", "type": "number", "exclusiveMinimum": 0},
        "burst": {"description": "Calls at once after a rest.", "type": "integer", "minimum": 1},
    }
    unlimited = {"type": "string", "enum": ["unlimited"]}
    rate = {
        "description": "The rate of one operation, or of all that are not named.",
        "anyOf": [unlimited, _map("How fast an operation may be called.", ("perSecond", "burst"), pair)],
        REMEDY: "write {perSecond: 2, burst: 5}, or unlimited",
    }
    by_operation = {
        "type": "object",
        "additionalProperties": False,
        "properties": {"default": rate},
        "patternProperties": {f"^({'|'.join(operations())}){_END}": rate},
        REMEDY: "write default, or an operation of Amazon Connect as AWS names it (ListDataTableValues)",
    }
    return {
        "description": "How fast AWS may be called: by operation, `default` for the others; or `unlimited`.",
        "anyOf": [unlimited, by_operation],
        REMEDY: "write rates by operation, or unlimited",
    }


def _threshold(description: str, default: str) -> Schema:
    pattern = rf"^(100(\.0+)?|[0-9]{{1,2}}(\.[0-9]+)?) ?%{_END}"
    share = {
        "type": "string",
        "pattern": pattern,
        REMEDY: "write a share such as 30%",
        **expecting("a share from 0% to 100%"),
    }
    return {
        "description": f"{description} A share (`30%`) or a number.",
        "default": default,
        "anyOf": [share, {"type": "integer", "minimum": 0}],
        REMEDY: "write a share such as 30%, or a whole number",
    }


def _map(description: str, required: tuple[str, ...], properties: dict[str, Any]) -> Schema:
    return {
        "description": description,
        "type": "object",
        "additionalProperties": False,
        **({"required": list(required)} if required else {}),
        "properties": properties,
    }


def _text(description: str) -> Schema:
    return {"description": description, "type": "string", "minLength": 1}


def _flag(description: str) -> Schema:
    return {"description": description, "type": "boolean", "default": False}


def _count(description: str, default: int) -> Schema:
    return {"description": description, "type": "integer", "minimum": 1, "default": default}
