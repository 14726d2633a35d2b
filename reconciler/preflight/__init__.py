"""Checks before the first plan whether the account and the instance allow plan and apply. It writes nothing."""

from reconciler.preflight.checks import Check, CheckResult
from reconciler.preflight.run import preflight

__all__ = ["Check", "CheckResult", "preflight"]
