"""The check of words finds what the project does not write, and nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from scripts import words


def advice(text: str, path: str = "reconciler/example.py") -> list[str]:
    return [fault.text for fault in words.python_faults(path, text)]


@pytest.mark.parametrize(
    "prose",
    [
        "The plan tells what changes.",
        "A resource that nobody declares.",
        "The table is made anew.",
        "This can not be deleted.",
        "The text is no YAML.",
        "Its rows are laid over the base.",
        "Returns a plan. Of it the digest is taken.",
        "What is live and nobody declares.",
        "Whether a change is written.",
        "The command ends with 2.",
    ],
)
def test_dialect_is_found_in_docstrings_comments_and_messages(prose: str) -> None:
    docstring, comment, message = f'"""{prose}"""\n', f"# {prose}\nx = 1\n", f'x = "{prose}"\n'

    assert advice(docstring)
    assert advice(comment)
    assert advice(message)


@pytest.mark.parametrize(
    "prose",
    [
        "Returns the plan of a table, with one call per batch.",
        "There is no change.",
        "A name that ends with a dot is refused.",
        "AWS returns `told` in this member.",
        "What is a stack?",
    ],
)
def test_plain_sentences_pass(prose: str) -> None:
    assert advice(f'"""{prose}"""\n') == []


def test_a_sentence_of_more_than_twenty_words_is_found() -> None:
    assert advice(f'"""Returns {"one " * 20}word."""\n') == ["a sentence of 22 words"]


def test_a_function_docstring_starts_with_a_verb() -> None:
    assert advice('def read():\n    """The users."""\n') == ["docstring of read starts with The"]
    assert advice('def read():\n    """Returns the users."""\n') == []
    assert advice('@root.command()\ndef plan():\n    """Show what apply would do."""\n') == []


@pytest.mark.parametrize("code", ["told = 1", "def f(found): ...", "for each in x: ...", "class NotOurs: ..."])
def test_names_that_say_nothing_are_found(code: str) -> None:
    assert len(advice(code)) == 1


def test_a_second_class_of_one_name_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(words, "ROOT", tmp_path)
    for path in ("reconciler/a.py", "reconciler/b.py", "reconciler/sandbox/c.py"):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text("class Place: ...\n")

    faults = list(words.faults_in(["reconciler"]))

    assert [(fault.path, fault.text) for fault in faults] == [
        ("reconciler/b.py", "the class Place is also in reconciler/a.py")
    ]


def test_an_exception_that_excuses_nothing_is_a_fault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    listed = tmp_path / "words.txt"
    listed.write_text("# path | text | reason\nscripts/words.py | a word without a place | none\n")
    monkeypatch.setattr(words, "EXCEPTIONS", listed)

    assert "scripts/words.py: a word without a place: this exception excuses nothing" in words.unused_exceptions([])


@pytest.mark.slow
def test_the_code_its_tests_and_the_pages_are_plain(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.argv", ["words.py", "--check"])

    assert words.main() == 0, capsys.readouterr().out
