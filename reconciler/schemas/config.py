"""Builds the JSON Schema of `reconcile.yaml`, by hand: the file has no spec."""

from __future__ import annotations

from typing import Any

from reconciler.kinds.registry import KINDS
from reconciler.model.spec import REMEDY, Schema, expecting
from reconciler.schemas.artifacts import artifacts_schema
from reconciler.schemas.draft7 import DRAFT
from reconciler.schemas.rates import rates_schema
from reconciler.schemas.windows import window_schema

# Python's `$` also matches before a line's end, JavaScript's does not; only in JavaScript `\d` is `[0-9]`.
_END = r"$(?!\n)"
# The ASCII characters of a tag's value (service model, TagValue): `STACK/ENVIRONMENT` is the value of one tag.
_INSIDE = r"[^\x00-\x1f!-*,/;<>?\[-\^`{-\x7f]"
_OUTSIDE = r"[^ \x00-\x1f!-*,/;<>?\[-\^`{-\x7f]"
_NAME = rf"^(?!\.{{1,2}}$){_OUTSIDE}({_INSIDE}*{_OUTSIDE})?{_END}"
_NAME_REMEDY = "write letters, digits, spaces and _ . : = + - @"
_REGION = r"[a-z]{2,}(-[a-z]+)+-[0-9]+"
_ID = r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
_ARN = rf"arn:aws[a-z-]*:connect:{_REGION}:[0-9]{{12}}:instance/{_ID}"
_INSTANCE = "arn:aws:connect:ca-central-1:111122223333:instance/00000000-0000-4000-8000-000000000000"


def config_schema() -> Schema:
    environments = {
        "title": "Environments",
        "description": "The environments of the stack, by name. Commands that only read use the first by default.",
        "type": "object",
        "minProperties": 1,
        "additionalProperties": False,
        "patternProperties": {_NAME: _environment()},
        REMEDY: _NAME_REMEDY,
        "examples": [{"sandbox": {"sandbox": True}}],
    }
    properties = {
        "stack": {
            "description": "The name of the stack. A tag with this name marks the resources that the stack manages.",
            "type": "string",
            "pattern": _NAME,
            REMEDY: _NAME_REMEDY,
            **expecting("a name that a tag can hold"),
            "examples": ["contact-centre"],
        },
        "manifests": _text("The folder of the manifests, relative to this file.", "manifests")
        | {"default": "manifests"},
        "environments": environments,
    }
    head = {"$schema": DRAFT, "$id": "urn:reconcile:schema:reconcile"}
    top = _map("Configuration", "The stack, its manifests and its environments.", ("stack", "environments"), properties)
    return {**head, **top}


def _environment() -> Schema:
    is_sandbox = {"required": ["sandbox"], "properties": {"sandbox": {"const": True}}}
    fields = {**_place(), **_contents(), **_limits()}
    schema = _map("Environment", "One Connect instance, one account and Region, or the local sandbox.", (), fields)
    either = {"anyOf": [{"required": ["account"]}, {"required": ["region"]}]}
    both = {"required": ["account", "region"], REMEDY: "write both account and region, or the instance's ARN"}
    remedy = "write the instance's ARN, both account and region, or sandbox: true"
    return schema | {
        "if": {"anyOf": [is_sandbox, {"required": ["instance"]}]},
        "else": {"if": either, "then": both, "else": {"required": ["instance"], REMEDY: remedy}},
    }


def _place() -> dict[str, Schema]:
    return {
        "instance": {
            "description": "The ARN of the Connect instance. It may hold variables. Without it, the environment needs "
            "account and region, and cannot have resources of Amazon Connect.",
            "type": "string",
            "pattern": rf"^({_ARN}|.*\$\{{var:[A-Za-z0-9_]+\}}.*){_END}",
            REMEDY: "write arn:aws:connect:REGION:ACCOUNT:instance/ID",
            **expecting("the ARN of an instance"),
            "examples": [_INSTANCE],
        },
        "account": {
            "description": "The AWS account, in quotes. With an instance, it must equal the account in the ARN, which "
            "is the default.",
            "type": "string",
            "pattern": rf"^[0-9]{{12}}{_END}",
            REMEDY: "write twelve digits in quotes",
            **expecting("an account such as 111122223333"),
            "examples": ["111122223333"],
        },
        "region": {
            "description": "The AWS Region. With an instance, it must equal the Region in the ARN, which is the "
            "default.",
            "type": "string",
            "pattern": f"^{_REGION}{_END}",
            REMEDY: "write it as in ca-central-1",
            **expecting("a Region"),
            "examples": ["ca-central-1"],
        },
        "sandbox": _flag("Uses the local AWS, which brings its own instance and endpoint and needs no account."),
        "permissionsBoundary": {
            "description": "The ARN of a managed policy, which every declared role must have as its permissions "
            "boundary. The policies of init let apply write only such roles.",
            "type": "string",
            "pattern": rf"^arn:aws[a-z-]*:iam::[0-9]{{12}}:policy/.+{_END}",
            REMEDY: "write arn:aws:iam::ACCOUNT:policy/NAME",
            **expecting("the ARN of a managed policy"),
            "examples": ["arn:aws:iam::111122223333:policy/contact-centre-boundary"],
        },
    }


