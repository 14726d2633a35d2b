"""Pipelines are found by the names that manifests give them, with the resources that they stand for."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from reconciler.errors import UsageError
from reconciler.model import Desired
from reconciler.pipelines.declared import find_pipeline, find_pipelines

from .documents import declared


def test_every_declared_pipeline_is_found_by_name(tmp_path: Path) -> None:
    found = declared(tmp_path)

    assert [(pipeline.name, pipeline.type) for pipeline in found] == [
        ("contact-calls", "contact_calls"),
        ("session-data", "session_data"),
    ]


@pytest.mark.parametrize("name", ["contact-calls", "Pipeline/contact-calls"])
def test_a_pipeline_has_a_name_and_an_address(tmp_path: Path, name: str) -> None:
    pipeline = find_pipeline(declared(tmp_path), name)

    assert pipeline.address == "Pipeline/contact-calls"
    assert pipeline.names("SqsQueue") == ("shop-lab-contact-calls-dead",)
    assert pipeline.function("contact_calls") == "shop-lab-contact-calls"


def test_an_unknown_name_is_an_error_with_the_nearest_one(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=re.escape('no pipeline "contact-cals"; did you mean "contact-calls"?')):
        find_pipeline(declared(tmp_path), "contact-cals")


def test_a_name_that_is_near_none_is_an_error_with_all_of_them(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="there is contact-calls or session-data"):
        find_pipeline(declared(tmp_path), "zzz")


def test_an_environment_without_pipelines_says_so() -> None:
    with pytest.raises(UsageError, match="declares no Pipeline"):
        find_pipeline(find_pipelines(Desired()), "contact-calls")


def test_a_function_with_another_handler_is_not_found(tmp_path: Path) -> None:
    (pipeline,) = declared(
        tmp_path, {"session-data": {"type": "session_data", "environment": {"AI_ASSISTANT_ID": "a"}}}
    )

    with pytest.raises(UsageError, match="has no function with the handler"):
        pipeline.function("contact_calls")
