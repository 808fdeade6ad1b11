"""A job's archive: download it, keep it, delete it."""

from __future__ import annotations

import io
import zipfile

from upstream.demo.answers import Answer, forbidden, json_answer, not_found
from upstream.demo.entities.jobs import build
from upstream.demo.params import number_in_path
from upstream.demo.records import Build, Project
from upstream.demo.routing import Context, Login, Route, find_build

ZIP_TYPE = "application/zip"
NO_CONTENT = 204


def get_archive(context: Context) -> Answer:
    number = number_in_path(context.params, "job_id")
    project = context.project()
    if not context.caller.can_read_builds(project):
        raise forbidden()
    job = find_build(project, number)
    archive = next((one for one in job.artifacts if one.file_type == "archive"), None)
    if archive is None:
        raise not_found()
    disposition = f'attachment; filename="{archive.filename}"'
    return Answer(
        body=_zip(job), headers={"content-disposition": disposition}, content_type=ZIP_TYPE
    )


def post_keep(context: Context) -> Answer:
    project, job = _updatable(context)
    if not job.artifacts:
        raise not_found()
    job.artifacts_expire_at = None
    return json_answer(build(job, context.view(project)))


def delete_artifacts(context: Context) -> Answer:
    project, job = _updatable(context)
    if not context.caller.can_maintain(project):
        raise forbidden()
    if not job.artifacts:
        raise not_found()
    job.artifacts.clear()
    job.artifacts_expire_at = None
    return Answer(NO_CONTENT)


def _updatable(context: Context) -> tuple[Project, Build]:
    number = number_in_path(context.params, "job_id")
    project = context.project()
    if not context.caller.can_update_builds(project):
        raise forbidden()
    return project, find_build(project, number)


def _zip(job: Build) -> bytes:
    """A small archive; the size in the job's payload is made up."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        file = zipfile.ZipInfo("build/report.txt")  # its fixed date keeps the bytes the same
        archive.writestr(file, f"{job.spec.name} of {job.pipeline.commit.sha}\n")
    return buffer.getvalue()


ROUTES = (
    Route("GET", "/projects/:id/jobs/:job_id/artifacts", get_archive, Login.WRITES, job_token=True),
    Route("POST", "/projects/:id/jobs/:job_id/artifacts/keep", post_keep),
    Route("DELETE", "/projects/:id/jobs/:job_id/artifacts", delete_artifacts),
)
