"""Reads reconcile.yaml into environments."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import pytest

from reconciler.config import Config, find, read_config
from reconciler.errors import ManifestError, UsageError
from reconciler.kinds.services import LOGS
from reconciler.model.environment import Ignore, Policy, Quotas, Retries, Threshold
from reconciler.pacing import CONNECT_DEFAULT, Rate

ARN = "arn:aws:connect:ca-central-1:111122223333:instance/00000000-0000-4000-8000-000000000000"
FULL = f"""\
stack: contact-centre
manifests: wanted
environments:
  sandbox: {{sandbox: true}}
  prod:
    instance: {ARN}
    account: "111122223333"
    region: ca-central-1
    overlays: [environments/prod]
    variables: {{TEAM: support, SIZE: 2.0, ON: TRUE}}
    policy: {{maxDelete: 12.5%, maxUpdate: 40}}
    ignore: [{{address: "DataTable/*", path: description}}]
    rates: {{default: {{perSecond: 3, burst: 6}}, SearchContacts: {{perSecond: 0.5, burst: 1}}, ListUsers: unlimited}}
    retries: {{attempts: 2, conflicts: 0}}
    quotas: {{cellsPerTable: 2000, attributesPerTable: 50, tablesPerInstance: 20, batchItems: 5}}
    recheck: true
    frozen: change freeze until Monday
    artifacts: {{bucket: example-artifacts}}
