"""Writes manifests of live resources. Once these resources are adopted, a plan of the manifests is empty."""

from reconciler.export.flow_sets import FLOWS, FlowExport, FlowTarget, prepare_flows
from reconciler.export.known import Known
from reconciler.export.write import Exported, OverwriteError, Target, prepare, write

__all__ = [
    "FLOWS",
    "Exported",
    "FlowExport",
    "FlowTarget",
    "Known",
    "OverwriteError",
    "Target",
    "prepare",
    "prepare_flows",
    "write",
]
