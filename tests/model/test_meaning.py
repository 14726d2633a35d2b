"""Two spellings of a policy are equal exactly if IAM reads them alike; JSON is equal by value."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.model import Linked
from reconciler.model.meaning import JSON, POLICY
from tests.builders.policies import Json, edited, objects, policies, respelled

ROOT = "arn:aws:iam::111122223333:root"


def statement(**keys: Any) -> Json:
    return {"Statement": [{"Effect": "Allow", "Action": "s3:GetObject", **keys}]}


def test_an_item_equals_a_list_of_it() -> None:
    one = {"Statement": {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}}

    assert POLICY.of(one) == POLICY.of(statement(Action=["s3:GetObject"], Resource=["*"]))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"AWS": "111122223333"}, {"AWS": ROOT}),
        ({"AWS": "111122223333"}, {"AWS": [ROOT.replace("aws:iam", "aws-cn:iam")]}),
        ("*", {"AWS": "*"}),
        ("*", {"AWS": ["*"]}),
        ({"Service": ["a", "b"]}, {"Service": ["b", "a"]}),
    ],
)
def test_principals_have_several_spellings(one: Any, other: Any) -> None:
    assert POLICY.of(statement(Principal=one)) == POLICY.of(statement(Principal=other))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("*", {"Service": "*"}),
        ({"AWS": "111122223333"}, {"AWS": ROOT.replace(":root", ":user/root")}),
        ({"AWS": "111122223333"}, {"Federated": "111122223333"}),
        ({"AWS": "*"}, {"AWS": ["*", "111122223333"]}),
        ({"AWS": "${IamRole/x.arn}"}, {"AWS": Linked("${IamRole/x.arn}")}),
    ],
)
def test_other_principals_differ(one: Any, other: Any) -> None:
    assert POLICY.of(statement(Principal=one)) != POLICY.of(statement(Principal=other))


def test_condition_keys_have_no_case_and_their_values_no_type() -> None:
    one = {"Bool": {"aws:SecureTransport": True}, "NumericEquals": {"s3:max-keys": 10.0}}
    other = {"NumericEquals": {"S3:Max-Keys": ["10"]}, "Bool": {"AWS:SecureTransport": "true"}}

    assert POLICY.of(statement(Condition=one)) == POLICY.of(statement(Condition=other))


@pytest.mark.parametrize(
    "changed",
    [
        {"Bool": {"aws:SecureTransport": "false"}},
        {"BoolIfExists": {"aws:SecureTransport": "true"}},
        {"Bool": {"aws:MultiFactorAuthPresent": "true"}},
        {"Bool": {"aws:SecureTransport": "True"}},
        {},
    ],
)
def test_another_condition_differs(changed: Json) -> None:
    condition = {"Bool": {"aws:SecureTransport": "true"}}

    assert POLICY.of(statement(Condition=condition)) != POLICY.of(statement(Condition=changed))


def test_a_resource_has_case() -> None:
    assert POLICY.of(statement(Resource="arn:aws:s3:::a")) != POLICY.of(statement(Resource="arn:aws:s3:::A"))


def test_a_policy_without_version_has_the_old_one() -> None:
    old, new = ({"Version": version, **statement()} for version in ("2008-10-17", "2012-10-17"))

    assert POLICY.of(statement()) == POLICY.of(old) != POLICY.of(new)


@given(policies(), st.data())
def test_no_spelling_of_a_policy_differs(policy: Json, data: st.DataObject) -> None:
    other = data.draw(respelled(policy))

    assert POLICY.of(policy) == POLICY.of(policy)
    assert POLICY.of(policy) == POLICY.of(other)
    assert POLICY.of(other) == POLICY.of(policy)
    assert POLICY.respelled(other, policy) == policy


def _edits(policy: Json, at: int) -> dict[str, Json]:
    """Returns the policy with one real change of a statement, by the name of the change."""
    changed: dict[str, Json] = {}

    def change(name: str, **keys: Any) -> None:
        edited = deepcopy(policy)
        edited["Statement"][at] |= keys
        changed[name] = edited

    old = policy["Statement"][at]
    change("effect", Effect="Deny" if old["Effect"] == "Allow" else "Allow")
    change("action", Action="s3:DeleteObject")
    actions = old["Action"] if isinstance(old["Action"], list) else [old["Action"]]
    change("one more action", Action=[*actions, "s3:DeleteObject"])
    change("resource", Resource="arn:aws:s3:::other")
    change("principal", Principal={"AWS": "777788889999"})
    change("condition", Condition={"StringEquals": {"aws:SourceAccount": "777788889999"}})
    change("name", Sid="Other")
    dropped = deepcopy(policy)
    del dropped["Statement"][at]
    changed["dropped"] = dropped
    for key in old.keys() - {"Effect", "Action", "Sid"}:
        without = deepcopy(policy)
        del without["Statement"][at][key]
        changed[f"without {key}"] = without
    return changed


@given(policies(), st.data())
def test_every_real_change_of_a_policy_differs(policy: Json, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(policy["Statement"]) - 1))

    for name, changed in _edits(policy, at).items():
        spelled = data.draw(respelled(changed))
        assert POLICY.of(spelled) != POLICY.of(policy), name


@given(policies(), policies(), st.data())
def test_a_policy_in_another_spelling_means_the_same(known: Json, policy: Json, data: st.DataObject) -> None:
    for new in (policy, data.draw(respelled(policy)), *_edits(known, 0).values()):
        assert POLICY.of(POLICY.respelled(new, known)) == POLICY.of(new)


@given(objects, st.data())
def test_json_in_another_spelling_means_the_same(known: Json, data: st.DataObject) -> None:
    new = data.draw(edited(known))

    assert JSON.of(known) == JSON.of(dict(reversed(known.items())))
    assert JSON.of(JSON.respelled(new, known)) == JSON.of(new)
    assert POLICY.of(POLICY.respelled(new, known)) == POLICY.of(new)


@pytest.mark.parametrize(
    ("one", "other"),
    [(1, True), (0, False), (1, "1"), (None, False), ([1, 2], [2, 1]), ({"a": None}, {}), ("a", "A"), ([1], 1)],
)
def test_other_json_values_differ(one: Any, other: Any) -> None:
    assert JSON.of(one) != JSON.of(other)


def test_a_whole_number_has_several_forms() -> None:
    assert JSON.of({"a": 100, "b": 1}) == JSON.of({"b": 1.0, "a": 1e2})


def test_a_changed_statement_keeps_its_place_and_the_spelling_of_the_rest() -> None:
    live = {
        "Version": "2012-10-17",
        "Statement": [
            {"Sid": "A", "Effect": "Allow", "Action": ["s3:Get*", "s3:List*"], "Resource": "*"},
            {"Sid": "B", "Effect": "Allow", "Action": "logs:*", "Resource": ["*"]},
        ],
    }
    declared = {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Action": ["LOGS:*"], "Resource": "*", "Sid": "B"},
            {"Effect": "Allow", "Action": ["s3:Put*", "s3:list*"], "Resource": ["*"], "Sid": "A"},
        ],
    }

    assert POLICY.respelled(declared, live) == {
        "Version": "2012-10-17",
        "Statement": [
            {"Sid": "A", "Effect": "Allow", "Action": ["s3:Put*", "s3:List*"], "Resource": "*"},
            {"Sid": "B", "Effect": "Allow", "Action": "logs:*", "Resource": ["*"]},
        ],
    }
