"""Mappings of event sources."""

from __future__ import annotations

from reconciler.sandbox.functions.room import FunctionRoom


class EventSources(FunctionRoom):
    pass
