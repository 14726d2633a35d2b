"""Secret texts: a plan has a marker in place of the text, and only apply knows the text, right before the call."""

from __future__ import annotations

from dataclasses import dataclass

from reconciler.model.names import Ref

HIDDEN = "<hidden>"


@dataclass(frozen=True)
class SecretText:
    """A parameter whose text is the value of a secret.

    ref: the secret. It may be live without a manifest.
    is_generated: apply makes the text and stores it in the secret, unless one is stored there already.
    """

    ref: Ref
    is_generated: bool = False


class HiddenText(str):
    """A text that no message can show: errors of botocore quote the parameters that they refuse.

    Only its characters are sent. `repr`, `str` and formats show a placeholder.
    """

    __slots__ = ()

    def __repr__(self) -> str:
        return HIDDEN

    __str__ = __repr__

    def __format__(self, spec: str) -> str:
        return format(HIDDEN, spec)
