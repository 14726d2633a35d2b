"""The policies of a pipeline's roles: whom they trust, and what they allow."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from reconciler.model import Linked, Scope

_PLACEHOLDER = re.compile(r"\$\{var:([A-Z_]+)\}")
VERSION = "2012-10-17"


def trust(service: str, condition: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Returns a trust policy for one AWS service, such as `lambda`."""
    statement = {"Effect": "Allow", "Principal": {"Service": f"{service}.amazonaws.com"}, "Action": "sts:AssumeRole"}
    return {"Version": VERSION, "Statement": [{**statement, **({"Condition": condition} if condition else {})}]}


def allow(actions: list[str], resources: list[str]) -> dict[str, Any]:
    """Returns one statement. Resources may be `Linked`."""
    return {"Effect": "Allow", "Action": actions, "Resource": resources}


def document(*statements: Mapping[str, Any]) -> dict[str, Any]:
    return {"Version": VERSION, "Statement": list(statements)}


def only_tls(bucket: str) -> dict[str, Any]:
    """Returns the policy of a bucket that refuses requests without TLS. `bucket` is its ARN, or a reference to it."""
    insecure = {"Bool": {"aws:SecureTransport": "false"}}
    statement = {"Sid": "OnlyTls", "Effect": "Deny", "Principal": "*", "Action": "s3:*", "Condition": insecure}
    return document({**statement, "Resource": [bucket, Linked(f"{bucket}/*")]})


def filled(policy: Mapping[str, Any], values: Mapping[str, str], lists: Mapping[str, list[str]]) -> dict[str, Any]:
    """Returns a shipped policy with values in place of `${var:NAME}`.

    A value may refer to a resource. `lists` has the names with several values: each makes a resource of its own. A
    statement with a name without a value is left out: this pipeline does not use its resource.
    """
    statements = []
    for statement in policy["Statement"]:
        resources = [text for resource in statement["Resource"] for text in _spread(resource, lists)]
        if all(_names(text) <= values.keys() for text in resources):
            statements.append({**statement, "Resource": [_filled(text, values) for text in resources]})
    return {**policy, "Statement": statements}


def scope_values(scope: Scope) -> dict[str, str]:
    """Returns the values that follow from the place of an environment."""
    return {"PARTITION": scope.partition, "REGION": scope.region, "ACCOUNT": scope.account}


def _spread(resource: str, lists: Mapping[str, list[str]]) -> Iterator[str]:
    several = next((name for name in lists if f"${{var:{name}}}" in resource), None)
    if several is None:
        yield resource
        return
    for value in lists[several]:
        yield _filled(resource, {several: value})


def _names(text: str) -> frozenset[str]:
    return frozenset(_PLACEHOLDER.findall(text))


def _filled(text: str, values: Mapping[str, str]) -> str:
    used = [values[name] for name in _names(text) if name in values]
    is_linked = isinstance(text, Linked) or any(isinstance(value, Linked) for value in used)
    result = _PLACEHOLDER.sub(lambda match: str(values.get(match[1], match[0])), text)
    return Linked(result) if is_linked else result
