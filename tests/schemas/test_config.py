"""The schema of reconcile.yaml agrees with the command."""

from pathlib import Path

import pytest
import yaml
from botocore.session import get_session
from jsonschema import Draft7Validator

from reconciler.config import read_config
from reconciler.errors import ManifestError
from reconciler.kinds.operations import calls_of
from reconciler.kinds.registry import KINDS
from reconciler.schemas.config import config_schema
from reconciler.schemas.rates import operations
from tests.builders.kinds_of_services import LimitedGroupKind

ROOT = Path(__file__).parents[2]
INSTANCE = "arn:aws:connect:ca-central-1:111122223333:instance/00000000-0000-4000-8000-000000000000"

RIGHT = {
    "a sandbox": "sandbox: {sandbox: true}",
    "an instance": f"prod: {{instance: '{INSTANCE}'}}",
    "account and region": f"prod: {{instance: '{INSTANCE}', account: '111122223333', region: ca-central-1}}",
    "account and region alone": "ops: {account: '111122223333', region: ca-central-1}",
    "an instance by variable": "prod: {instance: '${var:ARN}', variables: {ARN: x}}",
    "thresholds": "a: {sandbox: true, policy: {maxDelete: 0%, maxUpdate: 12}}",
    "a broken share": "a: {sandbox: true, policy: {maxDelete: 2.5 %}}",
    "windows": "a: {sandbox: true, policy: {windows: [{from: '20:00', to: '24:00', timeZone: Europe/London}]}}",
    "ignore": "a: {sandbox: true, ignore: [{address: 'DataTable/*', path: description}]}",
    "rates": "a: {sandbox: true, rates: {default: {perSecond: 2, burst: 5}, SearchContacts: unlimited}}",
    "no rates": "a: {sandbox: true, rates: unlimited}",
    "retries": "a: {sandbox: true, retries: {attempts: 1, conflicts: 0}}",
    "quotas": "a: {sandbox: true, quotas: {cellsPerTable: 1, attributesPerTable: 1, tablesPerInstance: 1}}",
    "batches": "a: {sandbox: true, quotas: {batchItems: 10}}",
    "recheck": "a: {sandbox: true, recheck: true, frozen: until Monday}",
    "overlays": "a: {sandbox: true, overlays: [environments/a], variables: {TEAM: x}}",
}
WRONG = {
    "neither instance nor sandbox": "a: {}",
    "an account alone": "a: {account: '111122223333'}",
    "a region alone": "a: {region: ca-central-1}",
    "a sandbox that is none": "a: {sandbox: false}",
    "no ARN": "a: {instance: my-instance}",
    "an account that is a number": f"a: {{instance: '{INSTANCE}', account: 111122223333}}",
    "a short account": f"a: {{instance: '{INSTANCE}', account: '1111'}}",
    "no region": f"a: {{instance: '{INSTANCE}', region: Canada}}",
    "an unknown key": "a: {sandbox: true, endpoint: x}",
    "a share above all": "a: {sandbox: true, policy: {maxDelete: 101%}}",
    "a share without sign": "a: {sandbox: true, policy: {maxDelete: '30'}}",
    "a negative number": "a: {sandbox: true, policy: {maxDelete: -1}}",
    "an unknown threshold": "a: {sandbox: true, policy: {maxCreate: 5}}",
    "no window": "a: {sandbox: true, policy: {windows: []}}",
    "half a window": "a: {sandbox: true, policy: {windows: [{from: '20:00', to: '06:00'}]}}",
    "a window from 24:00": "a: {sandbox: true, policy: {windows: [{from: '24:00', to: '06:00', timeZone: UTC}]}}",
    "half an ignore rule": "a: {sandbox: true, ignore: [{address: 'DataTable/*'}]}",
    "half a rate": "a: {sandbox: true, rates: {default: {perSecond: 2}}}",
    "a rate of nought": "a: {sandbox: true, rates: {default: {perSecond: 0, burst: 1}}}",
    "a rate of no operation": "a: {sandbox: true, rates: {search: unlimited}}",
    "a rate of an operation that AWS has not": "a: {sandbox: true, rates: {SearchDataTable: unlimited}}",
    "no attempts": "a: {sandbox: true, retries: {attempts: 0}}",
    "a quota of nought": "a: {sandbox: true, quotas: {cellsPerTable: 0}}",
    "an unknown quota": "a: {sandbox: true, quotas: {rows: 5}}",
    "a word for recheck": "a: {sandbox: true, recheck: maybe}",
    "frozen without reason": "a: {sandbox: true, frozen: ''}",
    "a variable with a hyphen": "a: {sandbox: true, variables: {my-team: x}}",
    "overlays that are no list": "a: {sandbox: true, overlays: environments/a}",
    "a line's end in an account": f"a: {{instance: '{INSTANCE}', account: \"111122223333\\n\"}}",
    "digits of another script": f"a: {{instance: '{INSTANCE}', account: '١١١١٢٢٢٢٣٣٣٣'}}",
    "a slash in a name": "'a/b': {sandbox: true}",
    "no environments": "",
}


