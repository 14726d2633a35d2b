"""Builds the JSON Schema of how fast AWS may be called."""

from __future__ import annotations

from functools import cache

from reconciler.kinds.operations import calls_of
from reconciler.kinds.registry import KINDS
from reconciler.kinds.services import CONNECT, operation_rates
from reconciler.model.spec import REMEDY, Schema

_END = r"$(?!\n)"

# Operations on data tables that no kind calls.
_UNUSED = """
BatchDescribeDataTableValue DescribeDataTableAttribute EvaluateDataTableValues ListDataTablePrimaryValues
"""
# Operations that later kinds may read with, so that a file can set their rates already.
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
    """Returns every operation that may have a rate: those that the kinds call, or may call later.

    Operations of Amazon Connect have their bare name, those of other services are `service:Operation`.
    """
    called = {*operation_rates()}.union(*(calls_of(kind) for kind in KINDS.values()))
    called = called.union(*(calls for kind in KINDS.values() for calls in kind.calls_for.values()))
    bare = {call.removeprefix(f"{CONNECT.name}:") for call in called}
    return tuple(sorted(bare | {*_UNUSED.split(), *_LATER.split()}))


def rates_schema() -> Schema:
    unlimited = {"type": "string", "enum": ["unlimited"]}
    rate = {
        "description": "The rate of one operation, or of all others.",
        "anyOf": [unlimited, _pair()],
        REMEDY: "write {perSecond: 2, burst: 5}, or unlimited",
        "examples": [{"perSecond": 2, "burst": 5}],
    }
    by_operation = {
        "title": "Rates by operation",
        "description": "Rates by operation, and a default for the other operations of Amazon Connect.",
        "type": "object",
        "additionalProperties": False,
        "properties": {"default": rate},
        "patternProperties": {f"^({'|'.join(operations())}){_END}": rate},
        REMEDY: "write default, an operation of Amazon Connect as AWS names it (ListDataTableValues), or one of "
        "another service (logs:CreateLogGroup)",
    }
    return {
        "description": "How fast AWS may be called: by operation, with a default for the others of Amazon Connect; or "
        "unlimited. Other services have defaults of their own.",
        "anyOf": [unlimited, by_operation],
        REMEDY: "write rates by operation, or unlimited",
        "examples": [{"default": {"perSecond": 2, "burst": 5}}],
    }


def _pair() -> Schema:
    numbers = {
        "perSecond": {
            "description": "The calls per second in the long run.",
            "type": "number",
            "exclusiveMinimum": 0,
            "examples": [2],
        },
        "burst": {
            "description": "The most calls at once after a pause.",
            "type": "integer",
            "minimum": 1,
            "examples": [5],
        },
    }
    return {
        "title": "Rate",
        "description": "The rate of an operation.",
        "type": "object",
        "additionalProperties": False,
        "required": ["perSecond", "burst"],
        "properties": numbers,
    }
