"""The calls of this function with its own role. All others are made as the tenant: `connectwise.actions`."""

from __future__ import annotations

from reconciler.lambdas.connectwise.actions import BECOME_TENANT, READ_TENANTS

ACTIONS = (*BECOME_TENANT, READ_TENANTS)
