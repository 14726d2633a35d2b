"""Lists the documents that a change replaces, whole and with their hashes, so that undo can put them back.

It is alone because only documents of files are kept whole: their differences name blocks, and not places in a file.
"""

from __future__ import annotations

import json
from hashlib import sha256
from typing import Any

from reconciler.diff.fields import manifest_value
from reconciler.kinds.fields import manifest_key
from reconciler.model import Change, Document

Json = dict[str, Any]


def whole_documents(change: Change) -> Json:
    """Returns the documents by field, before and after the change, if there are any."""
    documents: Json = {}
    for step in change.steps:
        planned = step.replaces
        if planned is None or planned.fresh:
            continue
        spec = type(planned.before)
        for field in planned.fields:
            before, after = (getattr(side, field, None) for side in (planned.before, planned.after))
            if isinstance(before, Document) and isinstance(after, Document) and before.has_file and before != after:
                sides = {"before": _side(before), "after": _side(after)}
                documents[manifest_key(spec, field)] = sides
    return {"documents": documents} if documents else {}


def _side(document: Document) -> Json:
    value = manifest_value(document.written)
    text = json.dumps(value, sort_keys=True, ensure_ascii=False)
    return {"sha256": sha256(text.encode(errors="surrogatepass")).hexdigest(), "value": value}
