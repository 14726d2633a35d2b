"""Parameter Store: types and patterns that stay, sizes, and tags."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler.sandbox import REGION, Control

from .calls import refused
from .services import ONCE


@pytest.fixture
def ssm(sandbox: Control, session: Any) -> Any:
    return session.create_client("ssm", region_name=REGION, config=ONCE)


def put(ssm: Any, value: str = "Billing", **more: Any) -> Any:
    return ssm.put_parameter(**{"Name": "/a/b", "Value": value, "Type": "String", **more})


def code(call: Any) -> str:
    return refused(call)[0]


def test_a_parameter_is_overwritten_only_if_the_request_says_so(ssm: Any) -> None:
    put(ssm, Description="Old")

    assert code(lambda: put(ssm, "Outages")) == "ParameterAlreadyExists"
    put(ssm, "Outages", Overwrite=True)

    (described,) = ssm.describe_parameters()["Parameters"]
    assert (described["Version"], described["Description"]) == (2, "Old")


def test_the_type_of_a_parameter_stays(ssm: Any) -> None:
    put(ssm)

    assert code(lambda: put(ssm, Type="StringList", Overwrite=True)) == "HierarchyTypeMismatchException"


def test_a_pattern_stays_until_it_is_emptied(ssm: Any) -> None:
    assert code(lambda: put(ssm, AllowedPattern="[a-z]+")) == "ParameterPatternMismatchException"
    put(ssm, AllowedPattern="[A-Z][a-z]+")

    assert code(lambda: put(ssm, "no", Overwrite=True)) == "ParameterPatternMismatchException"
    put(ssm, "Outages", Overwrite=True)
    assert code(lambda: put(ssm, "no", Overwrite=True)) == "ParameterPatternMismatchException"
    put(ssm, "no", Overwrite=True, AllowedPattern="")


def test_the_tier_decides_the_size_and_has_no_way_back(ssm: Any) -> None:
    assert code(lambda: put(ssm, "x" * 4097)) == "ValidationException"
    put(ssm, "x" * 4097, Tier="Advanced")

    assert code(lambda: put(ssm, Tier="Standard", Overwrite=True)) == "ValidationException"


def test_reserved_and_too_many_tags_are_refused(ssm: Any) -> None:
    put(ssm)
    named = {"ResourceType": "Parameter", "ResourceId": "/a/b"}

    reserved, many = [{"Key": "aws:x", "Value": "y"}], [{"Key": str(number), "Value": "x"} for number in range(51)]
    assert code(lambda: ssm.add_tags_to_resource(**named, Tags=reserved)) == "ValidationException"
    assert code(lambda: ssm.add_tags_to_resource(**named, Tags=many)) == "TooManyTagsError"
