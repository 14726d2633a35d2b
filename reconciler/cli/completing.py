"""Completes environments, addresses, kinds and Lambdas in a shell. It reads only from disk."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable
from typing import Any

import click
from click.shell_completion import (
    BashComplete,
    CompletionItem,
    FishComplete,
    ShellComplete,
    ZshComplete,
    add_completion_class,
)

from reconciler.cli.choices import Flags, noted
from reconciler.errors import ReconcileError

_SPECIAL = re.compile(r"([^\w@%+:,./=-])")


class EscapingBash(BashComplete):
    """Bash completion that escapes characters which the shell would split or expand.

    Click's script reads each line without `-r`, which removes one backslash.
    """

    def format_completion(self, item: CompletionItem[Any]) -> str:
        escaped = _SPECIAL.sub(r"\\\\\1", item.value)
        return f"{item.type},{escaped}"


SHELLS: dict[str, type[ShellComplete]] = {"bash": EscapingBash, "zsh": ZshComplete, "fish": FishComplete}
add_completion_class(EscapingBash)


def environments(context: click.Context, param: click.Parameter, incomplete: str) -> list[str]:
    from reconciler.cli.opening import read_config_of

    return _matching(incomplete, lambda: read_config_of(noted(context.meta)).environments)


def addresses(context: click.Context, param: click.Parameter, incomplete: str) -> list[str]:
    """Returns the declared addresses, also from manifests with mistakes."""
    return _matching(incomplete, lambda: _declared(noted(context.meta)))


def pipelines(context: click.Context, param: click.Parameter, incomplete: str) -> list[str]:
    """Returns the names of the declared pipelines."""

    def names() -> Iterable[str]:
        for address in _declared(noted(context.meta)):
            kind, _, name = address.partition("/")
            if kind == "Pipeline":
                yield name

    return _matching(incomplete, names)


def schemas(context: click.Context, param: click.Parameter, incomplete: str) -> list[str]:
    from reconciler.schemas.files import texts

    return _matching(incomplete, lambda: (name.removesuffix(".schema.json") for name in texts()))


def lambdas(context: click.Context, param: click.Parameter, incomplete: str) -> list[str]:
    from reconciler.packaging.source import names

    return _matching(incomplete, names)


def convertible(context: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem[Any]]:
    """Returns the word for a CSV file of agents. The shell adds its folders."""
    # Click's script for bash forgets the words before a folder.
    words = [CompletionItem(word) for word in ("agents",) if word.startswith(incomplete)]
    return [CompletionItem(incomplete, type="dir"), *words]


def _declared(flags: Flags) -> Iterable[str]:
    from reconciler.cli.opening import named, read_config_of
    from reconciler.desired import examine

    config = read_config_of(flags)
    name = named(flags, config) or next(iter(config.environments))
    return map(str, examine(config.environments[name], os.environ, tuple(config.environments)).declared)


def _matching(incomplete: str, words: Callable[[], Iterable[str]]) -> list[str]:
    """Returns the matching words, or none if they cannot be read: a completing shell must not show errors."""
    try:
        return sorted(word for word in words() if word.startswith(incomplete))
    except (ReconcileError, OSError):
        return []
