"""Reads YAML text into nodes with positions."""

from __future__ import annotations

import json

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from reconciler.documents.nodes import Scalar, key_place, place, plain, scalars
from reconciler.documents.yaml_text import YamlText, read_yaml


def read(text: str) -> YamlText:
    return read_yaml(text, "x.yaml")


def value(text: str) -> object:
    (document,) = read(text).documents
    return plain(document)


def mistakes(text: str) -> list[str]:
    return [str(mistake) for mistake in read(text).mistakes]


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        *[(word, True) for word in ("true", "True", "TRUE")],
        *[(word, None) for word in ("null", "Null", "NULL", "~")],
        *[(word, word) for word in ("no", "yes", "on", "off", "y", "tRUE", "12:30:00", "1_000", "2024-01-01", "1,5")],
        *[(word, word) for word in ("007", "00", "-007", "01.5", "+1", "+49301234", "0x", "0o8", "1e", ".", "--1")],
        ("0", 0),
        ("-0", 0),
        ("12", 12),
        ("-12", -12),
        ("0x1F", 31),
        ("0o17", 15),
        ("0.5", 0.5),
        (".5", 0.5),
        ("2.0", 2.0),
        ("1.", 1.0),
        ("-1.5e3", -1500.0),
        ("6E2", 600.0),
        (".inf", float("inf")),
        ("-.INF", float("-inf")),
        ("1e999", float("inf")),
        ("9" * 5000, float("inf")),
        ("0x" + "f" * 5000, float("inf")),
    ],
)
def test_plain_scalars_follow_yaml_1_2_except_leading_zeros_and_pluses(text: str, meant: object) -> None:
    found = value(f"- {text}")

    assert found == [meant]
    assert type(found[0]) is type(meant)


@pytest.mark.parametrize("text", ["'12'", '"12"', '"true"', "'~'", "''", "|\n  12", ">\n  12"])
def test_quoted_and_block_scalars_are_texts(text: str) -> None:
    (found,) = value(f"- {text}")

    assert isinstance(found, str)


@given(st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1))
def test_every_scalar_keeps_its_source_text(text: str) -> None:
    (document,) = read(f"- {json.dumps(text, ensure_ascii=False)}").documents

    (scalar,) = scalars(document)

    assert scalar.text == text


@pytest.mark.parametrize("text", ["2.0", "TRUE", "0x1F", "1e3", "~", "007"])
def test_plain_scalars_keep_their_source_text_too(text: str) -> None:
    (document,) = read(f"- {text}").documents

    assert [scalar.text for scalar in scalars(document)] == [text]


def test_keys_values_and_items_have_positions() -> None:
    (document,) = read("# a remark\na:\n  - one\n  -   b: two\n").documents

    assert place(document, ["a", 0])[1:] == (3, 5)
    assert place(document, ["a", 1, "b"])[1:] == (4, 10)
    assert key_place(document, ["a", 1, "b"])[1:] == (4, 7)
    assert key_place(document, ["a"])[1:] == (2, 1)


def test_columns_count_characters_and_not_bytes() -> None:
    assert mistakes("ä: {ü: 1, ü: 2}")[0].startswith("x.yaml:1:11:")


def test_windows_line_ends_count_once() -> None:
    assert mistakes("a: 1\r\nb: 2\r\nb: 3\r\n")[0].startswith("x.yaml:3:1:")


def test_a_file_may_have_several_documents_and_empty_ones_are_skipped() -> None:
    assert [plain(each) for each in read("---\na: 1\n---\n---\n# nothing\n---\nb: 2\n").documents] == [
        {"a": 1},
        {"b": 2},
    ]


@pytest.mark.parametrize("text", ["", "\n", "# remark\n", "---\n", "---\n...\n"])
def test_an_empty_file_has_no_document(text: str) -> None:
    assert read(text) == YamlText((), ())


