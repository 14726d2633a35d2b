"""Contents: equal by hash, shown by hash and size, and the same after a way through JSON."""

from __future__ import annotations

import json
from typing import Any

import pytest

from reconciler.model import Content
from reconciler.model.canonical import canonical, plain
from reconciler.model.content import size_text
from tests.builders.contents import Layer, content, program

ABC = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


def test_a_content_is_the_hash_and_the_size_of_bytes() -> None:
    assert Content.of_bytes(b"abc") == Content(ABC, 3)
    assert Content.of_bytes(b"abc").size == 3


def test_two_contents_are_equal_if_their_hashes_are() -> None:
    assert Content(ABC, 3) == Content(ABC)
    assert {Content(ABC, 3): "a"}[Content(ABC)] == "a"
    assert Content(ABC, 3) != Content(ABC.replace("b", "c"), 3)


def test_a_content_is_shown_by_its_hash_and_size() -> None:
    assert (str(Content(ABC, 24_000)), str(Content(ABC))) == ("sha256:ba7816bf8f01…, 24 KB", "sha256:ba7816bf8f01…")


@pytest.mark.parametrize(
    ("size", "text"),
    [
        (0, "0 bytes"),
        (1, "1 byte"),
        (999, "999 bytes"),
        (1_000, "1.0 KB"),
        (9_949, "9.9 KB"),
        (9_950, "10 KB"),
        (999_499, "999 KB"),
        (999_500, "1.0 MB"),
        (52_428_800, "52 MB"),
        (5_000_000_000_000, "5000 GB"),
    ],
)
def test_a_size_is_rounded_to_two_digits(size: int, text: str) -> None:
    assert size_text(size) == text


@pytest.mark.parametrize("known", [Content(ABC, 3), Content(ABC, 0), Content(ABC)])
def test_json_gives_the_same_content(known: Content) -> None:
    read = Content.from_json(json.loads(canonical(known)))

    assert read
    assert (read, read.size) == (known, known.size)


@pytest.mark.parametrize(
    "value",
    [
        None,
        ABC,
        {"sha256": ABC},
        {"sha256": ABC, "size": 3, "more": 1},
        {"sha256": ABC[:-1], "size": 3},
        {"sha256": ABC.upper(), "size": 3},
        {"sha256": f"{ABC}\n", "size": 3},
        {"sha256": 5, "size": 3},
        {"sha256": ABC, "size": -1},
        {"sha256": ABC, "size": True},
        {"sha256": ABC, "size": "3"},
    ],
)
def test_other_values_are_no_contents(value: Any) -> None:
    assert Content.from_json(value) is None
    with pytest.raises(ValueError, match="a content is a map with sha256 and size"):
        Content.of(value)


def test_a_spec_is_the_same_after_json() -> None:
    spec = program(icon=Content(ABC), pages=(content("a"), content("b")), layers=[Layer(name="L", code=content("c"))])

    assert type(spec).model_validate(json.loads(canonical(spec))) == spec
    assert type(spec).model_validate_json(spec.model_dump_json()) == spec
    assert plain(spec)["code"] == {"sha256": content("print(1)").sha256, "size": 8}
