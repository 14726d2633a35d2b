"""Jobs of Spark: started in an application, run by `running` on this machine, and cancelled."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from reconciler.sandbox import paging
from reconciler.sandbox.emr import running
from reconciler.sandbox.emr.applications import Answer, Applications, Params, invalid
from reconciler.sandbox.emr.backend import JobRun
from reconciler.sandbox.errors import Refused
from reconciler.sandbox.iam import trust

PAGE = 50
PRINCIPAL = "emr-serverless.amazonaws.com"
ENDED = ("SUCCESS", "FAILED", "CANCELLED")
DAY = 720  # minutes: "the default is 720 minutes" [service model, executionTimeoutMinutes]
# The members of a list [service model, JobRunSummary].
LISTED = ("name", "mode", "arn", "createdBy", "createdAt", "updatedAt", "executionRole", "state", "stateDetails")


class Jobs(Applications):
    def start_job_run(self, params: Params) -> Answer:
        """Accepts a job. "The job run is SUBMITTED" and then moves by itself [EMR Serverless user guide, job states].

        AWS would start any job. The sandbox refuses one that it cannot run, because there is no Spark here.
        """
        application = self._application(params["applicationId"])
        token = params["clientToken"]
        known = next((it for it in self.backend.jobs.values() if it.token == token), None)
        if known and self.world.switches.client_tokens == "honoured":
            return self._begun(known)
        self._must_take(params, self._state(application), application.members.get("autoStartConfiguration") or {})
        if wrong := running.missing():
            raise invalid(wrong)
        now = self.world.now()
        role = params["executionRoleArn"]
        job = JobRun(f"00{uuid4().hex[:14]}", application.id, token, role, params, now, now)
        self.backend.jobs[job.id] = job
        application.state = "STARTED"
        running.start(self.backend, job)
        return self._begun(job)

    def get_job_run(self, params: Params) -> Answer:
        return {"jobRun": self._shown_job(self._job(params))}

    def list_job_runs(self, params: Params) -> Answer:
        """Lists the jobs of an application."""
        id, wanted = params["applicationId"], params.get("states") or []
        rows = []
        for job in self.backend.jobs.values():
            if job.application == id and (not wanted or job.state in wanted):
                members = self._shown_job(job)
                own = {name: members[name] for name in LISTED if name in members}
                rows.append(
                    (job.id, {"applicationId": id, "id": job.id, "releaseLabel": members["releaseLabel"], **own})
                )
        token, size = {"NextToken": params.get("nextToken")}, int(params.get("maxResults") or PAGE)
        try:
            listing = paging.open_listing("emr-serverless:ListJobRuns", token, fixed={"id": id}, size=size)
        except Refused as refused:
            raise invalid(refused.message) from refused
        page, rest = paging.cut(self.world, listing, rows)
        return {"jobRuns": page} | ({"nextToken": rest["NextToken"]} if rest else {})

    def cancel_job_run(self, params: Params) -> Answer:
        """Cancels a job. One that has ended cannot be cancelled [words inferred]."""
        job = self._job(params)
        if job.state in ENDED:
            raise invalid(f"Job run {job.id} is in the state {job.state}, and cannot be cancelled.")
        running.cancel(job)
        return {"applicationId": job.application, "jobRunId": job.id}

    def _must_take(self, params: Params, state: str, start: Any) -> None:
        """Raises `Refused` for a job that the application does not take."""
        driver = params.get("jobDriver") or {}
        if not driver.get("sparkSubmit"):
            raise invalid("The sandbox runs Spark jobs only.")  # a limit of the sandbox
        if state not in ("STARTED", "STARTING") and not start.get("enabled"):
            raise invalid(f"Application must be started, and is {state}.")  # [words inferred]
        if state == "TERMINATED":
            raise Refused("ResourceNotFoundException", f"Application {params['applicationId']} is terminated.")
        account, role = self.backend.account_id, params["executionRoleArn"]
        arn = self.backend.arn(params["applicationId"])
        if not trust.may_assume(self.world, account, role, PRINCIPAL, arn):
            raise invalid(f"Unable to assume the execution role {role}.")  # [words inferred]

    def _job(self, params: Params) -> JobRun:
        job = self.backend.jobs.get(params["jobRunId"])
        if job is None or job.application != params["applicationId"]:
            raise Refused("ResourceNotFoundException", f"Job run {params['jobRunId']} does not exist.")
        return job

    def _begun(self, job: JobRun) -> Answer:
        return {"applicationId": job.application, "jobRunId": job.id, "arn": self._job_arn(job)}

    def _job_arn(self, job: JobRun) -> str:
        return f"{self.backend.arn(job.application)}/jobruns/{job.id}"

    def _shown_job(self, job: JobRun) -> Answer:
        release = self.backend.applications[job.application].members["releaseLabel"]
        given = {
            name: job.given[name] for name in ("name", "jobDriver", "configurationOverrides") if job.given.get(name)
        }
        return {
            **given,
            "applicationId": job.application,
            "jobRunId": job.id,
            "arn": self._job_arn(job),
            "createdBy": f"arn:{self.backend.partition}:iam::{self.backend.account_id}:root",
            "createdAt": job.created,
            "updatedAt": job.updated,
            "executionRole": job.role,
            "state": job.state,
            "stateDetails": job.details,
            "releaseLabel": release,
            "executionTimeoutMinutes": int(job.given.get("executionTimeoutMinutes") or DAY),
            "mode": job.given.get("mode") or "BATCH",
        }
