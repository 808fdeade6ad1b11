"""What a finished build leaves behind."""

from __future__ import annotations

from upstream.demo.records import Artifact, Build
from upstream.demo.world import World

EXPIRY_SECONDS = 30 * 86_400.0

_REPORTS = {
    "junit": ("junit.xml.gz", "gzip"),
    "codequality": ("gl-code-quality-report.json", "raw"),
    "secret_detection": ("gl-secret-detection-report.json", "raw"),
    "sast": ("gl-sast-report.json", "raw"),
}


def store(world: World, job: Build) -> None:
    """Archive, metadata and reports of a build that ended well; the log of every build."""
    dice = world.dice.roll("artifacts", job.pipeline.project.id, job.id)
    if job.status == "success":
        if job.spec.archive:
            size = dice.randint(2_000, 4_000_000)
            job.artifacts.append(Artifact("archive", "artifacts.zip", size, "zip"))
            metadata = dice.randint(150, 900)
            job.artifacts.append(Artifact("metadata", "metadata.gz", metadata, "gzip"))
        if job.spec.coverage is not None:
            job.coverage = round(dice.uniform(*job.spec.coverage), 2)
    if job.status in ("success", "failed"):
        for report in job.spec.reports:
            filename, file_format = _REPORTS[report]
            size = dice.randint(300, 20_000)
            job.artifacts.append(Artifact(report, filename, size, file_format))
    if job.artifacts and job.finished_at is not None:
        job.artifacts_expire_at = job.finished_at + EXPIRY_SECONDS
