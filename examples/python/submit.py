"""Submits a job, waits for its end, prints its log, and ends with its exit code.

python submit.py http://127.0.0.1:8000 job1 busybox echo hello
"""

import os
import sys

from kubejobs_client import AuthenticatedClient
from kubejobs_client.api.jobs import get_job_logs, submit_job, wait_for_job
from kubejobs_client.models import Job, JobState, Problem, SubmitJobBody

UNFINISHED = {JobState.PENDING, JobState.RUNNING, JobState.SCHEDULED, JobState.BLOCKED, JobState.HELD}


def checked(answer):
    """What was asked for; a refusal of the server ends the program."""
    if isinstance(answer, Problem):
        sys.exit(f"{answer.title}: {answer.detail}")
    return answer


def finished(client: AuthenticatedClient, job_id) -> Job:
    """Waits as long as it takes: each call answers when the job is finished, or after 30 seconds."""
    while True:
        job = checked(wait_for_job.sync(job_id, client=client, timeout=30))
        if job.state not in UNFINISHED:
            return job


def main(url: str, name: str, image: str, *command: str) -> int:
    # A server that asks nobody who they are ignores the token. The timeout is longer than the wait above.
    token = os.environ.get("KUBEJOBS_TOKEN", "none")
    client = AuthenticatedClient(base_url=url, token=token, timeout=60)
    body = SubmitJobBody(name=name, image=image, command=list(command), priority=5)
    submitted = checked(submit_job.sync(client=client, body=body))
    print(f"{submitted.job_id} is at position {submitted.queue_position}", file=sys.stderr)
    job = finished(client, submitted.job_id)
    print(checked(get_job_logs.sync(job.job_id, client=client)), end="")
    print(f"{job.name}: {job.state}", file=sys.stderr)
    return 0 if job.state == JobState.SUCCEEDED else job.exit_code or 1


if __name__ == "__main__":
    if len(sys.argv) < 4:
        sys.exit(__doc__)
    sys.exit(main(*sys.argv[1:]))
