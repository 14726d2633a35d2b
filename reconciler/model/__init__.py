"""The nouns of the reconciler: frozen values, no I/O."""

from reconciler.model.declared import Desired, Finding, Manifest, Mode, Move, Record, Records
from reconciler.model.live import Live, LiveCell, LiveRecord, Ownership, Scope
from reconciler.model.names import REFERENCE, IdOf, Linked, Ref
from reconciler.model.plan import (
    FORMAT_VERSION,
    Action,
    Call,
    CellChange,
    Change,
    Estimate,
    FieldChange,
    Plan,
    RowChange,
    Size,
    Step,
)
from reconciler.model.spec import AwsName, Keyed, Ours, RefTo, Resource, Spec, Unordered

__all__ = [
    "FORMAT_VERSION",
    "REFERENCE",
    "Action",
    "AwsName",
    "Call",
    "CellChange",
    "Change",
    "Desired",
    "Estimate",
    "FieldChange",
    "Finding",
    "IdOf",
    "Keyed",
    "Linked",
    "Live",
    "LiveCell",
    "LiveRecord",
    "Manifest",
    "Mode",
    "Move",
    "Ours",
    "Ownership",
    "Plan",
    "Record",
    "Records",
    "Ref",
    "RefTo",
    "Resource",
    "RowChange",
    "Scope",
    "Size",
    "Spec",
    "Step",
    "Unordered",
]
