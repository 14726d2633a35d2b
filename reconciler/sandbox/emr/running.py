"""Runs Spark jobs on this machine: the entry point in a process of its own, under a Python that has pyspark.

The process has the session of the job's role, as at AWS. Sizes of workers count for nothing here: there is one machine.
"""

from __future__ import annotations

import os
import shlex
import signal
import subprocess
import sys
import tempfile
from contextlib import suppress
from functools import partial
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path
from threading import Thread
from typing import Any, BinaryIO
from uuid import uuid4

from botocore.exceptions import ClientError
from moto.sts.models import sts_backends

from reconciler.sandbox import functions
from reconciler.sandbox.emr.backend import EmrBackend, JobRun
from reconciler.sandbox.events.clients import client
from reconciler.sandbox.functions.killing import Victim, killing
from reconciler.sandbox.redshift import endpoints
from reconciler.sandbox.world import world

VARIABLE = "RECONCILE_SPARK"
MISSING = (
    "This local AWS runs jobs with pyspark, and there is none: pip install pyspark duckdb pandas pyarrow sqlglot, with "
    f"Java 17, or name a Python that has them in {VARIABLE}."
)
DRIVER = "spark.emr-serverless.driverEnv."
# Settings of workers, which this machine does not have.
OF_WORKERS = ("spark.driver.", "spark.executor", "spark.emr-serverless.", "spark.dynamicAllocation.", "spark.archives")
# Jobs here are small, so Spark saves more by compiling less than it loses.
HERE = {
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.driver.host": "127.0.0.1",
    "spark.sql.shuffle.partitions": "2",
    "spark.sql.adaptive.enabled": "false",
    "spark.sql.codegen.wholeStage": "false",
    "spark.sql.codegen.factoryMode": "NO_CODEGEN",
}
_INHERITED = ("HOME", "JAVA_HOME", "LANG", "PATH", "TMPDIR")
_LIFETIME = 43_200  # seconds of the session
LINES = 10_000  # of one PutLogEvents [service model]
_processes: dict[str, subprocess.Popen[bytes]] = {}


def missing() -> str:
    """Returns why no job can run here; empty if one can."""
    return "" if os.environ.get(VARIABLE) or find_spec("pyspark") else MISSING


def start(backend: EmrBackend, job: JobRun) -> None:
    """Starts a job in the background."""
    Thread(target=_run, args=(backend, job), daemon=True).start()


def cancel(job: JobRun) -> None:
    """Ends a job. It is CANCELLING until its process is gone."""
    _move(job, "CANCELLING", "The job is being cancelled.")
    _end(job.id)


def stop() -> None:
    """Ends all jobs, since AWS is emptied or this process ends."""
    for id in list(_processes):
        _end(id)


def _run(backend: EmrBackend, job: JobRun) -> None:
    """Moves a job through its states, in their order [EMR Serverless user guide, job run states]."""
    submit = job.given["jobDriver"]["sparkSubmit"]
    with tempfile.TemporaryDirectory(prefix="spark-job-") as folder:
        _move(job, "PENDING", "The job waits for the application.")
        try:
            entry = _fetched(backend, job, submit["entryPoint"], Path(folder))
        except (ClientError, ValueError) as wrong:
            _move(job, "FAILED", f"Job failed, the entry point cannot be read: {wrong}"[:256])
            return
        _move(job, "SCHEDULED", "The job waits for its workers.")
        output = Path(folder) / "output"
        with output.open("wb") as log:
            key, process = _started(backend, job, entry, log)
        if job.state == "SCHEDULED":
            _move(job, "RUNNING", "The job is running.")
        else:
            _end(job.id)
        minutes = int(job.given.get("executionTimeoutMinutes") or 0)
        is_overdue = _wait(job, process, minutes * 60 or None)
        killing.leave(key)
        lines = output.read_text(encoding="utf-8", errors="replace").splitlines()
    _keep_log(backend, job, lines)
    if job.state == "CANCELLING":
        _move(job, "CANCELLED", "The job was cancelled.")
    elif is_overdue:
        _move(job, "FAILED", f"Job failed, it ran longer than {minutes} minutes.")
    elif process.returncode:
        last = next((line for line in reversed(lines) if line.strip()), "")
        _move(job, "FAILED", f"Job failed, its exit code is {process.returncode}. {last}"[:256])
    else:
        _move(job, "SUCCESS", "The job ended well.")


def _started(backend: EmrBackend, job: JobRun, entry: Path, log: BinaryIO) -> tuple[str, subprocess.Popen[bytes]]:
    """Starts the program, which `killing` may end at one of its calls. Returns its access key and its process."""
    submit = job.given["jobDriver"]["sparkSubmit"]
    environ = _environ(backend, job, _settings(submit.get("sparkSubmitParameters") or ""))
    key, name = environ["AWS_ACCESS_KEY_ID"], str(backend.applications[job.application].members["name"])
    killing.enter(key, Victim(name, partial(_end, job.id)))
    process = subprocess.Popen(  # noqa: S603 - what the user started
        [_python(), str(entry), *(submit.get("entryPointArguments") or ())],
        cwd=entry.parent,
        env=environ,
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )
    _processes[job.id] = process
    return key, process


