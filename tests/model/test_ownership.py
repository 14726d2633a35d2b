"""Tags that mark a resource as managed: what they say, and what they do not."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.model import Ref, Scope
from reconciler.model.ownership import (
    ADDRESS,
    LONGEST,
    PROTECT,
    STACK,
    address,
    foreign,
    is_managed,
    owns,
    ref_of,
    tags,
)

SCOPE = Scope("centre", "prod", "arn")
QUEUE = Ref("Queue", "billing")
NAMES = st.text(st.characters(exclude_categories=("Cs",)), min_size=1, max_size=300)


def test_a_managed_resource_has_its_stack_and_its_address() -> None:
    assert tags(SCOPE, QUEUE) == {STACK: "centre/prod", ADDRESS: "Queue/billing"}


def test_protection_is_a_tag_of_its_own() -> None:
    assert tags(SCOPE, QUEUE, protect=True) == {**tags(SCOPE, QUEUE), PROTECT: "true"}


# Addresses.


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("first line", "Queue/first line"),
        ("a/b.c:d+e@f-g_h", "Queue/a/b.c:d+e@f-g_h"),
        ("Größe 漢字", "Queue/Größe 漢字"),
        ("a=b", "Queue/a=3Db"),
        ("50 %", "Queue/50 =25"),
        ("🎈", "Queue/=F0=9F=8E=88"),
        ("=3D", "Queue/=3D3D"),
    ],
)
def test_an_address_has_only_letters_of_a_tag(name: str, expected: str) -> None:
    assert address(Ref("Queue", name)) == expected
    assert ref_of(expected) == Ref("Queue", name)


@pytest.mark.parametrize(("length", "is_hash"), [(LONGEST - len("Queue/"), False), (LONGEST - len("Queue/") + 1, True)])
def test_an_address_that_is_too_long_is_a_hash(length: int, is_hash: bool) -> None:
    ref = Ref("Queue", "x" * length)

    assert address(ref).startswith("Queue/sha256:") is is_hash
    assert (ref_of(address(ref)) == ref) is not is_hash


@given(NAMES)
def test_an_address_is_a_tag_value_and_reads_back(name: str) -> None:
    value = address(Ref("Queue", name))

    assert len(value) <= LONGEST
    assert re.fullmatch(r"[\w .:/=+@-]+", value)
    assert ref_of(value).name == name or value.startswith("Queue/sha256:")


@given(NAMES, NAMES)
def test_two_names_have_two_addresses(one: str, other: str) -> None:
    assert (address(Ref("Queue", one)) == address(Ref("Queue", other))) == (one == other)


def test_an_address_that_was_edited_by_hand_still_has_a_name() -> None:
    assert ref_of("Queue/=FF") == Ref("Queue", "\ufffd")
    assert ref_of("Queue") == Ref("Queue", "")


# Who manages it.

MINE = tags(SCOPE, QUEUE)


@pytest.mark.parametrize(
    ("tagged", "managed", "owned"),
    [
        (MINE, True, True),
        ({**MINE, "Team": "a", PROTECT: "true"}, True, True),
        ({}, False, False),
        ({STACK: "centre/prod"}, False, False),
        ({ADDRESS: "Queue/billing"}, False, False),
        ({**MINE, STACK: "centre/test"}, False, False),
        ({**MINE, ADDRESS: "Queue/other"}, False, True),
        ({**MINE, ADDRESS: "QueueGroup/billing"}, False, False),
        ({**MINE, ADDRESS: "HoursOfOperation/billing"}, False, False),
    ],
    ids=["both", "with others", "none", "stack", "address", "other stack", "other name", "longer kind", "other kind"],
)
def test_a_resource_is_managed_by_its_stack_and_its_own_address(
    tagged: dict[str, str], managed: bool, owned: bool
) -> None:
    assert (is_managed(SCOPE, QUEUE, tagged), owns(SCOPE, "Queue", tagged)) == (managed, owned)


def test_manifests_declare_only_the_tags_of_others() -> None:
    tagged = {**MINE, PROTECT: "true", "aws:cloudformation:stack-name": "x", "Team": "a", "reconciler": "b"}

    assert foreign(tagged) == {"Team": "a", "reconciler": "b"}
