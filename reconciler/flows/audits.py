"""Offline audits of a flow: what AWS refuses, and what callers would suffer. No rule asks AWS.

An error is what AWS refuses by probes. A warning may be meant, or the catalogue may be older than AWS. The rest is
worth a look.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from reconciler.flows.audit_blocks import BLOCK_RULES
from reconciler.flows.audit_notes import Audited, FlowNote, InstanceAddress
from reconciler.flows.audit_reads import READ_RULES
from reconciler.flows.audit_values import VALUE_RULES
from reconciler.flows.audit_ways import WAY_RULES
from reconciler.flows.block_names import block_names
from reconciler.flows.parsing import parse_flow
from reconciler.flows.structure import faults


def audit(
    value: Any,
    flow_type: str | None = None,
    known: InstanceAddress | None = None,
    *,
    attributes: frozenset[str] = frozenset(),
) -> Iterator[FlowNote]:
    """Yields the notes on a content. `attributes` are those that callers or other flows set."""
    flow = parse_flow(value)
    names = block_names(flow)
    for fault in faults(value):
        yield FlowNote("error", "structure", names.get(fault.block, fault.block), fault.steps, fault.message)
    audited = Audited(flow, names, flow_type, known, attributes)
    for rule in (*BLOCK_RULES, *VALUE_RULES, *WAY_RULES, *READ_RULES):
        yield from rule(audited)
