"""The pipeline `connectwise`, deployed on the local AWS with its warehouse and the keys of one tenant."""

from __future__ import annotations

import json

from reconciler.sandbox.connectwise import Company, StandIn
from scripts.demo_deployed import Stack

TICKETS, CONTACTS = "service/tickets", "company/contacts"
WAREHOUSE = """\
---
kind: RedshiftNamespace
metadata: {name: analytics}
---
kind: RedshiftWorkgroup
metadata: {name: analytics}
spec: {namespace: analytics, baseCapacity: 8}
"""


def deploy_connectwise(stack: Stack, vendor: StandIn, manifest: str, secret: str) -> Company:
    """Applies a manifest and creates the tables of its warehouse. `secret` gets the keys of the returned company.

    In the manifest, VENDOR stands for the address of the vendor. The company has one ticket, 7.
    """
    stack.declare("connectwise", manifest.replace("VENDOR", vendor.url) + WAREHOUSE)
    stack.reconcile("apply", "--auto-approve")
    keys = json.dumps({**vendor.credentials("harbor"), "private_key": "private"})
    stack.reconcile("secret", "set", secret, stdin=keys)
    stack.reconcile("secret", "set", "Secret/connectwise/redshift", stdin=json.dumps(stack.login()))
    stack.invoke("centre-sandbox-connectwise-load", {"migrate": True})
    company = vendor.company("harbor")
    company.put(TICKETS, {"id": 7, "summary": "VPN drops"})
    return company
