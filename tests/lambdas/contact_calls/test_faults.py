"""Faults on the way: nothing is lost, nothing is loaded twice, and every report is true."""

from __future__ import annotations

import gc
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from reconciler.lambdas.contact_calls.failures import Failed, LedgerFailed, LoadFailed
from reconciler.lambdas.contact_calls.function import PATIENCE
from reconciler.lambdas.contact_calls.warehouse import Warehouse
from reconciler.lambdas.shared.calls import Calls
from reconciler.lambdas.shared.deadline import Deadline
from reconciler.lambdas.shared.redshift import Redshift, log_in
from tests.lambdas.contact_calls.pipeline import LEDGER, NOON, SECRET, Pipeline
from tests.worlds.warehouse import WORKGROUP

pytestmark = pytest.mark.slow
UTC = {"TIME_ZONE": "UTC"}
BY_COPY, BY_INSERT = {"INSERT_BELOW": "0"}, {"INSERT_BELOW": "5000"}


def assert_all_there_once(pipeline: Pipeline, count: int) -> None:
    ids = [each["contact_id"] for each in pipeline.rows("contact_id")]
    assert (len(ids), len(set(ids))) == (count, count)
    assert pipeline.count("f_calls_staging") == 0


@pytest.mark.parametrize("way", [BY_COPY, BY_INSERT])
@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("statement", ["lock connect", "f_calls_staging", "call connect", "select staged", "commit"])
def test_a_connection_that_is_cut_anywhere_in_a_load(
    pipeline: Pipeline, statement: str, when: str, way: dict[str, str]
) -> None:
    """S3-15, S3-20: before the database hears of a statement, or when its reply is lost, also that of the commit."""
    assert pipeline.redshift is not None
    pipeline.seed_many(30, "10:00", "12:00")
    # The first commit is that of the statement time-out.
    pipeline.redshift.cut(statement, when, number=2 if statement == "commit" else 1)

    done = pipeline.run("12:40", **UTC, **way)

    assert (done["status"], done["staged"], done["inserted"]) == ("done", 30, 30)
    assert pipeline.redshift.front.cuts == []
    assert pipeline.count("f_calls_loads") == 1
    assert_all_there_once(pipeline, 30)


def test_a_database_that_is_killed_in_the_middle_of_a_load(pipeline: Pipeline) -> None:
    """S3-15: it comes back, and the load is tried again."""
    assert pipeline.redshift is not None
    pipeline.seed_many(40, "10:00", "12:00")
    front, heard = pipeline.redshift.front, pipeline.redshift.front.heard

    def kill_at_merge(sql: str) -> Any:
        if "call connect" in sql:
            front.heard = heard  # type: ignore[method-assign]
            assert pipeline.redshift is not None
            pipeline.redshift.kill()
        return heard(sql)

    front.heard = kill_at_merge  # type: ignore[method-assign]

    done = pipeline.run("12:40", **UTC, **BY_COPY)

    assert (done["status"], done["inserted"]) == ("done", 40)
    assert_all_there_once(pipeline, 40)


def test_a_database_that_stays_away_fails_the_run_and_the_next_has_it_all(pipeline: Pipeline) -> None:
    assert pipeline.redshift is not None
    pipeline.run("10:40", **UTC)
    pipeline.seed_many(30, "10:00", "12:00")
    for _ in range(4):
        pipeline.redshift.cut("call connect", "before")

    with pytest.raises(LoadFailed, match="Redshift: InterfaceError"):
        pipeline.run("12:40", **UTC)

    assert (pipeline.count(), pipeline.watermark()) == (0, "2026-01-05T10:00:00.000Z")
    assert pipeline.run("12:45", **UTC)["inserted"] == 30
    assert_all_there_once(pipeline, 30)


