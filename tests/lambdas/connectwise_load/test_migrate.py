"""The warehouse is brought up to date by one event, and readers see their own tenant alone."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler.lambdas.connectwise_load.failures import LoadFailed
from reconciler.sandbox.redshift.wire import DatabaseError
from tests.lambdas.connectwise_load.lakes import COLUMNS, HARBOR, NORTH, Lake, version
from tests.worlds.warehouse import DATABASE

pytestmark = pytest.mark.slow
ANALYST = "IAMR:harbor-dental-analyst"


def ask(lake: Lake, user: str, sql: str) -> Any:
    with lake.redshift.endpoint.gate.cluster().connect(user, DATABASE) as connection:
        return connection.run(sql).rows


def test_a_load_before_the_first_migration_says_what_to_do(bare: Lake) -> None:
    with pytest.raises(LoadFailed, match=r'the warehouse is outdated, it lacks everything: send \{"migrate": true\}'):
        bare.load()


def test_a_migration_makes_tables_views_and_bookkeeping_and_a_second_one_nothing(bare: Lake) -> None:
    first = bare.invoke({"migrate": True})

    assert first["applied"] == ["0001_bookkeeping", "tickets", "tickets_current", "tickets_history"]
    assert bare.invoke({"migrate": True})["applied"] == []
    names = bare.redshift.sql("select name from canonical.schema_migrations order by 1")
    assert [row[0] for row in names] == sorted(first["applied"])


def test_a_column_of_another_type_is_an_error_and_changes_nothing(lake: Lake) -> None:
    lake.put_lock({"tickets": [{"name": "summary", "type": "bigint"}, COLUMNS[1]]})

    with pytest.raises(LoadFailed, match=r"canonical\.tickets\.summary is character varying, and .* says bigint"):
        lake.invoke({"migrate": True})


def test_readers_see_their_tenant_and_neither_another_nor_the_base_table(lake: Lake) -> None:
    lake.put_tenant(HARBOR, readers=[ANALYST])
    lake.put_tenant(NORTH, readers=["IAMR:north-analyst"])

    answer = lake.invoke({"migrate": True})
    lake.commit(HARBOR, version(1, 0), version(2, 0))
    lake.commit(NORTH, version(1, 0))
    lake.load()

    assert answer["granted"] == 2
    assert ask(lake, ANALYST, "select count(*), min(tenant_id) from tenant_harbor_dental.tickets") == (("2", HARBOR),)
    for place in ("tenant_north_clinic.tickets", "canonical.tickets", "canonical.tickets_history"):
        with pytest.raises(DatabaseError) as refused:
            ask(lake, ANALYST, f"select * from {place}")  # noqa: S608
        assert refused.value.code == "42501"


def test_a_reader_who_is_declared_no_longer_is_shut_out(lake: Lake) -> None:
    lake.put_tenant(HARBOR, readers=[ANALYST, "IAMR:second"])
    lake.invoke({"migrate": True})
    lake.put_tenant(HARBOR, readers=["IAMR:second"])

    answer = lake.invoke({"migrate": True})

    assert (answer["granted"], answer["revoked"]) == (1, 1)
    with pytest.raises(DatabaseError):
        ask(lake, ANALYST, "select * from tenant_harbor_dental.tickets")
    assert ask(lake, "IAMR:second", "select count(*) from tenant_harbor_dental.tickets") == (("0",),)


def test_a_new_column_reaches_the_views_of_readers(lake: Lake) -> None:
    lake.put_tenant(HARBOR, readers=[ANALYST])
    lake.invoke({"migrate": True})
    lake.put_lock({"tickets": [*COLUMNS, {"name": "board", "type": "text"}]})

    lake.invoke({"migrate": True})

    assert ask(lake, ANALYST, "select board from tenant_harbor_dental.tickets") == ()


@pytest.mark.parametrize("reader", ['x" to public; --', "x y", ""])
def test_a_reader_with_another_name_than_a_users_is_refused(lake: Lake, reader: str) -> None:
    lake.put_tenant(HARBOR, readers=[reader])

    with pytest.raises(LoadFailed, match="is not the name of a database user"):
        lake.invoke({"migrate": True})


def test_tenants_whose_schemas_would_be_one_are_refused(lake: Lake) -> None:
    lake.put_tenant("harbor_dental")

    with pytest.raises(LoadFailed, match="harbor-dental and harbor_dental would share the schema tenant_harbor_dental"):
        lake.invoke({"migrate": True})


def test_readers_of_a_table_of_type1_see_the_current_rows_alone(bare: Lake) -> None:
    """Another mapping replaces the views, and the table keeps every version."""
    bare.put_tenant(HARBOR, readers=[ANALYST])
    bare.put_mapping("type1")
    first = bare.invoke({"migrate": True})
    gone = version(2, 1, summary=None, is_deleted=True, change_type="DELETE")
    bare.commit(HARBOR, version(1, 0, 3), version(1, 3), version(2, 0, 1), gone)
    bare.load()
    ids = "select source_id, effective_from::date from tenant_harbor_dental.tickets order by 1, 2"

    assert first["applied"] == ["0001_bookkeeping", "tickets", "tickets_current"]
    assert ask(bare, ANALYST, ids) == (("1", "2025-06-04"),)
    assert bare.redshift.sql("select count(*) from canonical.tickets") == [["4"]]

    bare.put_mapping("type2")
    assert bare.invoke({"migrate": True})["applied"] == ["tickets_history"]
    assert len(ask(bare, ANALYST, ids)) == 4
    assert bare.redshift.sql("select count(*) from canonical.tickets_history") == [["4"]]

    bare.put_mapping("type1")
    assert bare.invoke({"migrate": True})["applied"] == []
    assert len(ask(bare, ANALYST, ids)) == 1
    assert bare.redshift.sql("select to_regclass('canonical.tickets_history') is null") == [["t"]]


def test_a_tenants_own_mapping_decides_about_its_view(bare: Lake) -> None:
    bare.put_tenant(HARBOR, readers=[ANALYST])
    bare.put_tenant(NORTH, readers=["IAMR:north-analyst"])
    bare.put_mapping("type1")
    bare.put_mapping("type2", HARBOR)

    bare.invoke({"migrate": True})
    for tenant in (HARBOR, NORTH):
        bare.commit(tenant, version(1, 0, 3), version(1, 3))
    bare.load()

    assert ask(bare, ANALYST, "select count(*) from tenant_harbor_dental.tickets") == (("2",),)
    assert ask(bare, "IAMR:north-analyst", "select count(*) from tenant_north_clinic.tickets") == (("1",),)


def test_a_mapping_that_is_not_compiled_is_an_error(bare: Lake) -> None:
    bare.clients["s3"].put_object(Bucket="lake-111122223333", Key="mappings/tickets.json", Body=b"[]")

    with pytest.raises(LoadFailed, match=r"mappings/tickets\.json is not a compiled mapping; run apply again"):
        bare.invoke({"migrate": True})