"""


def config(root: Path, text: str, environ: dict[str, str] | None = None) -> Config:
    (root / "reconcile.yaml").write_text(text)
    return read_config(root / "reconcile.yaml", environ or {})


def mistakes(root: Path, text: str) -> list[str]:
    with pytest.raises(ManifestError) as raised:
        config(root, text)
    return [str(mistake) for mistake in raised.value.mistakes]


def of(root: Path, *lines: str) -> list[str]:
    """Returns the mistakes of an environment with an instance and these lines."""
    head = f"stack: s\nenvironments:\n  prod:\n    instance: {ARN}\n"
    return mistakes(root, head + "".join(f"    {line}\n" for line in lines))


def test_every_key_of_an_environment_is_read(tmp_path: Path) -> None:
    prod = config(tmp_path, FULL).environments["prod"]

    assert (prod.stack, prod.name, prod.root, prod.manifests) == ("contact-centre", "prod", tmp_path, Path("wanted"))
    assert (prod.instance, prod.account, prod.region) == (ARN, "111122223333", "ca-central-1")
    assert prod.overlays == (Path("environments/prod"),)
    assert prod.policy == Policy(Threshold(percent=Decimal("12.5")), Threshold(number=40))
    assert prod.ignore == (Ignore("DataTable/*", "description"),)
    assert prod.rates.default == Rate(3.0, 6)
    assert prod.rates.of("connect:SearchContacts") == Rate(0.5, 1)
    assert prod.rates.of("connect:ListUsers") is None
    assert prod.retries == Retries(2, 0)
    assert prod.quotas == Quotas(
        {"cellsPerTable": 2000, "attributesPerTable": 50, "tablesPerInstance": 20, "batchItems": 5}
    )
    assert (prod.recheck, prod.frozen, prod.sandbox) == (True, "change freeze until Monday", False)
    assert prod.artifacts == "example-artifacts"


def test_environments_keep_the_order_of_the_file(tmp_path: Path) -> None:
    assert list(config(tmp_path, FULL).environments) == ["sandbox", "prod"]


def test_a_sandbox_needs_nothing_else(tmp_path: Path) -> None:
    sandbox = config(tmp_path, "stack: s\nenvironments: {local: {sandbox: true}}").environments["local"]

    assert (sandbox.sandbox, sandbox.instance, sandbox.account, sandbox.manifests) == (True, "", "", Path("manifests"))
    assert sandbox.rates.default == CONNECT_DEFAULT


def test_account_and_region_come_from_the_arn(tmp_path: Path) -> None:
    prod = config(tmp_path, f"stack: s\nenvironments: {{prod: {{instance: '{ARN}'}}}}").environments["prod"]

    assert (prod.account, prod.region) == ("111122223333", "ca-central-1")


def test_variables_keep_their_written_text(tmp_path: Path) -> None:
    assert config(tmp_path, FULL).environments["prod"].variables == {"TEAM": "support", "SIZE": "2.0", "ON": "TRUE"}


def test_the_process_environment_overrides_and_adds_variables(tmp_path: Path) -> None:
    environ = {"RECONCILE_VAR_TEAM": "sales", "RECONCILE_VAR_NEW": "x", "TEAM": "no"}

    variables = config(tmp_path, FULL, environ).environments["prod"].variables

    assert variables == {"TEAM": "sales", "SIZE": "2.0", "ON": "TRUE", "NEW": "x"}


def test_a_variable_may_supply_the_instance(tmp_path: Path) -> None:
    text = "stack: s\nenvironments: {prod: {instance: '${var:INSTANCE}'}}"

    prod = config(tmp_path, text, {"RECONCILE_VAR_INSTANCE": ARN}).environments["prod"]

    assert (prod.instance, prod.region) == (ARN, "ca-central-1")


def test_a_variable_that_is_not_set_is_named(tmp_path: Path) -> None:
    (mistake,) = mistakes(tmp_path, "stack: s\nenvironments: {prod: {instance: '${var:INSTANCE}'}}")

    assert "RECONCILE_VAR_INSTANCE" in mistake


def test_rates_may_be_unlimited(tmp_path: Path) -> None:
    text = "stack: s\nenvironments: {local: {sandbox: true, rates: unlimited}}"

    assert config(tmp_path, text).environments["local"].rates.of("connect:ListUsers") is None


def test_a_rate_may_name_another_service(tmp_path: Path) -> None:
    rates = "{default: {perSecond: 9, burst: 9}, 'logs:CreateLogGroup': {perSecond: 1, burst: 2}}"
    text = f"stack: s\nenvironments: {{local: {{sandbox: true, rates: {rates}}}}}"

    read = config(tmp_path, text).environments["local"].rates

    assert read.of("logs:CreateLogGroup") == Rate(1.0, 2)
    assert read.of("logs:TagResource") == LOGS.rate
    assert read.of("connect:TagResource") == Rate(9.0, 9)


@pytest.mark.parametrize(
    ("line", "at", "words"),
    [
        ("acount: '111122223333'", "5:5", 'unknown key "acount" in environments.prod; did you mean "account"?'),
        ("account: 111122223333", "5:14", "in quotes"),
        ("account: '999922223333'", "5:14", "but the ARN of its instance has"),
        ("region: eu-west-2", "5:13", "but the ARN of its instance has"),
        ("region: Ohio", "5:13", "ca-central-1"),
        ("sandbox: true", "4:5", "both an instance and sandbox"),
        ("overlays: environments/prod", "5:15", "must be a list"),
        ("variables: {A-B: x}", "5:17", "letters, digits and _"),
        ("variables: {A: [x]}", "5:20", "must be a text, is a list"),
        ("policy: {maxDelete: 101%}", "5:25", "30%"),
        ("policy: {maxDelete: 0.3}", "5:25", "30%"),
        ("policy: {maxDelete: -1}", "5:25", "at least 0"),
        ("policy: {maxDeletes: 1}", "5:14", 'did you mean "maxDelete"?'),
        ("ignore: [{address: x}]", "5:14", "path is missing"),
        ("rates: fast", "5:12", "unlimited"),
        ("rates: {listUsers: unlimited}", "5:13", 'did you mean "ListUsers"?'),
        ("rates: {SearchDataTable: unlimited}", "5:13", 'did you mean "SearchDataTables"?'),
        ("rates: {Nonsense: unlimited}", "5:13", "as AWS names it"),
        ("rates: {'logs:CreateLogGroups': unlimited}", "5:13", 'did you mean "logs:CreateLogGroup"?'),
        ("rates: {'redshift-serverless:GetNamespaces': unlimited}", "5:13", '"redshift-serverless:GetNamespace"?'),
        ("rates: {Default: unlimited}", "5:13", 'did you mean "default"?'),
        ("rates: {ListUsers: {perSecond: 0, burst: 1}}", "5:36", "more than 0"),
        ("rates: {ListUsers: {perSecond: 1}}", "5:24", "burst is missing"),
        ("rates: {ListUsers: {perSecond: .inf, burst: 1}}", "5:36", "write a finite number"),
        ("retries: {attempts: 0}", "5:25", "at least 1"),
        ("quotas: {batchItems: 2.5}", "5:26", "a whole number"),
        ("quotas: {cellsPerTables: 1}", "5:14", 'did you mean "cellsPerTable"?'),
        ("recheck: no", "5:14", "true or false"),
        ("frozen: true", "5:13", "write the reason"),
        ("artifacts: {bucket: Example_Artifacts}", "5:25", "is not the name of a bucket"),
        ("frozen: ''", "5:13", "write the reason"),
        ("recheck: true\n    recheck: true", "6:5", "repeated"),
    ],
)
def test_a_mistake_has_its_place_and_its_remedy(tmp_path: Path, line: str, at: str, words: str) -> None:
    (mistake,) = of(tmp_path, line)

    assert mistake.startswith(f"reconcile.yaml:{at}: ")
    assert words in mistake


@pytest.mark.parametrize(
    "arn",
    [
        "x",
        ARN.replace("instance/", "instance/x"),
        ARN.replace(":connect:", ":s3:"),
        ARN.replace("111122223333", "1111"),
        ARN.replace("ca-central-1", ""),
        f"{ARN}/queue/1",
        f"{ARN}\\n",
    ],
)
def test_a_malformed_arn_is_refused(tmp_path: Path, arn: str) -> None:
    (mistake,) = mistakes(tmp_path, f'stack: s\nenvironments: {{prod: {{instance: "{arn}"}}}}')

    assert "is not the ARN of an instance" in mistake


@pytest.mark.parametrize("partition", ["aws-us-gov", "aws-cn"])
def test_other_partitions_are_accepted(tmp_path: Path, partition: str) -> None:
    text = f"stack: s\nenvironments: {{prod: {{instance: '{ARN.replace('aws:', f'{partition}:')}'}}}}"

    assert config(tmp_path, text).environments["prod"].account == "111122223333"


@pytest.mark.parametrize("name", ["a/b", "", " a", "a ", "a#b", ".", "..", "a\\nb", "a\\n"])
def test_names_that_a_tag_or_path_cannot_have_are_refused(tmp_path: Path, name: str) -> None:
    as_stack = mistakes(tmp_path, f'stack: "{name}"\nenvironments: {{prod: {{sandbox: true}}}}')
    as_environment = mistakes(tmp_path, f'stack: s\nenvironments: {{"{name}": {{sandbox: true}}}}')

    assert "is not a name that a tag can hold" in as_stack[0]
    assert f"unknown key {json.dumps(name.encode().decode('unicode_escape'))} in environments" in as_environment[0]


@pytest.mark.parametrize("name", ["prod", "prod-eu_1", "a b", "a@b:c=d+e.f", "büro"])
def test_names_that_a_tag_can_have_are_accepted(tmp_path: Path, name: str) -> None:
    assert list(config(tmp_path, f'stack: "{name}"\nenvironments: {{"{name}": {{sandbox: true}}}}').environments) == [
        name
    ]


def test_stack_and_environment_must_fit_into_one_tag(tmp_path: Path) -> None:
    text = "stack: {}\nenvironments: {{{}: {{sandbox: true}}}}"

    assert config(tmp_path, text.format("a" * 128, "b" * 127)).environments
    assert "more than 255" in mistakes(tmp_path, text.format("a" * 128, "b" * 128))[0]


def test_mistakes_are_in_the_order_of_the_file(tmp_path: Path) -> None:
    text = "stacks: x\nenvironments:\n  a: {}\n  b: {sandbox: maybe}\n  c: {sandbox: true, recheck: 1}\n"

    found = mistakes(tmp_path, text)

    assert [mistake.split(": ")[0] for mistake in found] == [
        "reconcile.yaml:1:1",
        "reconcile.yaml:3:6",
        "reconcile.yaml:4:6",
        "reconcile.yaml:4:16",
        "reconcile.yaml:5:31",
    ]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("environments: {a: {sandbox: true}}", "stack is missing"),
        ("stack: s", "environments is missing"),
        ("stack: s\nenvironments: {}", "at least 1 key"),
        ("stack: s\nenvironments: [a]", "must be a map"),
        ("", "one document"),
        ("a: 1\n---\nb: 1\n", "one document"),
        ("- a", "must be a map"),
        ("stack: [", "invalid YAML"),
        ("stack: s\nenvironments: {a: }", "must be a map"),
    ],
)
def test_an_invalid_configuration_is_a_mistake(tmp_path: Path, text: str, words: str) -> None:
    assert any(words in mistake for mistake in mistakes(tmp_path, text))


def test_a_file_that_is_not_text_is_a_mistake(tmp_path: Path) -> None:
    (tmp_path / "reconcile.yaml").write_bytes(b"stack: \xff")

    with pytest.raises(ManifestError, match="is not UTF-8"):
        read_config(tmp_path / "reconcile.yaml", {})


def test_the_file_is_found_from_a_folder_below(tmp_path: Path) -> None:
    (tmp_path / "reconcile.yaml").touch()
    below = tmp_path / "manifests" / "base"
    below.mkdir(parents=True)

    assert find(below) == tmp_path / "reconcile.yaml"


def test_a_missing_file_is_a_usage_error(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"no reconcile\.yaml"):
        find(tmp_path)
    with pytest.raises(UsageError, match="-C"):
        read_config(tmp_path / "reconcile.yaml", {})
