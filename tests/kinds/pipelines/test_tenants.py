"""Tenants of a connectwise pipeline, in documents and in a CSV file, with their mappings: as `validate` reads them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from reconciler.desired import Examination, examine
from reconciler.kinds.pipelines.mapping_files import shipped_mappings
from reconciler.model import Ref
from reconciler.model.environment import Environment
from tests.builders.folders import messages

PIPELINE = """\
kind: Pipeline
metadata: {name: connectwise}
spec:
  type: connectwise
  schedules: {hourly: {expression: rate(1 hour), timeZone: UTC}}
  bucket: {name: example-lake}
  warehouse: {secret: connectwise/redshift}
"""
TENANT = """\
kind: Tenant
metadata: {name: harbor-dental}
spec:
  pipeline: connectwise
  companyName: Harbor Dental Group
  url: https://api-na.myconnectwise.net/
"""
MAPPING = """\
canonicalTable: tickets
sources:
  connectwise:
    service/tickets:
      key: id
      columns:
        ticket_number: id
        status: status__name
"""
LOCK = json.dumps({"tickets": [{"name": "ticket_number", "type": "bigint"}, {"name": "status", "type": "text"}]})
TABLE = "msp-prod-connectwise-tenant-services"


def read(root: Path, files: Mapping[str, str], *, sandbox: bool = False) -> Examination:
    for name, text in files.items():
        path = root / "manifests" / "base" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    place = Environment("msp", "prod", root, sandbox=sandbox, account="111122223333", region="ca-central-1")
    return examine(place, {})


def row(reading: Examination, tenant: str = "harbor-dental") -> Any:
    assert reading.desired is not None, messages(reading)
    return reading.desired.manifests[Ref("DynamoDBItem", f"{TABLE}/tenant_id={tenant}")].spec


def mapped(columns: str = "", **files: str) -> dict[str, str]:
    """Returns the files of a pipeline with a mapping of its own."""
    more = {f"mappings/connectwise/{name.replace('__', '.')}": text for name, text in files.items()}
    own = {"mappings/connectwise/tickets.yaml": MAPPING + columns, "mappings/connectwise/columns.lock.json": LOCK}
    tenant = TENANT + "  tables: [service/tickets]\n"
    return {"p.yaml": PIPELINE + "  mappings: mappings/connectwise\n", "t.yaml": tenant, **own, **more}


def test_a_tenant_is_a_row_and_a_secret_without_a_value(tmp_path: Path) -> None:
    """S2-15: the attributes are those that the functions read."""
    reading = read(tmp_path, {"p.yaml": PIPELINE, "t.yaml": TENANT})

    assert row(reading).attributes == {
        "company_name": "Harbor Dental Group",
        "connectwise_url": "https://api-na.myconnectwise.net",
        "secret_name": "connectwise/harbor-dental/prod",
        "enabled": True,
        "tables": ["service/tickets", "time/entries", "company/companies", "company/contacts"],
        "rate_per_minute": 240,
        "freshness_minutes": 15,
        "backfill": {"days": 730, "chunk_days": 30},
        "deletes": {"confirmations": 2, "max_percent": 10},
        "privacy": {"contact": "keep", "allow": [], "deny": []},
        "readers": [],
        "mappings": [],
        "pipeline": "connectwise",
    }
    assert row(reading).when_removed == {"enabled": False}
    assert reading.desired is not None
    assert Ref("Secret", "connectwise/harbor-dental/prod") in reading.desired.manifests


def test_the_functions_take_the_row_of_a_tenant(tmp_path: Path) -> None:
    """S2-27: one table of rules, two sides of it."""
    from reconciler.lambdas.connectwise.tenants import Tenant, check_row

    attributes = row(read(tmp_path, {"p.yaml": PIPELINE, "t.yaml": TENANT})).attributes

    tenant = check_row({"tenant_id": "harbor-dental", **attributes})

    assert isinstance(tenant, Tenant), tenant
    assert (tenant.url, tenant.rate_per_minute) == ("https://api-na.myconnectwise.net", 240)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("  url: http://127.0.0.1:8080", "http is for a sandbox only"),
        ("  url: http://example.com", "write https://HOST"),
        ("  url: https://me:key@example.com", "credentials belong into the tenant's secret"),
        ("  url: https://a.example.com\n  tables: [service/tickets, service/tickets]", "a table is there twice"),
        ("  url: https://a.example.com\n  tables: [service/ticket]", "service/ticket"),
        ("  url: https://a.example.com\n  rates: 3", "rates"),
    ],
)
def test_a_mistake_of_a_tenant_is_found_offline(tmp_path: Path, line: str, message: str) -> None:
    tenant = TENANT.replace("  url: https://api-na.myconnectwise.net/\n", f"{line}\n")

    assert message in " ".join(messages(read(tmp_path, {"p.yaml": PIPELINE, "t.yaml": tenant})))


def test_a_server_on_this_machine_may_be_http_in_a_sandbox(tmp_path: Path) -> None:
    tenant = TENANT.replace("https://api-na.myconnectwise.net/", "http://127.0.0.1:8080")

    reading = read(tmp_path, {"p.yaml": PIPELINE, "t.yaml": tenant}, sandbox=True)

    assert row(reading).attributes["connectwise_url"] == "http://127.0.0.1:8080"


def test_a_tenant_without_its_pipeline_is_a_mistake(tmp_path: Path) -> None:
    (message,) = messages(read(tmp_path, {"t.yaml": TENANT}))

    assert "there is no valid Pipeline connectwise of type connectwise" in message
    assert message.startswith("manifests/base/t.yaml:4:13:")


# Mappings.


def test_a_mapping_of_the_author_replaces_the_shipped_ones(tmp_path: Path) -> None:
    reading = read(tmp_path, mapped())

    assert reading.desired is not None, messages(reading)
    objects = sorted(ref.name for ref in reading.desired.manifests if ref.kind == "S3Object")
    assert objects == ["example-lake/mappings/columns.lock", "example-lake/mappings/tickets.json"]


@pytest.mark.parametrize(
    ("columns", "place", "message"),
    [
        ("        state: statusName\n", "9:16", "service/tickets has no column statusName; did you mean status__name"),
        ("        number: id\n", "9:17", "number is not in columns.lock.json"),
        ("        text: initialDescription\n", "9:15", "ConnectWise never returns initialDescription"),
        ("        status: summary\n", "9:9", "status"),
        ("types: {status: bigint}\n", "9:17", "which does not fit bigint"),
    ],
)
def test_a_mistake_in_a_mapping_has_its_file_and_line(tmp_path: Path, columns: str, place: str, message: str) -> None:
    """S2-5, S2-13: unknown columns, duplicates, wrong types and columns that the lock lacks."""
    (first, *_) = messages(read(tmp_path, mapped(columns)))

    assert first.startswith(f"manifests/base/mappings/connectwise/tickets.yaml:{place}: ")
    assert message in first


def test_a_table_that_no_mapping_reads_is_a_mistake_of_the_tenant(tmp_path: Path) -> None:
    files = mapped()
    files["t.yaml"] = TENANT + "  tables: [service/tickets, time/entries]\n"

    (message,) = messages(read(tmp_path, files))

    assert "no mapping of the pipeline has the source time/entries" in message


def test_a_folder_without_a_lock_says_how_to_write_it(tmp_path: Path) -> None:
    files = mapped()
    del files["mappings/connectwise/columns.lock.json"]

    reading = read(tmp_path, files)

    assert any("reconcile validate --write" in message for message in messages(reading))
    (file,) = reading.generated
    assert (file.path.name, file.is_current, json.loads(file.text)) == ("columns.lock.json", False, json.loads(LOCK))


def test_the_older_file_of_mappings_is_taken_as_it_is(tmp_path: Path) -> None:
    seed = {"tickets": {"connectwise": {"service/tickets": {"ticket_number": "id", "status": "urgency"}}}}
    files = mapped()
    del files["mappings/connectwise/tickets.yaml"]
    files["mappings/connectwise/canonical_mappings.json"] = json.dumps(seed)

    reading = read(tmp_path, files)

    assert messages(reading) == []
    assert any("has no column urgency" in finding.message for finding in reading.findings)


def test_a_tenant_may_replace_a_mapping(tmp_path: Path) -> None:
    """S2-36: for one tenant, below its own prefix, with the pipeline's columns."""
    files = mapped()
    files["t.yaml"] += "  mappings: mappings/harbor-dental\n"
    files["mappings/harbor-dental/tickets.yaml"] = MAPPING.replace("status__name", "severity")

    reading = read(tmp_path, files)

    assert row(reading).attributes["mappings"] == ["tickets"]
    assert reading.desired is not None
    own = reading.desired.manifests[Ref("S3Object", "example-lake/harbor-dental/mappings/tickets.json")]
    ((_, file),) = own.contents.items()
    assert '"source": "severity"' in str(file.text)


