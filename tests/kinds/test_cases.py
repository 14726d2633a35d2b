"""Every case of every kind: AWS's answers and a manifest give these changes and these calls, and no AWS is needed."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from botocore.validate import ParamValidator

from reconciler.kinds.operations import writes
from reconciler.kinds.registry import KINDS
from reconciler.sandbox.shapes import answer_check, operation, request_check
from tests.kinds.cases import ANSWER, HERE, formatted, in_order, name_of, paths, read_case
from tests.kinds.played import played
from tests.kinds.wire import with_ids

every_case = pytest.mark.parametrize("path", [pytest.param(path, id=name_of(path)) for path in paths()])
every_kind = pytest.mark.parametrize("kind", KINDS)
FEWEST = 5
# How AWS names its reads. The other operations of a kind's tables write.
READS = ("Describe", "List", "Search")
INSTANCE = "00000000-0000-4000-8000-000000000000"


@every_case
def test_a_case_has_its_changes_and_its_calls(path: Path) -> None:
    case = read_case(path)

    result = played(case)

    assert result.changes == case.changes
    assert result.calls == case.calls
    assert not result.unread, "no stage reads these answers"


@every_case
def test_aws_accepts_every_call_of_a_case(path: Path) -> None:
    case = read_case(path)
    service = KINDS[case.kind].service

    for call in case.calls:
        for name, params in call.items():
            sent = _scoped(service, name, with_ids(params))

            assert not _unknown(service, name, sent)
            assert request_check(service, name)(sent) is None, name


@every_case
def test_aws_gives_every_answer_of_a_case(path: Path) -> None:
    case = read_case(path)
    service = KINDS[case.kind].service

    for key, answer in (case.live or {}).items():
        match = ANSWER.fullmatch(key)

        assert match, key
        assert answer_check(service, match["operation"])(with_ids(answer)) is None, key


@every_case
def test_a_case_is_formatted(path: Path) -> None:
    text = path.read_text(encoding="utf-8")

    assert text == formatted(in_order(path)) + "\n", "python -m tests.kinds.cases"


@every_kind
def test_a_kind_has_cases(kind: str) -> None:
    assert len([path for path in paths() if path.parent.name == kind]) >= FEWEST


@every_kind
def test_the_cases_of_a_kind_call_every_operation_that_writes(kind: str) -> None:
    own = _writes(kind)
    called = {name for path in paths() if path.parent.name == kind for name in read_case(path).operations}
    of_others = {name for other in KINDS for name in _writes(other)} - own

    assert {name for name in called if not name.startswith(READS)} - of_others == own


def test_every_case_is_of_a_kind() -> None:
    folders = {path.parent for path in HERE.glob("*/*.json")}

    assert {folder.name for folder in folders} - {"examples"} == set(KINDS)


def _writes(kind: str) -> set[str]:
    return {name for name in writes(KINDS[kind]) if not name.startswith(READS)}


def _scoped(service: str, name: str, params: Mapping[str, Any]) -> dict[str, Any]:
    """Returns the parameters with the instance's id, which the client adds."""
    shape = operation(service, name).input_shape
    return {**({"InstanceId": INSTANCE} if shape and "InstanceId" in shape.members else {}), **params}


def _unknown(service: str, name: str, params: Mapping[str, Any]) -> str:
    """Returns the parameters that the service does not know. boto3 refuses them before it sends anything."""
    report = ParamValidator().validate(params, operation(service, name).input_shape).generate_report()
    return str(report)
