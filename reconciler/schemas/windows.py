"""Builds the JSON Schema of one change window."""

from __future__ import annotations

from reconciler.kinds.registry import KINDS
from reconciler.model.spec import REMEDY, Schema, expecting
from reconciler.model.windows import DAYS, HEARD_AT_ONCE

_END = r"$(?!\n)"
_CLOCK = "([01][0-9]|2[0-3]):[0-5][0-9]"


def window_schema() -> Schema:
    # Some of the kinds that callers hear at once may be of a later release.
    kinds = sorted({*KINDS, *HEARD_AT_ONCE})
    properties = {
        "kinds": _words(
            "The kinds that may be changed only while this window, or another one that names them, is open.",
            kinds,
            HEARD_AT_ONCE,
            f"leave kinds out for {', '.join(HEARD_AT_ONCE)}",
        ),
        "days": _words("The days on which the window opens.", list(DAYS), DAYS, "leave days out for every day"),
        "from": _time("The time at which the window opens.", _CLOCK, "20:00", "write it as in 20:00"),
        "to": _time(
            "The time at which the window closes: on the next day, if it is earlier than the other one.",
            f"({_CLOCK}|24:00)",
            "06:00",
            "write it as in 06:00, or 24:00 for the end of the day",
        ),
        "timeZone": {
            "description": "The time zone of the window, by its name in the IANA database.",
            "type": "string",
            "minLength": 1,
            "examples": ["Europe/London"],
        },
    }
    return {
        "title": "Change window",
        "description": "A time in which resources of some kinds may be changed.",
        "type": "object",
        "additionalProperties": False,
        "required": ["from", "to", "timeZone"],
        "properties": properties,
    }


def _words(description: str, words: list[str], default: tuple[str, ...], remedy: str) -> Schema:
    return {
        "description": description,
        "type": "array",
        "minItems": 1,
        "uniqueItems": True,
        "default": list(default),
        "items": {"type": "string", "enum": words},
        REMEDY: remedy,
    }


def _time(description: str, pattern: str, example: str, remedy: str) -> Schema:
    return {
        "description": description,
        "type": "string",
        "pattern": f"^{pattern}{_END}",
        REMEDY: remedy,
        **expecting("a time of day"),
        "examples": [example],
    }