def test_a_broken_mapping_of_a_tenant_is_a_mistake_of_that_tenant_alone(tmp_path: Path) -> None:
    files = mapped()
    files["t.yaml"] += "  mappings: mappings/harbor-dental\n---\n" + TENANT.replace("harbor-dental", "lake-legal")
    files["t.yaml"] += "  tables: [service/tickets]\n"
    files["mappings/harbor-dental/tickets.yaml"] = MAPPING.replace("status__name", "statusName")

    (message,) = messages(read(tmp_path, files))

    assert message.startswith("manifests/base/mappings/harbor-dental/tickets.yaml:8:17: ")


# Many tenants.


def test_a_row_of_a_csv_file_is_a_tenant(tmp_path: Path) -> None:
    """S2-27: for providers with hundreds of customers."""
    many = "kind: Tenants\nmetadata: {name: all}\nspec:\n  pipeline: connectwise\n  file: tenants.csv\n"
    many += "  defaults: {rate: {perMinute: 120}, privacy: {contact: hash}}\n"
    rows = "name,companyName,url,tables,rate.perMinute,enabled\n"
    rows += "lake-legal,Lake Legal,https://a.example.com,service/tickets;time/entries,,no\n"
    rows += '"oak-care","Oak, Care",https://b.example.com,,60,\n'

    reading = read(tmp_path, {"p.yaml": PIPELINE, "t.yaml": many, "tenants.csv": rows})

    lake, oak = row(reading, "lake-legal").attributes, row(reading, "oak-care").attributes
    assert (lake["tables"], lake["rate_per_minute"], lake["enabled"]) == (
        ["service/tickets", "time/entries"],
        120,
        False,
    )
    assert (oak["company_name"], oak["rate_per_minute"], oak["privacy"]["contact"]) == ("Oak, Care", 60, "hash")
    assert reading.desired is not None
    item = reading.desired.manifests[Ref("DynamoDBItem", f"{TABLE}/tenant_id=oak-care")]
    assert item.origins == (Ref("Tenants", "all"), Ref("Tenant", "oak-care"))


