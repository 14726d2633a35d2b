"""The place of a stack: an instance, or an account and a Region."""

from __future__ import annotations

import re

import pytest
from botocore.loaders import Loader

from reconciler.model import Scope, place_word

ARN = "arn:aws:connect:us-east-1:111122223333:instance/00000000-0000-4000-8000-000000000001"
PLACE = "111122223333/us-east-1"


def test_the_scope_of_a_place_has_its_account_and_region() -> None:
    assert Scope.at("shop", "ops", PLACE) == Scope("shop", "ops", "", "111122223333", "us-east-1")
    assert Scope.at("shop", "prod", ARN) == Scope("shop", "prod", ARN, "111122223333", "us-east-1")


@pytest.mark.parametrize("place", [ARN, PLACE, "", "arn", "arn:aws:connect", "x/y", "1111/us-east-1"])
def test_a_place_that_was_read_from_a_file_stays_as_it_is(place: str) -> None:
    assert Scope.at("shop", "prod", place).place == place


@pytest.mark.parametrize("partition", Loader().load_data("partitions")["partitions"], ids=lambda it: it["id"])
def test_a_region_has_the_partition_that_botocore_says(partition: dict[str, object]) -> None:
    regions = [name for name in partition["regions"] if re.match(partition["regionRegex"], name)]

    assert regions
    assert {Scope("s", "e", region=region).partition for region in regions} == {partition["id"]}


def test_an_instance_has_the_partition_of_its_arn() -> None:
    assert Scope("s", "e", ARN.replace("arn:aws:", "arn:aws-cn:")).partition == "aws-cn"


def test_a_damaged_instance_has_the_partition_of_the_region() -> None:
    assert Scope("s", "e", "arn", region="cn-north-1").partition == "aws-cn"


def test_messages_say_instance_unless_one_is_an_account_and_a_region() -> None:
    assert place_word(ARN, ARN) == "instance"
    assert place_word(ARN, PLACE) == place_word(PLACE, PLACE) == "place"
