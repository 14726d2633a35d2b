"""Reads the keys of a tenant from its secret. No value of it is ever in a message."""

from __future__ import annotations

import json
from typing import Any

from reconciler.lambdas.connectwise.tenants import Tenant
from reconciler.lambdas.connectwise_ingest.failures import PairFailed
from reconciler.lambdas.connectwise_ingest.vendor import Credentials
from reconciler.lambdas.shared.calls import CallFailed, Calls, OutOfTime

MEMBERS = ("company_id", "public_key", "private_key", "client_id")
SHORTEST_KEY = 16  # bytes


def read_credentials(client: Any, calls: Calls, tenant: Tenant) -> Credentials:
    """Returns the keys; `client` is of Secrets Manager, with the tenant's session. Raises `PairFailed`."""
    try:
        answer = calls.make("secretsmanager:GetSecretValue", lambda: client.get_secret_value(SecretId=tenant.secret))
    except (CallFailed, OutOfTime) as wrong:
        raise PairFailed("SECRET", str(wrong)) from wrong
    try:
        content = json.loads(answer.get("SecretString") or "{}")
    except ValueError:
        # `from None`: the error of the parser repeats the text.
        raise PairFailed("SECRET", "it must be JSON") from None
    texts = {name: content.get(name) for name in MEMBERS} if isinstance(content, dict) else {}
    absent = [name for name in MEMBERS if not isinstance(texts.get(name), str) or not texts[name]]
    if absent:
        raise PairFailed("SECRET", f"it lacks {', '.join(absent)}")
    key = str(content.get("pii_key") or "").encode()
    if tenant.privacy.contact == "hash" and len(key) < SHORTEST_KEY:
        raise PairFailed("SECRET", f"privacy.contact is hash, so it needs a pii_key of {SHORTEST_KEY} bytes or more")
    company, public, private, client_id = (str(texts[name]) for name in MEMBERS)
    return Credentials(company, public, private, client_id, key)