@pytest.mark.parametrize(
    ("rows", "place", "message"),
    [
        ("name,urls\na,b\n", "1:1", "unknown column urls; did you mean url?"),
        ("companyName\na\n", "1:1", "the column name is missing"),
        ("name,backfill.days\na,1\nb,many\n", "3:1", "backfill.days must be a whole number, and is many"),
        ("name,enabled\na,maybe\n", "2:1", "enabled must be true or false"),
        ("name,url\na,b,c\n", "2:1", "more cells than the header"),
        ("name,url\n,https://a.example.com\n", "2:1", "the name is missing"),
    ],
)
def test_a_mistake_in_a_csv_file_has_its_line(tmp_path: Path, rows: str, place: str, message: str) -> None:
    many = "kind: Tenants\nmetadata: {name: all}\nspec: {pipeline: connectwise, file: tenants.csv}\n"

    (first, *_) = messages(read(tmp_path, {"p.yaml": PIPELINE, "t.yaml": many, "tenants.csv": rows}))

    assert first.startswith(f"manifests/base/tenants.csv:{place}: ")
    assert message in first


def test_the_shipped_mappings_cover_every_table_of_a_tenant() -> None:
    assert shipped_mappings().source_tables == {
        *("service/tickets", "time/entries", "company/companies", "company/contacts")
    }
