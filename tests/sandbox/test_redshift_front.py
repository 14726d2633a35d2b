"""The sandbox's Redshift takes what Redshift takes and refuses what it refuses."""

from __future__ import annotations

import gc
import io
import json
from collections.abc import Iterator
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import redshift_connector

from reconciler.sandbox import REGION, in_process
from tests.worlds.warehouse import ROLE, USER, Redshift, connect, open_warehouse

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore:ssl:DeprecationWarning")]
BUCKET = "loads"


@pytest.fixture(scope="module")
def s3(session: Any) -> Iterator[Any]:
    with in_process():
        client = session.create_client("s3", region_name=REGION)
        client.create_bucket(Bucket=BUCKET)
        yield client


@pytest.fixture(scope="module")
def redshift(s3: Any, session: Any) -> Redshift:
    return open_warehouse(lambda service: session.create_client(service, region_name=REGION))


@pytest.fixture
def connection(redshift: Redshift, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    monkeypatch.setenv("SSL_CERT_FILE", str(redshift.certificate))
    made = connect(redshift)
    yield made
    made.close()


def code(call: Any, *asked: Any) -> str:
    with pytest.raises(redshift_connector.ProgrammingError) as wrong:
        call(*asked)
    result: dict[str, str] = wrong.value.args[0]
    return result["C"]


def put(s3: Any, key: str, **columns: Any) -> None:
    sink = io.BytesIO()
    pq.write_table(pa.table(columns), sink)
    s3.put_object(Bucket=BUCKET, Key=key, Body=sink.getvalue())


def copy(table: str, key: str, *, role: str = ROLE, more: str = "") -> str:
    return f"copy {table} from 's3://{BUCKET}/{key}' iam_role '{role}' format as parquet {more}"


def test_a_copy_maps_by_position_and_takes_every_object_of_a_prefix(
    connection: Any, redshift: Redshift, s3: Any
) -> None:
    redshift.sql("drop schema if exists a cascade; create schema a; create table a.t (n integer, x varchar(5))")
    put(s3, "p/1.parquet", wrong=pa.array([1, None], pa.int32()), names=["a", None])
    put(s3, "p/2.parquet", n=pa.array([3], pa.int32()), x=['with, "q"'][:1])
    cursor = connection.cursor()

    assert code(cursor.execute, copy("a.t", "p/")) == "22001"
    connection.rollback()
    put(s3, "p/2.parquet", n=pa.array([3], pa.int32()), x=['a,"\n'])
    cursor.execute(copy("a.t", "p/"))

    cursor.execute("select n, x from a.t order by n")
    assert [tuple(row) for row in cursor.fetchall()] == [(1, "a"), (3, 'a,"\n'), (None, None)]
    connection.rollback()
    assert redshift.sql("select count(*) from a.t") == [["0"]]


@pytest.mark.parametrize(
    ("columns", "more", "role"),
    [
        ({"n": pa.array([1], pa.int64()), "x": ["a"]}, "", ROLE),
        ({"n": pa.array([1], pa.int32())}, "", ROLE),
        ({"n": pa.array([1], pa.int32()), "x": ["a"]}, "maxerror 5", ROLE),
        ({"n": pa.array([1], pa.int32()), "x": ["a"]}, "", "arn:aws:iam::111122223333:role/nobody"),
    ],
)
def test_a_copy_refuses_other_types_counts_options_and_roles(
    connection: Any, redshift: Redshift, s3: Any, columns: dict[str, Any], more: str, role: str
) -> None:
    redshift.sql("drop schema if exists b cascade; create schema b; create table b.t (n integer, x varchar(5))")
    put(s3, "q/1.parquet", **columns)

    with pytest.raises(redshift_connector.ProgrammingError):
        connection.cursor().execute(copy("b.t", "q/1.parquet", role=role, more=more))
    connection.rollback()
    assert redshift.sql("select count(*) from b.t") == [["0"]]


def test_a_manifest_names_its_files_and_their_lengths(connection: Any, redshift: Redshift, s3: Any) -> None:
    redshift.sql("drop schema if exists c cascade; create schema c; create table c.t (n integer)")
    put(s3, "m/1.parquet", n=pa.array([1], pa.int32()))
    put(s3, "m/10.parquet", n=pa.array([2], pa.int32()))
    size = s3.head_object(Bucket=BUCKET, Key="m/1.parquet")["ContentLength"]
    for length in (size + 1, size):
        entries = [{"url": f"s3://{BUCKET}/m/1.parquet", "meta": {"content_length": length}}]
        s3.put_object(Bucket=BUCKET, Key="m/list", Body=json.dumps({"entries": entries}).encode())
        cursor = connection.cursor()
        if length != size:
            assert code(cursor.execute, copy("c.t", "m/list", more="manifest")) == "57014"
            connection.rollback()
            continue
        cursor.execute(copy("c.t", "m/list", more="manifest"))

    cursor.execute("select n from c.t")
    assert [tuple(row) for row in cursor.fetchall()] == [(1,)]
    assert code(cursor.execute, copy("c.t", "nowhere/")) == "57014"


def test_lengths_are_bytes_and_keys_are_not_enforced(connection: Any) -> None:
    cursor = connection.cursor()
    cursor.execute("create temp table t (x varchar(3) encode zstd primary key) diststyle all sortkey (x)")

    cursor.execute("insert into t values ('abc'), ('abc')")

    assert code(cursor.execute, "insert into t values (%s)", ("éé",)) == "22001"


def test_what_redshift_refuses_is_refused_with_its_reason(connection: Any) -> None:
    with pytest.raises(redshift_connector.ProgrammingError, match="Redshift has no DISTINCT ON"):
        connection.cursor().execute("select distinct on (a) a from t")


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_it_takes_tls_and_the_right_password_alone(redshift: Redshift, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(redshift_connector.Error):
        connect(redshift)
    with pytest.raises(redshift_connector.Error, match="28000"):
        connect(redshift, ssl=False, sslmode="verify-ca")
    monkeypatch.setenv("SSL_CERT_FILE", str(redshift.certificate))
    assert code(connect, redshift, USER, "wrong") == "28P01"
    # The driver forgets to close a connection that is not let in.
    gc.collect()
