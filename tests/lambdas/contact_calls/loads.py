"""Loads straight into the tests' Redshift, without a run: rows with the columns that a test names."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from reconciler.lambdas.contact_calls.columns import NAMES
from reconciler.lambdas.contact_calls.warehouse import Load, Loaded, Warehouse
from reconciler.lambdas.shared.deadline import Deadline
from reconciler.lambdas.shared.redshift import Login
from tests.lambdas.contact_calls.pipeline import Pipeline
from tests.worlds.warehouse import DATABASE, PASSWORD, USER

T = datetime(2026, 1, 5, 12)
HOUR = timedelta(hours=1)


def row(id: str, version: int = 0, **values: Any) -> tuple[Any, ...]:
    result = {
        "contact_id": id,
        "disconn_time": T - HOUR / 2,
        "last_update_time": T + timedelta(minutes=version),
        **values,
    }
    return tuple(result.get(name) for name in NAMES)


def load(pipeline: Pipeline, *rows: tuple[Any, ...], id: str = "", source: str = "API") -> Loaded:
    number = pipeline.count("f_calls_loads")
    at = T + timedelta(seconds=number)
    made = Load(id or f"load{number}", T - HOUR, T, len(rows), len(rows), len(rows), at)
    return warehouse(pipeline).load(made, rows, source)


def warehouse(pipeline: Pipeline, seconds: float = 900) -> Warehouse:
    assert pipeline.redshift is not None
    login = Login("localhost", pipeline.redshift.port, DATABASE, USER, PASSWORD)
    clock = pipeline.clock
    return Warehouse(lambda: login, Deadline.within(seconds, clock), clock.sleep)