def test_two_runs_at_a_time_load_everything_once(pipeline: Pipeline) -> None:
    """A schedule may deliver an event twice, also at once."""
    pipeline.seed_many(60, "10:00", "12:00")

    with ThreadPoolExecutor(2) as pool:
        runs = [pool.submit(pipeline.run, "12:40", OVERLAP_MINUTES="0", **UTC) for _ in range(2)]
        done = [each.result() for each in runs]

    assert sum(each.get("inserted", 0) for each in done) == 60
    assert_all_there_once(pipeline, 60)
    assert pipeline.watermark() == "2026-01-05T12:00:00.000Z"


@pytest.mark.parametrize(
    "faults",
    [
        {"error": {"probability": 0.2}},
        {"error": {"probability": 0.2, "code": "ThrottlingException"}},
        {"rate": {"perSecond": 30, "burst": 10}},
        {"dropBefore": {"every": 9, "operations": ["SearchContacts", "DescribeContact"]}},
        {"lostReply": {"every": 9, "operations": ["SearchContacts", "DescribeContact"]}},
        {"pageCap": 7, "latencyMs": 200},
    ],
)
def test_a_service_that_stumbles_makes_no_difference(pipeline: Pipeline, faults: dict[str, Any]) -> None:
    """S3-25: throttling, 5xx, lost calls and answers, slow pages."""
    pipeline.seed_many(80, "10:00", "12:00")
    pipeline.sandbox.set_faults({"seed": 3, **faults})

    done = pipeline.run("12:40", WORKERS="1", **UTC)

    assert (done["status"], done["inserted"]) == ("done", 80)
    assert_all_there_once(pipeline, 80)


def test_a_run_that_dies_between_commit_and_watermark_is_done_again_without_a_trace(pipeline: Pipeline) -> None:
    pipeline.seed_many(30, "10:00", "12:00")
    pipeline.run("12:40", **UTC)
    before = pipeline.rows("contact_id", "load_id", "updated_at")
    back = {":w": {"S": "2026-01-05T10:00:00.000Z"}}
    key = {"pipeline": pipeline.items()[0]["pipeline"], "item": {"S": "state"}}
    pipeline.client("dynamodb").update_item(
        TableName=LEDGER, Key=key, UpdateExpression="SET watermark = :w", ExpressionAttributeValues=back
    )

    done = pipeline.run("12:41", **UTC)

    assert (done["status"], done["unchanged"], done["inserted"]) == ("done", 30, 0)
    assert pipeline.rows("contact_id", "load_id", "updated_at") == before


def test_a_bucket_that_is_not_there_fails_the_run(pipeline: Pipeline) -> None:
    pipeline.seed("a", "11:00")

    with pytest.raises(LoadFailed, match=r"the bucket .*s3:PutObject: NoSuchBucket"):
        pipeline.run("12:40", LOAD_BUCKET="another-bucket", **UTC)
    assert pipeline.count() == 0


def test_a_ledger_that_is_not_there_fails_the_run(pipeline: Pipeline) -> None:
    with pytest.raises(LedgerFailed, match="the ledger does not answer"):
        pipeline.run("12:40", LEDGER_TABLE="another", **UTC)


def test_a_role_that_may_not_copy_fails_with_a_code(pipeline: Pipeline) -> None:
    pipeline.seed("a", "11:00")

    with pytest.raises(LoadFailed, match="Redshift: ProgrammingError XX000"):
        pipeline.run("12:40", COPY_ROLE_ARN="arn:aws:iam::111122223333:role/nobody", **UTC, **BY_COPY)


LEAKS = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")


@LEAKS
def test_another_name_than_the_certificates_is_refused(pipeline: Pipeline) -> None:
    """verify-full: the address is right, the name is not."""
    assert pipeline.redshift is not None
    pipeline.seed("a", "11:00")
    pipeline.redshift.front.statements.clear()

    with pytest.raises(LoadFailed, match="Redshift: "):
        pipeline.run("12:40", REDSHIFT_HOST="127.0.0.1", **UTC)

    assert pipeline.redshift.front.statements == []
    gc.collect()


