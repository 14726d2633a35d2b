"""Prompts: what the laws of all types do not say."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler.sandbox import Control

from .administrative import HERE, PROMPT
from .calls import INVALID, MISSING, refused
from .flows import action, leading, problems


def test_a_new_instance_has_prompts_and_an_empty_one_has_none(sandbox: Control, connect: Any) -> None:
    names = [row["Name"] for row in PROMPT.listed(connect)]

    sandbox.reset()
    sandbox.set_faults({"switches": {"builtIns": False}})

    assert {"Beep.wav", "CustomerHold.wav"} < set(names)
    assert PROMPT.listed(connect) == []


def test_the_file_is_never_shown_and_can_be_replaced(connect: Any) -> None:
    id = PROMPT.make(connect, "Hello")
    before = PROMPT.described(connect, id)

    answer = connect.update_prompt(**HERE, PromptId=id, S3Uri="s3://sounds/new.wav")

    assert (answer["PromptId"], answer["PromptARN"]) == (id, before["PromptARN"])
    after = PROMPT.described(connect, id)
    assert {**after, "LastModifiedTime": 0} == {**before, "LastModifiedTime": 0}
    assert "S3Uri" not in after


@pytest.mark.parametrize("address", ["hello.wav", "s3://bucket", "https://example.com/hello.wav"])
def test_a_file_is_an_address_in_s3(connect: Any, address: str) -> None:
    assert refused(lambda: PROMPT.make(connect, "Hello", S3Uri=address)) == INVALID


def test_a_file_may_be_the_presigned_address_of_another_prompt(connect: Any) -> None:
    first = PROMPT.make(connect, "First")
    address = connect.get_prompt_file(**HERE, PromptId=first)["PromptPresignedUrl"]

    assert PROMPT.make(connect, "Second", S3Uri=address)
    assert refused(lambda: connect.get_prompt_file(**HERE, PromptId="nowhere")) == MISSING


def test_a_flow_names_a_prompt_until_it_is_deleted(connect: Any) -> None:
    id = PROMPT.make(connect, "Hello")
    playing = leading(action("MessageParticipant", PromptId=PROMPT.described(connect, id)["PromptARN"]))

    before = problems(connect, playing)
    connect.delete_prompt(**HERE, PromptId=id)

    assert before == []
    message = "Invalid Action property value. Path: Actions[0].Parameters.PromptId"
    assert problems(connect, playing) == [message]
