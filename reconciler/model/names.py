"""What a thing is called: an address, a reference inside a text, an id that may not exist yet."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import NamedTuple

# A reference inside a text. No name holds a brace; a name may hold dots, so the last one is the word before `}`.
REFERENCE = re.compile(r"\$\{(?P<kind>[A-Z]\w*)/(?P<name>[^{}]+)\.(?P<word>id|arn)\}")


_ID = re.compile(r"arn:aws[\w-]*:.+|[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


def is_id(text: str) -> bool:
    """Whether a text is an ARN, or an id as Amazon Connect makes them, rather than a name."""
    return _ID.fullmatch(text) is not None


class Ref(NamedTuple):
    """The address of one resource: kind and name, never an AWS id. A part has its parent's name before its own."""

    kind: str
    name: str

    def __str__(self) -> str:
        return f"{self.kind}/{self.name}"


class Linked(str):
    """A text that holds references, `${Kind/name.arn}` or `.id`: apply puts AWS's ids in, live takes them out.

    A plain `str` is sent as it is, even where it looks like a reference (an author's `$${` has become `${`).
    """

    __slots__ = ()


@dataclass(frozen=True)
class IdOf:
    """An AWS id or ARN that may not exist yet; apply fills it in."""

    ref: Ref
    arn: bool = False
