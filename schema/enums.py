"""Enums. The Python values are REST's own words, so that a payload's text finds its name."""

from __future__ import annotations

import enum

import strawberry


@strawberry.enum(description="Where a job or bridge stands: the 13 states of GitLab, and UNKNOWN.")
class JobStatus(enum.Enum):
    CREATED = strawberry.enum_value(
        "created", description="Made, and waiting for its stage to come."
    )
    WAITING_FOR_RESOURCE = strawberry.enum_value(
        "waiting_for_resource", description="Waiting for a resource group that another job holds."
    )
    PREPARING = strawberry.enum_value(
        "preparing", description="Its prerequisites, such as a cluster namespace, are being made."
    )
    WAITING_FOR_CALLBACK = strawberry.enum_value(
        "waiting_for_callback", description="Waiting for an outside system to call back."
    )
    PENDING = strawberry.enum_value("pending", description="Waiting for a runner.")
    RUNNING = strawberry.enum_value("running", description="Running on a runner.")
    SUCCESS = strawberry.enum_value("success", description="Finished, and went well.")
    FAILED = strawberry.enum_value("failed", description="Finished, and went wrong.")
    CANCELING = strawberry.enum_value(
        "canceling", description="Being canceled: its after_script still runs."
    )
    CANCELED = strawberry.enum_value("canceled", description="Canceled before it could finish.")
    SKIPPED = strawberry.enum_value(
        "skipped", description="Never ran, because something before it did not succeed."
    )
    MANUAL = strawberry.enum_value("manual", description="Waits for a person to play it.")
    SCHEDULED = strawberry.enum_value(
        "scheduled", description="Delayed: starts by itself when its time comes, or when played."
    )
    UNKNOWN = strawberry.enum_value(
        "unknown", description="A status that GitLab has added since; never an error."
    )


@strawberry.enum(description="Where a pipeline stands: the 13 states of GitLab, and UNKNOWN.")
class PipelineStatus(enum.Enum):
    CREATED = strawberry.enum_value("created", description="Made; none of its jobs has started.")
    WAITING_FOR_RESOURCE = strawberry.enum_value(
        "waiting_for_resource",
        description="A job of it waits for a resource group that another job holds.",
    )
    PREPARING = strawberry.enum_value(
        "preparing", description="Its jobs' prerequisites are being made."
    )
    WAITING_FOR_CALLBACK = strawberry.enum_value(
        "waiting_for_callback", description="A job of it waits for an outside system to call back."
    )
    PENDING = strawberry.enum_value("pending", description="Its first jobs wait for a runner.")
    RUNNING = strawberry.enum_value("running", description="At least one job runs.")
    SUCCESS = strawberry.enum_value("success", description="All jobs that had to succeed have.")
    FAILED = strawberry.enum_value("failed", description="A job that had to succeed failed.")
    CANCELING = strawberry.enum_value(
        "canceling", description="Being canceled: the after_script of a job still runs."
    )
    CANCELED = strawberry.enum_value("canceled", description="Canceled before it could finish.")
    SKIPPED = strawberry.enum_value(
        "skipped",
        description="Nothing ran, by the project's rules or a skip request in the commit.",
    )
    MANUAL = strawberry.enum_value("manual", description="Waits for a person to play a job.")
    SCHEDULED = strawberry.enum_value(
        "scheduled", description="Waits for a delayed job's time to come."
    )
    UNKNOWN = strawberry.enum_value(
        "unknown", description="A status that GitLab has added since; never an error."
    )


@strawberry.enum(description="Which stream of the job's script a line was written to.")
class LogStream(enum.Enum):
    STDOUT = strawberry.enum_value("stdout", description="Standard output.")
    STDERR = strawberry.enum_value("stderr", description="Standard error.")


@strawberry.enum(description="Why GitLab refused a mutation, where the user can act on it.")
class MutationErrorCode(enum.Enum):
    NOT_CANCELABLE = strawberry.enum_value(
        "NOT_CANCELABLE",
        description="Reserved: GitLab accepts every cancellation, so NO_EFFECT is what comes.",
    )
    NOT_RETRYABLE = strawberry.enum_value(
        "NOT_RETRYABLE",
        description="The job cannot be retried: not finished, retried already, or archived.",
    )
    NOT_ERASABLE = strawberry.enum_value(
        "NOT_ERASABLE",
        description="The job cannot be erased: not finished, or nothing is left to erase.",
    )
    NOT_PLAYABLE = strawberry.enum_value(
        "NOT_PLAYABLE",
        description="The job cannot be played: it is no manual or delayed job, or runs already.",
    )
    NO_EFFECT = strawberry.enum_value(
        "NO_EFFECT",
        description="GitLab said yes and changed nothing, or left a part of the input out.",
    )
    INVALID_INPUT = strawberry.enum_value(
        "INVALID_INPUT", description="GitLab did not accept the variables or inputs."
    )
    CONFLICT = strawberry.enum_value(
        "CONFLICT",
        description="Something else is being done to the job or its project now; try again later.",
    )
