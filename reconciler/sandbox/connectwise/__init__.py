"""A stand-in for the ConnectWise PSA REST API, for tests and the demo: companies with records, over HTTP on loopback.

    with standing_in() as vendor:
        vendor.company("harbor").put("service/tickets", {"id": 1, "summary": "VPN drops"})
        requests.get(f"{vendor.url}/v4_6_release/apis/3.0/service/tickets", auth=("harbor+public", "private"), …)

It is written from the vendor's public guide and from what public clients of it show. Where they leave something open, a
switch of `Behaviour` says so. `faults` makes it fail in the ways of a real server. It imports nothing of the product.
"""

from __future__ import annotations

from reconciler.sandbox.connectwise.faults import Fault
from reconciler.sandbox.connectwise.records import Company
from reconciler.sandbox.connectwise.server import StandIn, standing_in
from reconciler.sandbox.connectwise.switches import Behaviour

__all__ = ["Behaviour", "Company", "Fault", "StandIn", "standing_in"]
