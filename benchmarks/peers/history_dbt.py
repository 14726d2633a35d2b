"""A dbt snapshot of a batch, in a process and an environment of its own: python history_dbt.py STRATEGY FOLDER RAW

STRATEGY is timestamp or check. dbt wants one row of a key at a time, so it gets the newest row of each.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from dbt.cli.main import dbtRunner

PROJECT = "{name: bench, version: '1.0.0', config-version: 2, profile: bench, snapshot-paths: [snapshots]}"
PROFILE = "bench: {{target: dev, outputs: {{dev: {{type: duckdb, path: '{path}', threads: 2}}}}}}"
STRATEGIES = {
    "timestamp": "strategy='timestamp', updated_at='stamp'",
    "check": "strategy='check', check_cols={columns}, updated_at='stamp'",
}


def main() -> None:
    strategy, folder, raw = sys.argv[1], Path(sys.argv[2]), sys.argv[3]
    store = folder / f"dbt-{strategy}"
    (store / "snapshots").mkdir(parents=True, exist_ok=True)
    columns = [f"c{number:02}" for number in range(22)]
    config = STRATEGIES[strategy].format(columns=columns)
    (store / "dbt_project.yml").write_text(PROJECT)
    (store / "profiles.yml").write_text(PROFILE.format(path=store / "history.duckdb"))
    (store / "snapshots" / "tickets.sql").write_text(f"""{{% snapshot tickets %}}
{{{{ config(unique_key='id', target_schema='main', {config}) }}}}
select id, {", ".join(columns)}, "_info__lastUpdated" as stamp from read_parquet('{folder / raw}.parquet')
qualify row_number() over (partition by id order by "_info__lastUpdated" desc) = 1
{{% endsnapshot %}}""")
    result = dbtRunner().invoke(["--quiet", "snapshot", "--project-dir", str(store), "--profiles-dir", str(store)])
    if not result.success:
        raise SystemExit(f"dbt failed: {result.exception}")
    status = Path("/proc/self/status").read_text(encoding="ascii")
    peak = next(int(line.split()[1]) / 1024 for line in status.splitlines() if line.startswith("VmHWM"))
    written = (store / "history.duckdb").stat().st_size
    print(json.dumps({"megabytes": peak, "written": written}))


if __name__ == "__main__":
    main()
