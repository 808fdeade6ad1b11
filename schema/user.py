"""A user, as GitLab shows one inside jobs and pipelines."""

from __future__ import annotations

import strawberry

from schema._fields import plain
from schema.scalars import BigInt, DateTime


@strawberry.type(
    description="A user. Jobs show the whole profile, pipelines a short form of it; what a form "
    "lacks is null."
)
class User:
    database_id: BigInt = plain("REST's `id`.", key="id")
    username: str = plain("The name behind the @.")
    name: str | None = plain("Name to show.")
    state: str | None = plain("active, blocked, deactivated, ... An open list, hence text.")
    locked: bool | None = plain("Whether sign-in is locked after failed attempts.")
    avatar_url: str | None = plain("Address of the picture.")
    web_url: str | None = plain("Address of the profile page.")
    created_at: DateTime | None = plain("When the account was made; hidden on some servers.")
    bio: str | None = plain("What the user says about themselves.")
    location: str | None = plain("Where the user says they are.")
    public_email: str | None = plain("The address that the user shows to everybody.")
    skype: str | None = plain("Skype name; newer GitLab no longer has it.")
    linkedin: str | None = plain("LinkedIn name.")
    twitter: str | None = plain("Twitter (X) name.")
    discord: str | None = plain("Discord id.")
    website_url: str | None = plain("The user's own site.")
    github: str | None = plain("GitHub name.")
    organization: str | None = plain("Where the user works.")
    job_title: str | None = plain("What the user works as.")
    pronouns: str | None = plain("The user's pronouns.")
    bot: bool | None = plain("Whether the account is a bot's.")
    work_information: str | None = plain("Job title and organization in one text.")
    followers: int | None = plain("How many follow the user; hidden for private profiles.")
    following: int | None = plain("How many the user follows; hidden for private profiles.")
    local_time: str | None = plain('The time where the user is, such as "12:44 PM".')
