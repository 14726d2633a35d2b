"""Completes a command line as a shell does."""

from __future__ import annotations

from click.shell_completion import ShellComplete

from reconciler.cli import root


def completed(*words: str, incomplete: str = "", shell: type[ShellComplete] = ShellComplete) -> list[str]:
    shell = type("Any", (shell,), {"name": "any", "source_template": ""})
    found = shell(root, {}, "reconcile", "_RECONCILE_COMPLETE").get_completions(list(words), incomplete)
    return [item.value for item in found]
