"""Reads a shell block of a page into its commands."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass, field

from tests.docs.pages import Block

# A page says `# exits with 2` beside a command that does not exit with 0.
EXITS_WITH = re.compile(r"#.*\bexits with (\d+)")


@dataclass
class Command:
    """One command. `into` is the file that its output goes to, `feeds` the command that reads its output."""

    place: str
    words: list[str] = field(default_factory=list)
    exit_code: int = 0
    into: str = ""
    feeds: Command | None = None

    @property
    def tool(self) -> str:
        return self.words[0]

    def __str__(self) -> str:
        return shlex.join(self.words)


def commands(block: Block) -> Iterator[Command]:
    """Yields the commands of a block. Understands comments, continued lines, `&&`, `|`, `>`, `>>` and `<(…)`."""
    joined = block.text.replace("\\\n", " ")
    for line in joined.splitlines():
        code = EXITS_WITH.search(line)
        found = list(_of_line(line, block.place))
        if found and code:
            found[-1].exit_code = int(code[1])
        yield from found


def _of_line(line: str, place: str) -> Iterator[Command]:
    reader = shlex.shlex(line, posix=True, punctuation_chars="&|<>()")
    reader.whitespace_split = True
    current, first = Command(place), None
    words = iter(reader)
    for word in words:
        if word == "&&":
            yield first or current
            current, first = Command(place), None
        elif word == "|":
            first = first or current
            current.feeds = Command(place)
            current = current.feeds
        elif word in (">", ">>"):
            current.into = next(words)
        elif word == "<(":
            current = Command(place)  # `source <(reconcile …)`: the inner command is the one to run
        elif word != ")":
            current.words.append(word)
    if current.words:
        yield first or current