def config(environments: str, stack: str = "contact-centre") -> str:
    return f"stack: {stack}\nenvironments: {{{environments}}}\n"


def is_right(text: str) -> bool:
    return Draft7Validator(config_schema()).is_valid(yaml.safe_load(text))


def is_read(text: str, folder: Path) -> bool:
    (folder / "reconcile.yaml").write_text(text, encoding="utf-8")
    try:
        read_config(folder / "reconcile.yaml", {"RECONCILE_VAR_ARN": INSTANCE})
    except ManifestError:
        return False
    return True


@pytest.mark.parametrize("name", RIGHT)
def test_schema_and_command_accept_the_same_files(name, tmp_path):
    assert is_right(config(RIGHT[name]))
    assert is_read(config(RIGHT[name]), tmp_path)


@pytest.mark.parametrize("name", WRONG)
def test_schema_and_command_refuse_the_same_files(name, tmp_path):
    assert not is_right(config(WRONG[name]))
    assert not is_read(config(WRONG[name]), tmp_path)


def test_a_kind_of_another_service_brings_its_quotas(tmp_path, monkeypatch):
    text = config("a: {sandbox: true, quotas: {groupsPerAccount: 5}}")
    assert not is_right(text)
    monkeypatch.setitem(KINDS, "Group", LimitedGroupKind())

    assert is_right(text)
    assert is_read(text, tmp_path)


@pytest.mark.parametrize("stack", ["a/b", "''", "' a'", "..", "a#b", "5"])
def test_a_stack_is_a_name_that_a_tag_can_hold(stack, tmp_path):
    assert not is_right(config("a: {sandbox: true}", stack))
    assert not is_read(config("a: {sandbox: true}", stack), tmp_path)


@pytest.mark.parametrize("stack", ["a", "contact centre", "Zürich", "a.b_c-d:e=f+g@h"])
def test_a_stack_may_have_any_name_that_a_tag_can_hold(stack, tmp_path):
    assert is_right(config("a: {sandbox: true}", f"'{stack}'"))
    assert is_read(config("a: {sandbox: true}", f"'{stack}'"), tmp_path)


@pytest.mark.parametrize("missing", ["stack: contact-centre\n", "environments: {a: {sandbox: true}}\n"])
def test_stack_and_environments_are_required(missing, tmp_path):
    text = config("a: {sandbox: true}").replace(missing, "")

    assert not is_right(text)
    assert not is_read(text, tmp_path)


def test_the_repositorys_own_file_is_right():
    assert is_right((ROOT / "reconcile.yaml").read_text(encoding="utf-8"))


def test_every_called_operation_may_have_a_rate():
    called = set[str]().union(*(calls_of(kind) for kind in KINDS.values()))

    bare = {call.removeprefix("connect:") for call in called}
    assert bare | {"SearchContacts", "DescribeContact"} <= set(operations())


def test_every_operation_with_a_rate_is_one_of_aws():
    for name in operations():
        service, _, operation = name.rpartition(":")
        assert operation in get_session().get_service_model(service or "connect").operation_names, name
    assert len(set(operations())) == len(operations())
