"""Finds words that the project does not use, and suggests plain ones.

Usage:
    python scripts/words.py [PATH ...]          lists the faults of files or folders, and counts them
    python scripts/words.py --check             exits with 1 if there is a fault

It reads docstrings, comments, messages and names in Python, and the sentences of Markdown pages.
"""

from __future__ import annotations

import ast
import io
import re
import sys
import tokenize
from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import cache, lru_cache
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
EXCEPTIONS = ROOT / "scripts" / "words.txt"
# The places to read: the code, its tests, and the pages.
ALL = ("reconciler", "scripts", "benchmarks", "tests", "docs", "README.md", "CONTRIBUTING.md")

MAX_WORDS = 20
PLAIN_WORDS = {
    r"told|said": "result, message, text, listed, declared",
    r"tells? of|tells?|telling": "returns, reports, shows, says",
    r"ours|theirs": "managed by this stack, not managed",
    r"nobody|nobody's": "no manifest, no one, not managed",
    r"somebody|somebody's|whoever": "another writer, the author, the caller",
    r"anew": "replaced, recreated",
    r"shall": "will, must",
    r"bears?|bearing|borne": "has",
    r"pass(?:es|ed)? over": "skipped",
    r"(?:lay|lays|laid) over": "merged",
    r"mend(?:s|ed|ing)?": "fix",
    r"besides": "also",
    r"second looks?|rereads?": "recheck",
    r"gaps": "details",
    r"unanswered": "write-only",
    r"grave": "requires --allow-create",
    r"can not": "cannot",
    r"reckon(?:s|ed|ing)?": "compute, estimate",
    r"live is as declared": "No changes.",
    r"(?<!there )(?:is|are) no (?!longer)": "is not a valid …, has no …",
    r"ends? with (?:exit|code|\d)": "returns, exits with",
    r"wherefore|whereof|thereof|whereby|lest|whence|thence|hence|aught|naught|in vain": "a plain word",
}
OPENINGS = {
    r"Of\b": "name the subject first",
    r"By which\b": "name the subject first",
    r"Whether\b(?=[^.?!]*[.!:])": "Returns whether …",
    r"What\b(?=[^?]*(?:[.!:;]|$))": "name the thing",
}
# Participles and pronouns that say nothing as the name of a value.
EMPTY_NAMES = {"told", "said", "found", "each", "made", "asked", "seen", "shown"}
DIALECT_PARTS = {"told", "said", "anew", "ours", "theirs", "nobody", "somebody", "shall", "grave", "mend", "besides"}
DIALECT_PARTS |= {"gaps", "late", "unanswered", "undisturbed", "untold"}

_TEXT = [
    (re.compile(rf"\b(?:{words})(?![\w'])" if not words.endswith(")") else rf"\b{words}", re.IGNORECASE), advice)
    for words, advice in PLAIN_WORDS.items()
]
_OPENINGS = [(re.compile(opening), advice) for opening, advice in OPENINGS.items()]
_CODE = re.compile(r"``?[^`]*``?|\$\{[^}]*\}|https?://\S+|<[^<>]+>")
_SENTENCE_END = re.compile(r"(?<=[.!?:])\s+(?=[A-Z`])")


class Fault(NamedTuple):
    """One place with a word, an opening, a name or a sentence to change."""

    path: str
    line: int
    text: str
    advice: str


def main() -> int:
    checks = "--check" in sys.argv
    paths = [word for word in sys.argv[1:] if not word.startswith("-")]
    faults = list(faults_in(paths or ALL))
    allowed = exceptions()
    lines = [
        f"{fault.path}:{fault.line}: {fault.text}: write {fault.advice}"
        for fault in faults
        if (fault.path, fault.text) not in allowed
    ]
    if checks:
        lines += unused_exceptions(faults)
    print("\n".join([*lines, f"{len(lines)} faults"]))
    return int(checks and bool(lines))


def unused_exceptions(faults: Iterable[Fault]) -> list[str]:
    unused = exceptions() - {(fault.path, fault.text) for fault in faults}
    return [f"{path}: {text}: this exception excuses nothing" for path, text in sorted(unused)]


def exceptions() -> set[tuple[str, str]]:
    """Returns the allowed places, each a path and a text. A line of the file also has a reason."""
    allowed = set()
    lines = EXCEPTIONS.read_text(encoding="utf-8").splitlines() if EXCEPTIONS.exists() else []
    for line in lines:
        if line and not line.startswith("#"):
            path, text, _reason = line.split(" | ")
            allowed.add((path, text))
    return allowed


def faults_in(paths: Iterable[str]) -> Iterator[Fault]:
    files = [file for path in paths for file in files_below(ROOT / path)]
    for file in files:
        path = file.relative_to(ROOT).as_posix()
        text = file.read_text(encoding="utf-8")
        yield from python_faults(path, text) if file.suffix == ".py" else page_faults(path, text)
    yield from repeated_classes(file for file in files if file.suffix == ".py" and "reconciler/" in file.as_posix())


def files_below(path: Path) -> list[Path]:
    if path.is_file():
        return [path]
    return sorted(file for suffix in ("py", "md") for file in path.rglob(f"*.{suffix}"))


