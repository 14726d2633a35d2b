"""Secret texts on their way to AWS: only their characters are sent, and no error quotes them."""

from __future__ import annotations

import json
import traceback
from collections.abc import Callable

import pytest

from reconciler.errors import CallError, Meaning
from reconciler.model import HiddenText
from tests.worlds.agents import HERE
from tests.worlds.passwords import value
from tests.worlds.world import World

PLANTED = "Planted horse 7"  # the sandbox quotes a user name that has blanks


@pytest.mark.parametrize("shown", [repr, str, lambda text: f"{text:>3}", "{}".format, lambda text: repr([text])])
def test_a_hidden_text_is_not_shown(shown: Callable[[str], str]) -> None:
    assert "Planted" not in shown(HiddenText(PLANTED))


def test_its_characters_are_sent(world: World) -> None:
    world.aws.write("secretsmanager", "CreateSecret", {"Name": "s", "SecretString": HiddenText(PLANTED)})

    assert value(world, "s") == PLANTED
    assert json.loads(json.dumps(HiddenText(PLANTED))) == PLANTED


def test_an_error_of_aws_that_quotes_it_loses_it(world: World) -> None:
    params = {**HERE, "Username": HiddenText(PLANTED), "RoutingProfileId": "x", "SecurityProfileIds": ["x"]}
    params |= {"PhoneConfig": {"PhoneType": "SOFT_PHONE"}}

    with pytest.raises(CallError) as caught:
        world.aws.write("connect", "CreateUser", params)

    assert (caught.value.meaning, caught.value.message) == (Meaning.INVALID, "Username: '<hidden>' is not valid")
    assert PLANTED not in "".join(traceback.format_exception(caught.value))


def test_an_error_of_botocore_that_quotes_it_loses_it(world: World) -> None:
    with pytest.raises(CallError) as caught:
        world.aws.write("connect", "CreateUser", {**HERE, "SecurityProfileIds": HiddenText(PLANTED)})

    assert "<hidden>" in caught.value.message
    assert PLANTED not in "".join(traceback.format_exception(caught.value))