@LEAKS
@pytest.mark.parametrize(
    "secret",
    ['{"username": "loader", "password": "Sesame-0100-wrong", "host": "localhost", "port": %d}', "Sesame-0100", "[]"],
)
def test_a_wrong_secret_fails_at_once_and_is_not_shown(pipeline: Pipeline, secret: str) -> None:
    assert pipeline.redshift is not None
    pipeline.seed("a", "11:00")
    text = secret % pipeline.redshift.port if "%d" in secret else secret
    pipeline.client("secretsmanager").put_secret_value(SecretId=SECRET, SecretString=text)

    with pytest.raises(LoadFailed) as wrong:
        pipeline.run("12:40", **UTC)

    assert "Sesame" not in f"{wrong.value} {wrong.value.__cause__} {pipeline.lines}"
    # The driver forgets to close a connection that is not let in.
    gc.collect()


def test_a_secret_that_is_not_there_fails_the_run(pipeline: Pipeline) -> None:
    pipeline.seed("a", "11:00")

    with pytest.raises(LoadFailed, match="no credentials for Redshift: secretsmanager:GetSecretValue"):
        pipeline.run("12:40", **UTC, **{"REDSHIFT_SECRET_ID": "another"})


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_iam_lets_the_function_in_for_a_quarter_of_an_hour(pipeline: Pipeline) -> None:
    assert pipeline.redshift is not None
    calls = Calls(Deadline.within(60, pipeline.clock), pipeline.clock.sleep, lambda: 1.0, PATIENCE)
    where = Redshift(workgroup=WORKGROUP, host="localhost", port=pipeline.redshift.port)

    login = log_in(where, pipeline.client, calls)
    warehouse = Warehouse(lambda: login, Deadline.within(900, pipeline.clock), pipeline.clock.sleep)

    assert login.password not in repr(login)
    assert warehouse.migrate(NOON).applied == ()
    pipeline.clock.at += 901
    with pytest.raises(LoadFailed, match="28P01"):
        Warehouse(lambda: login, Deadline.within(900, pipeline.clock), pipeline.clock.sleep).migrate(NOON)
    # The driver forgets to close a connection that is not let in.
    gc.collect()


def test_an_unforeseen_error_is_logged_by_type_and_place(pipeline: Pipeline) -> None:
    pipeline.seed("a", "11:00")
    client = pipeline.clients["connect"]
    pipeline.clients = {**pipeline.clients, "connect": Strange(client)}

    with pytest.raises(Failed, match="unforeseen ZeroDivisionError; the log says where"):
        pipeline.run("12:40", **UTC)

    assert pipeline.logged()[-1]["reason"] == "ZeroDivisionError"
    assert "+15550100" not in "".join(pipeline.lines)


class Strange:
    """A client that fails with an unforeseen error."""

    def __init__(self, client: Any) -> None:
        self._client = client

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client, name)

    def describe_contact(self, **_: Any) -> Any:
        raise ZeroDivisionError("+15550100")


def test_dimensions_that_can_not_be_listed_fail_and_pages_of_them_are_all_read(pipeline: Pipeline) -> None:
    for name in ("ada", "bob", "eve"):
        pipeline.sandbox.seed("User", {"Username": name})
    pipeline.sandbox.set_faults({"pageCap": 1})
    assert pipeline.invoke({"dimensions": True})["users"] == 3

    pipeline.sandbox.set_faults({"error": {"probability": 1.0, "operations": ["ListUsers"]}})

    with pytest.raises(LoadFailed, match="queues and users cannot be listed"):
        pipeline.invoke({"dimensions": True})


def test_a_replay_of_a_window_that_is_done_leaves_it_done_when_it_fails(pipeline: Pipeline) -> None:
    pipeline.run("12:40", **UTC)
    pipeline.sandbox.set_faults({"error": {"probability": 1.0, "operations": ["SearchContacts"]}})

    with pytest.raises(Failed):
        pipeline.invoke({"from": "2026-01-05T10:00Z", "to": "2026-01-05T12:00Z"}, **UTC)

    assert pipeline.item("window#2026-01-05T10:00:00.000Z")["status"]["S"] == "done"
