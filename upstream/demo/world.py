"""Everything that the demo GitLab knows at one moment."""

from __future__ import annotations

from upstream.demo.dice import Dice
from upstream.demo.records import AnyJob, Bridge, Build, Pipeline, Project, User
from upstream.demo.timeline import Timeline

KEPT_PIPELINES = 80  # finished ones per project; older ones are forgotten
KEPT_COMMITS = 400


class World:
    """Users, projects and what is in them, on one timeline; see `lifecycle` for what moves it."""

    def __init__(self, seed: int | str, start: float) -> None:
        self.dice = Dice(seed)
        self.timeline = Timeline(start)
        self.users: dict[int, User] = {}
        self.projects: dict[int, Project] = {}
        self.moved: dict[str, int] = {}
        self.next_pipeline_id = 100

    @property
    def now(self) -> float:
        return self.timeline.now

    def project(self, key: int | str) -> Project | None:
        """By number, also as text, or by full path."""
        if isinstance(key, int) or key.isdecimal():
            return self.projects.get(int(key))
        path = key.lower()
        return next((one for one in self.projects.values() if one.path == path), None)

    def moved_project(self, path: str) -> Project | None:
        """The project that had this path once."""
        number = self.moved.get(path.lower())
        return None if number is None else self.projects[number]

    def add_pipeline(self, pipeline: Pipeline) -> None:
        pipeline.project.pipelines[pipeline.id] = pipeline
        self._forget_old(pipeline.project)

    def add_job(self, job: AnyJob) -> None:
        job.pipeline.jobs.append(job)
        project = job.pipeline.project
        if isinstance(job, Build):
            project.builds[job.id] = job
        else:
            project.bridges[job.id] = job

    def take_pipeline_id(self) -> int:
        self.next_pipeline_id += 1
        return self.next_pipeline_id

    def _forget_old(self, project: Project) -> None:
        loose = [one for one in project.pipelines.values() if not one.pinned]
        for pipeline in loose[: max(0, len(loose) - KEPT_PIPELINES)]:
            if pipeline.finished_at is not None or pipeline.status in ("manual", "skipped"):
                self._forget(pipeline)
        surplus = len(project.commits) - KEPT_COMMITS
        if surplus > 0:
            self._forget_commits(project, surplus)

    @staticmethod
    def _forget_commits(project: Project, surplus: int) -> None:
        """Drop tags and merge requests that no pipeline names, then commits that nothing does."""
        refs = {one.ref for one in project.pipelines.values()} | project.branches
        for ref in [ref for ref in project.heads if ref not in refs]:
            del project.heads[ref]
        used = {one.commit.sha for one in project.pipelines.values()}
        used.update(commit.sha for commit in project.heads.values())
        for sha in [sha for sha in project.commits if sha not in used][:surplus]:
            del project.commits[sha]

    @staticmethod
    def _forget(pipeline: Pipeline) -> None:
        project = pipeline.project
        del project.pipelines[pipeline.id]
        if pipeline.upstream is not None:
            pipeline.upstream.downstream = None
        for job in pipeline.jobs:
            project.builds.pop(job.id, None)
            project.bridges.pop(job.id, None)
            if isinstance(job, Bridge) and job.downstream is not None:
                job.downstream.upstream = None
