"""Measures how dense the code of `reconciler` is, without the Lambdas and the sandbox.

    python scripts/density.py [FOLDER]     FOLDER holds the package; default: this repository

Prints six figures. They have no limits: compare them before and after a change.
"""

from __future__ import annotations

import ast
import io
import sys
import tokenize
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LEFT_OUT = ("lambdas", "sandbox")
PRAGMAS = ("# noqa", "# type:", "# nosec", "# pragma")
COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Figures:
    """Counts of one file or of many. `called_once`: private functions that their file names once."""

    lines: int = 0
    functions: int = 0
    kind_questions: int = 0
    comprehensions: int = 0
    called_once: int = 0
    comments: int = 0

    def __str__(self) -> str:
        return "\n".join(
            (
                f"lines                                 {self.lines:,}",
                f"functions                             {self.functions:,}",
                f"places that ask kind.cells or .parts  {self.kind_questions}",
                f"comprehensions per 1,000 lines        {1000 * self.comprehensions / self.lines:.1f}",
                f"private functions called once         {self.called_once / self.functions:.1%} of functions",
                f"comments                              {self.comments / self.lines:.1%} of lines",
            )
        )


def main() -> int:
    package = (Path(sys.argv[1]) if sys.argv[1:] else ROOT) / "reconciler"
    print(total(measure(path.read_text(encoding="utf-8"), is_kind=is_kind) for path, is_kind in _files(package)))
    return 0


def _files(package: Path) -> Iterator[tuple[Path, bool]]:
    """Yields each measured file, and whether it describes kinds: those may ask a kind what it has."""
    for path in sorted(package.rglob("*.py")):
        room = path.relative_to(package).parts[0]
        if room not in LEFT_OUT:
            yield path, room == "kinds"


def total(every: Iterable[Figures]) -> Figures:
    sums: Counter[str] = Counter()
    for figures in every:
        sums.update(vars(figures))
    return Figures(**sums)


def measure(text: str, *, is_kind: bool = False) -> Figures:
    tree = ast.parse(text)
    nodes = list(ast.walk(tree))
    functions = [node for node in nodes if isinstance(node, Function)]
    return Figures(
        lines=len(text.splitlines()),
        functions=len(functions),
        kind_questions=0 if is_kind else sum(1 for node in nodes if _asks_a_kind(node)),
        comprehensions=sum(1 for node in nodes if isinstance(node, COMPREHENSIONS)),
        called_once=_called_once(tree, functions),
        comments=_comments(text),
    )


def _asks_a_kind(node: ast.AST) -> bool:
    """Returns whether the node is `kind.cells` or `kind.parts`, where the kind may be looked up in `KINDS`."""
    if not isinstance(node, ast.Attribute) or node.attr not in ("cells", "parts"):
        return False
    match node.value:
        case ast.Name("kind") | ast.Attribute(attr="kind") | ast.Subscript(value=ast.Name("KINDS")):
            return True
    return False


def _called_once(tree: ast.Module, functions: Iterable[Function]) -> int:
    everywhere = _names(tree)
    private = (f for f in functions if f.name.startswith("_") and not f.name.endswith("__"))
    # A function that calls itself is not called twice for that.
    return sum(1 for f in private if everywhere[f.name] - _names(f)[f.name] == 1)


def _names(tree: ast.AST) -> Counter[str]:
    """Counts the names that the code reads, with those after a dot."""
    names: Counter[str] = Counter()
    for node in ast.walk(tree):
        if isinstance(node, ast.Name):
            names[node.id] += 1
        elif isinstance(node, ast.Attribute):
            names[node.attr] += 1
    return names


def _comments(text: str) -> int:
    """Counts the comments, without those for tools."""
    tokens = tokenize.generate_tokens(io.StringIO(text).readline)
    comments = (token.string for token in tokens if token.type == tokenize.COMMENT)
    return sum(1 for comment in comments if not comment.startswith(PRAGMAS))


if __name__ == "__main__":
    sys.exit(main())