def python_faults(path: str, text: str) -> Iterator[Fault]:
    tree = ast.parse(text)
    is_test = path.startswith("tests/")
    for line, prose in [*comments(text), *docstrings(tree)]:
        yield from prose_faults(path, line, prose)
        yield from long_sentences(path, line, prose)
    if not is_test:
        for line, message in messages(tree):
            yield from prose_faults(path, line, message)
        yield from docstring_openings(path, tree)
    yield from name_faults(path, tree, is_test=is_test)


@lru_cache(maxsize=1)
def walked(tree: ast.Module) -> tuple[ast.AST, ...]:
    """Returns the nodes of a file. Each check needs them, and finding them takes longer than the check."""
    return tuple(ast.walk(tree))


def page_faults(path: str, text: str) -> Iterator[Fault]:
    """Reads the prose of a Markdown page: no fenced block, no generated table."""
    prose = re.sub(r"^```.*?^```", lambda block: "\n" * block[0].count("\n"), text, flags=re.DOTALL | re.MULTILINE)
    for number, line in enumerate(prose.splitlines(), 1):
        yield from prose_faults(path, number, line.lstrip("#>-*| 0123456789."))


def prose_faults(path: str, line: int, prose: str) -> Iterator[Fault]:
    plain = _CODE.sub("`", prose)
    for pattern, advice in _TEXT:
        for match in pattern.finditer(plain):
            yield Fault(path, line, match[0].strip(), advice)
    for sentence in _SENTENCE_END.split(plain.strip()):
        for opening, advice in _OPENINGS:
            if start := opening.match(sentence):
                yield Fault(path, line, f"{start[0]} … at the start of a sentence", advice)


def long_sentences(path: str, line: int, prose: str) -> Iterator[Fault]:
    """Finds sentences that are too long. Indented lines, rows and lines with wide spaces are code and tables."""
    sentences = "\n".join(text for text in prose.splitlines() if not re.search(r"^ {4}|^\||\S {2,}\S", text))
    for sentence in re.split(r"(?<=[.!?:;])\s+|\n\s*\n|\n\s*[-*]\s", _CODE.sub("`", sentences)):
        if (words := len(sentence.split())) > MAX_WORDS:
            yield Fault(path, line, f"a sentence of {words} words", f"at most {MAX_WORDS}")


def comments(text: str) -> Iterator[tuple[int, str]]:
    """Yields each comment with its first line; lines that follow each other are one comment."""
    first, last, parts = 0, 0, list[str]()
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type != tokenize.COMMENT or token.string.startswith(("#!", "# noqa", "# type:")):
            continue
        if parts and (token.start[0] != last + 1 or not token.line.lstrip().startswith("#")):
            yield first, " ".join(parts)
            parts = []
        if not parts:
            first = token.start[0]
        parts.append(token.string.lstrip("#: ").strip())
        last = token.start[0]
    if parts:
        yield first, " ".join(parts)


def docstrings(tree: ast.Module) -> Iterator[tuple[int, str]]:
    for node in walked(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            text = ast.get_docstring(node)
            if text:
                yield node.body[0].lineno, text


def messages(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Yields texts of more than one word that are not docstrings."""
    known = {
        id(node.body[0].value)
        for node in walked(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    for node in walked(tree):
        if isinstance(node, ast.JoinedStr):
            parts = [part.value if isinstance(part, ast.Constant) else "`" for part in node.values]
            known.update(id(part) for part in node.values)
            text = "".join(map(str, parts))
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in known:
            text = node.value
        else:
            continue
        if " " in text:
            yield node.lineno, text


def docstring_openings(path: str, tree: ast.Module) -> Iterator[Fault]:
    """Finds functions whose docstring does not start with a verb; help texts of commands and properties may."""
    for node in walked(tree):
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) or not (text := ast.get_docstring(node)):
            continue
        decorators = " ".join(ast.unparse(decorator) for decorator in node.decorator_list)
        if "command" in decorators or "group" in decorators or "property" in decorators:
            continue
        first = text.split()[0]
        if not re.fullmatch(r"[A-Z][a-z]+s", first):
            yield Fault(
                path, node.lineno, f"docstring of {node.name} starts with {first}", "a verb: Returns, Reads, Raises …"
            )


def name_faults(path: str, tree: ast.Module, *, is_test: bool) -> Iterator[Fault]:
    for line, name in names(tree):
        if (name in EMPTY_NAMES and not is_test) or parts_of(name) & DIALECT_PARTS:
            yield Fault(path, line, f"the name {name}", "a noun of the domain")


@cache
def parts_of(name: str) -> set[str]:
    return set(re.findall(r"[a-z]+", re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower()))


def names(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Yields the names that a file gives: functions, classes, parameters and values."""
    for node in walked(tree):
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                yield node.lineno, node.name
            case ast.arg():
                yield node.lineno, node.arg
            case ast.Name(ctx=ast.Store()):
                yield node.lineno, node.id


def repeated_classes(files: Iterable[Path]) -> Iterator[Fault]:
    """Finds class names that are used twice. The sandbox and each Lambda are programs of their own."""
    places = defaultdict[tuple[str, str], list[tuple[str, int]]](list)
    for file in files:
        path = file.relative_to(ROOT).as_posix()
        own = re.match(r"reconciler/(sandbox|lambdas/\w+)/", path)
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ClassDef):
                places[(own[0] if own else "", node.name)].append((path, node.lineno))
    for (_, name), classes in places.items():
        for path, line in classes[1:]:
            yield Fault(path, line, f"the class {name} is also in {classes[0][0]}", "one class, one name")


if __name__ == "__main__":
    sys.exit(main())