def _wait(job: JobRun, process: subprocess.Popen[bytes], seconds: int | None) -> bool:
    """Waits for the end. Returns whether the time-out ended it."""
    try:
        process.wait(seconds)
        return False
    except subprocess.TimeoutExpired:
        _end(job.id)
        process.wait()
        return True
    finally:
        _processes.pop(job.id, None)


def _move(job: JobRun, state: str, details: str) -> None:
    with world.lock:
        if job.state != "CANCELLING" or state == "CANCELLED":
            job.state, job.details, job.updated = state, details, world.now()


def _end(id: str) -> None:
    process = _processes.get(id)
    if process is not None:
        with suppress(ProcessLookupError):  # It has ended itself.
            os.killpg(process.pid, signal.SIGKILL)


def _fetched(backend: EmrBackend, job: JobRun, uri: str, folder: Path) -> Path:
    """Returns the entry point, read as the job's role. Raises `ClientError`, or `ValueError` for another scheme."""
    scheme, _, place = uri.partition("://")
    bucket, _, key = place.partition("/")
    if scheme != "s3" or not key:
        raise ValueError(f"{uri} is not an object of Amazon S3")
    path = folder / Path(key).name
    s3 = client("s3", backend.region_name, job.role, "emr-serverless")
    path.write_bytes(s3.get_object(Bucket=bucket, Key=key)["Body"].read())
    return path


def _python() -> str:
    return os.environ.get(VARIABLE) or sys.executable


def _settings(parameters: str) -> dict[str, str]:
    """Returns the settings that the options of spark-submit have: `--conf NAME=VALUE`."""
    words = shlex.split(parameters)
    pairs = (word.partition("=") for option, word in pairwise(words) if option == "--conf")
    return {name: value for name, _, value in pairs}


def _environ(backend: EmrBackend, job: JobRun, settings: dict[str, str]) -> dict[str, str]:
    """Returns the variables of the driver, with the session of its role and this machine's Spark."""
    own = {name.removeprefix(DRIVER): value for name, value in settings.items() if name.startswith(DRIVER)}
    kept = {name: value for name, value in settings.items() if not name.startswith(OF_WORKERS)}
    options = " ".join(f"--conf {shlex.quote(f'{name}={value}')}" for name, value in {**kept, **HERE}.items())
    return {
        **{name: os.environ[name] for name in _INHERITED if name in os.environ},
        **own,
        "AWS_REGION": backend.region_name,
        "AWS_DEFAULT_REGION": backend.region_name,
        "AWS_ENDPOINT_URL": str(functions.start().pool().endpoint),
        **_credentials(backend, job),
        **endpoints.trusted(),
        "PYSPARK_PYTHON": _python(),
        "PYSPARK_DRIVER_PYTHON": _python(),
        "PYSPARK_SUBMIT_ARGS": f"--master local[2] {options} pyspark-shell",
        "SPARK_LOCAL_IP": "127.0.0.1",
    }


def _credentials(backend: EmrBackend, job: JobRun) -> dict[str, str]:
    with world.lock:
        sts = sts_backends[job.role.split(":")[4]][backend.partition]
        session = sts.assume_role(backend.region_name, f"emr-{job.id}", job.role, "", _LIFETIME, "")
    return {
        "AWS_ACCESS_KEY_ID": session.access_key_id,
        "AWS_SECRET_ACCESS_KEY": session.secret_access_key,
        "AWS_SESSION_TOKEN": session.session_token,
    }


def _keep_log(backend: EmrBackend, job: JobRun, lines: list[str]) -> None:
    """Writes the log as the job's role, if the job asks for it. AWS ignores a log that it cannot write [inferred]."""
    overrides: dict[str, Any] = job.given.get("configurationOverrides") or {}
    wanted = (overrides.get("monitoringConfiguration") or {}).get("cloudWatchLoggingConfiguration") or {}
    group = wanted.get("logGroupName") or "/aws/emr-serverless"
    if not wanted.get("enabled") or not any(lines):
        return
    stream = f"applications/{job.application}/jobs/{job.id}/SPARK_DRIVER/{uuid4().hex[:8]}/stdout"
    logs = client("logs", backend.region_name, job.role, "emr-serverless")
    events = [{"timestamp": int(world.now() * 1000), "message": line} for line in lines[-LINES:] if line]
    with suppress(ClientError):
        logs.create_log_stream(logGroupName=group, logStreamName=stream)
        logs.put_log_events(logGroupName=group, logStreamName=stream, logEvents=events)
