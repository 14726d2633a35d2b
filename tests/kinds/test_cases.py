"""Every case of every kind: AWS's answers and a manifest give these changes and these calls, and no AWS is needed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from botocore.validate import ParamValidator

from reconciler.kinds.operations import writes
from reconciler.kinds.registry import KINDS
from reconciler.sandbox.shapes import answer_check, operation, request_check
from tests.kinds.cases import ANSWER, HERE, Case, formatted, in_order, name_of, paths, read_case
from tests.kinds.ids import with_ids
from tests.kinds.played import played

every_kind = pytest.mark.parametrize("kind", KINDS)
FEWEST = 5
INSTANCE = "00000000-0000-4000-8000-000000000000"


@pytest.mark.parametrize("path", [pytest.param(path, id=name_of(path)) for path in paths()])
def test_a_case_has_its_changes_and_its_calls(path: Path) -> None:
    case = read_case(path)

    result = played(case)

    assert result.changes == case.changes
    assert result.calls == case.calls
    assert not result.unread, "no stage reads these answers"


@every_kind
def test_aws_accepts_every_call_of_the_cases(kind: str) -> None:
    faults = []
    for case, name, given in _calls(kind):
        service = _service_of(kind, name)
        params = _scoped(service, name, given)
        # The first finds unknown parameters, which boto3 does not send. The second also knows patterns and limits.
        faults.append(
            (case, name, ParamValidator().validate(params, operation(service, name).input_shape).generate_report())
        )
        faults.append((case, name, request_check(service, name)(params)))

    assert [fault for fault in faults if fault[-1]] == []


@every_kind
def test_aws_gives_every_answer_of_the_cases(kind: str) -> None:
    service = KINDS[kind].service.name

    faults = [(case, name, answer_check(service, name)(answer)) for case, name, answer in _answers(kind)]

    assert [fault for fault in faults if fault[-1]] == []


@every_kind
def test_the_cases_of_a_kind_are_formatted(kind: str) -> None:
    texts = {name_of(path): path.read_text(encoding="utf-8") for path in paths(kind)}

    assert texts == {name_of(path): formatted(in_order(path)) + "\n" for path in paths(kind)}, (
        "python -m tests.kinds.cases"
    )


@every_kind
def test_a_kind_has_cases(kind: str) -> None:
    assert len(paths(kind)) >= FEWEST


@every_kind
def test_the_cases_of_a_kind_call_every_operation_that_writes(kind: str) -> None:
    own = {*writes(KINDS[kind])}
    of_others = {name for other in KINDS.values() for name in writes(other)} - own

    assert {name for _, name, _ in _calls(kind)} - of_others == own


def test_every_case_is_of_a_kind() -> None:
    folders = {path.parent.name for path in HERE.glob("*/*.json")}

    assert folders - {"examples"} == set(KINDS)


def _cases(kind: str) -> Iterator[tuple[str, Case]]:
    for path in paths(kind):
        yield path.stem, read_case(path)


def _calls(kind: str) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Yields the name of each case, an operation, and its parameters with ids."""
    for name, case in _cases(kind):
        for call in case.calls:
            yield from ((name, called, with_ids(params)) for called, params in call.items())


def _answers(kind: str) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Yields the name of each case, an operation, and its answer with ids."""
    for name, case in _cases(kind):
        for key, answer in (case.live or {}).items():
            match = ANSWER.fullmatch(key)
            assert match, key
            yield name, match["operation"], with_ids(answer)


def _service_of(kind: str, operation: str) -> str:
    """Returns the service of a call: the kind's own, or that of another resource of the case."""
    others = [other for other in KINDS.values() if operation in writes(other)]
    return next(it.service.name for it in (KINDS[kind], *others) if operation in writes(it))


def _scoped(service: str, name: str, params: Mapping[str, Any]) -> dict[str, Any]:
    """Returns the parameters with the instance's id and the tokens, which the client adds."""
    shape = operation(service, name).input_shape
    members = shape.members if shape else {}
    # botocore fills in the tokens that make a repeated call harmless.
    tokens = {name: INSTANCE for name, member in members.items() if member.metadata.get("idempotencyToken")}
    return {**tokens, **({"InstanceId": INSTANCE} if "InstanceId" in members else {}), **params}
