"""The schema of the bucket for archives of functions in `reconcile.yaml`."""

from __future__ import annotations

from reconciler.model.spec import REMEDY, Schema, expecting

# The naming rules of the S3 user guide, without the upper-case letters of old buckets. The end: `$` matches before a
# line end too.
_BUCKET = r"^([a-z0-9][a-z0-9.-]{1,61}[a-z0-9]|.*\$\{var:[A-Za-z0-9_]+\}.*)$(?!\n)"


def artifacts_schema() -> Schema:
    bucket = {
        "description": "The name of a bucket in the Region of the environment.",
        "type": "string",
        "minLength": 1,
        "pattern": _BUCKET,
        REMEDY: "write the name of a bucket, of 3 to 63 lower-case letters, digits, hyphens and dots",
        **expecting("the name of a bucket"),
        "examples": ["example-artifacts"],
    }
    return {
        "title": "Artifacts",
        "description": "Where apply puts the archives of functions that are larger than 50 MB.",
        "type": "object",
        "additionalProperties": False,
        "required": ["bucket"],
        "properties": {"bucket": bucket},
    }