@pytest.mark.parametrize(
    ("text", "at", "words"),
    [
        ("a: 1\na: 2", "2:1", "repeated"),
        ("a: !Ref x", "1:4", "tag"),
        ("a: !!str 1", "1:4", "tag"),
        ("<<: {a: 1}", "1:1", "merge"),
        ("1: a", "1:1", "in quotes"),
        ("true: a", "1:1", "in quotes"),
        ("~: a", "1:1", "in quotes"),
        ("? [a]\n: b", "1:3", "cannot be a key"),
        ("a: *b", "1:4", "no anchor"),
        ("a: &b [*b]", "1:8", "inside"),
        ('a: "\\a"', "1:4", "control character"),
        ("a: \x07", "1:4", "U+0007"),
        ("a: \x85", "1:4", "U+0085"),
        ("a: \u2028", "1:4", "U+2028"),
        ("a: [1", "1:4", "invalid YAML"),
        ("a: b: c", "1:5", "invalid YAML"),
        ("a:\n\t- b", "2:1", "tabs"),
        ("a: @b", "1:4", "in quotes"),
        ("a: 'b", "1:4", "invalid YAML"),
        ('a: "\\UFFFFFFFF"', "1:7", "invalid YAML"),
    ],
)
def test_a_mistake_has_its_place_and_fault(text: str, at: str, words: str) -> None:
    (mistake,) = mistakes(text)

    assert mistake.startswith(f"x.yaml:{at}: ")
    assert words in mistake


def test_anchors_and_aliases_are_supported() -> None:
    assert value("a: &x {b: 1}\nc: *x") == {"a": {"b": 1}, "c": {"b": 1}}


def test_anchors_end_with_their_document() -> None:
    assert "no anchor" in mistakes("a: &x 1\n---\nb: *x")[0]


def test_all_mistakes_of_a_document_are_found() -> None:
    assert len(mistakes("a: 1\na: 2\nb: !x 3\n4: 5\nc: *d\n")) == 4


def test_reading_goes_on_after_a_broken_document() -> None:
    found = read("a: 1\n---\nb: [\n---\nc: 3\n---\nd: }\n---\ne: 5\ne: 6\n")

    assert [plain(each) for each in found.documents] == [{"a": 1}, {"c": 3}, {"e": 5}]
    assert [mistake.source.line for mistake in found.mistakes] == [4, 7, 10]


def test_an_alias_bomb_ends_its_document_only() -> None:
    bomb = "a0: &a0 [x, x]\n" + "".join(f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]\n" for n in range(1, 40))

    found = read(f"{bomb}---\nb: 1\n")

    assert "expand to more than" in found.mistakes[0].message
    assert [plain(each) for each in found.documents] == [{"b": 1}]


def test_nesting_ends_at_64_levels() -> None:
    assert mistakes("[" * 64 + "]" * 64) == []
    assert "deeper than 64" in mistakes("[" * 65 + "]" * 65)[0]


def test_nesting_through_aliases_counts() -> None:
    chain = "a0: &a0 [x]\n" + "".join(f"a{n}: &a{n} [*a{n - 1}]\n" for n in range(1, 80))

    assert "deeper than 64" in mistakes(chain)[0]


@pytest.mark.slow
def test_a_file_of_too_many_values_is_not_read_to_its_end() -> None:
    assert "more than 500000 values" in mistakes("- 1\n" * 600_000)[0]


def test_at_most_a_hundred_mistakes_are_listed() -> None:
    found = mistakes("".join("a: 1\n" for _ in range(5000)))

    assert len(found) == 101
    assert "or more" in found[-1]


def test_the_python_parser_gives_the_same_result() -> None:
    text = "a: &x [1, 2.0, 'q', {b: *x}]\nc: 1\nc: 2\n---\nd: [\n---\ne: \"\\u00e9\"\n"

    one, other = (read_yaml(text, "x.yaml", loader=loader) for loader in (yaml.CSafeLoader, yaml.SafeLoader))

    assert one.documents == other.documents
    assert [mistake.source for mistake in one.mistakes] == [mistake.source for mistake in other.mistakes]


_LEAVES = st.none() | st.booleans() | st.integers(-(10**20), 10**20) | st.floats(allow_nan=False, allow_infinity=False)
_TEXTS = st.text(st.characters(exclude_categories=["Cc", "Cs", "Cn", "Co", "Zl", "Zp"], exclude_characters="\ufeff"))


@given(st.recursive(_LEAVES | _TEXTS, lambda inner: st.lists(inner) | st.dictionaries(_TEXTS, inner), max_leaves=20))
def test_json_is_read_as_json_reads_it(written: object) -> None:
    text = json.dumps([written], ensure_ascii=False)

    found = read(text)

    assert found.mistakes == ()
    assert plain(found.documents[0]) == json.loads(text)


@given(st.text(max_size=200))
def test_no_text_makes_reading_fail(text: str) -> None:
    found = read(text)

    assert all(mistake.source.line >= 0 for mistake in found.mistakes)
    assert all(isinstance(scalar, Scalar) for document in found.documents for scalar in scalars(document))
