"""The errors of a load.

LoadFailed     the whole function stops: no login, no time, a missing migration
TenantsFailed  a transaction of some tenants was refused; smaller parts are tried, until the tenant is alone
"""

from __future__ import annotations

from reconciler.lambdas.connectwise.failures import Failed


class LoadFailed(Failed):
    pass


class TenantsFailed(Exception):  # noqa: N818 - the name says what happened
    """The text names a code or an invariant, and repeats no value."""