def _contents() -> dict[str, Schema]:
    return {
        "overlays": {
            "description": "Folders below the manifests whose documents are merged into the base, in this order.",
            "type": "array",
            "uniqueItems": True,
            "items": {"type": "string", "minLength": 1},
            "examples": [["environments/prod"]],
        },
        "variables": _variables(),
        "ignore": {
            "description": "Differences that plan, apply and drift leave alone.",
            "type": "array",
            "items": _map(
                "Ignored difference",
                "One rule. A * stands for any characters, and a ? for one.",
                ("address", "path"),
                {
                    "address": _text("A pattern for addresses.", "DataTable/*"),
                    "path": _text("A pattern for the paths of fields, or of cells: values.NAME.", "description"),
                },
            ),
        },
        "artifacts": artifacts_schema(),
        "frozen": _text(
            "The reason why nothing may be applied now. Apply exits with 3.", "year-end freeze until 4 January"
        )
        | {REMEDY: "write the reason, or leave it out"},
    }


def _variables() -> Schema:
    return {
        "title": "Variables",
        "description": "Values for ${var:NAME} in manifests. The environment variable RECONCILE_VAR_NAME wins.",
        "type": "object",
        "additionalProperties": False,
        "patternProperties": {
            f"^[A-Za-z_][A-Za-z0-9_]*{_END}": {
                "description": "The value of the variable.",
                "type": "string",
                "examples": ["contact-centre"],
            }
        },
        REMEDY: "write the name of a variable with letters, digits and _",
        "examples": [{"TEAM": "contact-centre"}],
    }


def _limits() -> dict[str, Schema]:
    policy = {
        "maxDelete": _threshold(
            "The most to delete: resources of a kind, rows of a table or cells of an attribute.",
            "Percentages apply from 10 items up.",
            "30%",
        ),
        "maxUpdate": _threshold("The most cells of a table to update.", "Percentages apply from 20 cells up.", "50%"),
        "windows": {
            "description": "Times in which resources of some kinds may be changed. Apply exits with 3 outside them.",
            "type": "array",
            "minItems": 1,
            "items": window_schema(),
            REMEDY: "write a window, or leave windows out",
            "examples": [[{"from": "20:00", "to": "06:00", "timeZone": "Europe/London"}]],
        },
    }
    retries = {
        "attempts": _count("The most attempts of one call, with the first.", 4),
        "conflicts": _count("The most rounds in a row in which edits by other writers stop a whole batch.", 5)
        | {"minimum": 0},
    }
    known = [quota for kind in KINDS.values() for quota in kind.quotas if quota.key]
    quotas = {quota.key: _count(quota.description, quota.default) for quota in known}
    return {
        "policy": _map(
            "Policy", "Limits of the changes of one run, and their times. Apply exits with 3 outside them.", (), policy
        ),
        "rates": rates_schema(),
        "retries": _map("Retries", "How often apply tries again.", (), retries),
        "quotas": _map("Quotas", "Quotas of the account, for those that AWS has raised.", (), quotas),
        "recheck": _flag("Lists values again before updates and deletes at lock level NONE. It needs more calls."),
    }


def _threshold(description: str, scope: str, default: str) -> Schema:
    pattern = rf"^(100(\.0+)?|[0-9]{{1,2}}(\.[0-9]+)?) ?%{_END}"
    share = {
        "type": "string",
        "pattern": pattern,
        REMEDY: "write a share such as 30%",
        **expecting("a share from 0% to 100%"),
    }
    return {
        "description": f"{description} Write a percentage or a number. {scope}",
        "default": default,
        "anyOf": [share, {"type": "integer", "minimum": 0}],
        REMEDY: "write a share such as 30%, or a whole number",
        "examples": [default, 10],
    }


def _map(title: str, description: str, required: tuple[str, ...], properties: dict[str, Any]) -> Schema:
    return {
        "title": title,
        "description": description,
        "type": "object",
        "additionalProperties": False,
        **({"required": list(required)} if required else {}),
        "properties": properties,
    }


def _text(description: str, example: str) -> Schema:
    return {"description": description, "type": "string", "minLength": 1, "examples": [example]}


def _flag(description: str) -> Schema:
    return {"description": description, "type": "boolean", "default": False}


def _count(description: str, default: int) -> Schema:
    return {"description": description, "type": "integer", "minimum": 1, "default": default}
