"""A run as the schedule asks for it, on the sandbox's Connect and a Redshift."""

from __future__ import annotations

from tests.lambdas.contact_calls.pipeline import Pipeline


def test_a_run_loads_what_ended_in_the_last_window_and_a_second_changes_nothing(pipeline: Pipeline) -> None:
    """S3-1, S3-2, S3-4, S3-10, S3-13: 200 calls that are over, 30 open ones and 20 chats give 200 rows."""
    pipeline.seed_many(200, "10:00", "12:00")
    pipeline.seed_many(30, "10:00", "12:00", seed=2, unfinished=1.0, abandoned=0)
    pipeline.seed_many(20, "10:00", "12:00", seed=3, channels={"CHAT": 1.0})

    first = pipeline.run("12:40", TIME_ZONE="UTC")
    second = pipeline.invoke({"from": "2026-01-05T10:00Z", "to": "2026-01-05T12:00Z"}, TIME_ZONE="UTC")

    assert (first["status"], first["inserted"], first["watermark"]) == ("done", 200, "2026-01-05T12:00:00.000Z")
    assert (second["status"], second["inserted"], second["updated"], second["unchanged"]) == ("done", 0, 0, 200)
    assert pipeline.count() == 200
    assert pipeline.count("f_calls_staging") == 0
