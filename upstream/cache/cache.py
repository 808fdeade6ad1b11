"""Policy and store joined: what to hand out, what to offer to GitLab, what to keep and drop."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any

from upstream.answer import Answer
from upstream.cache import policy
from upstream.cache.keys import (
    UNASKED_ANYWHERE,
    Key,
    Read,
    Tag,
    of_partition,
    of_project,
    project_in,
    unasked_in,
)
from upstream.cache.policy import Policy
from upstream.cache.store import Content, Entry, Store

PARSED_SIZE = 4  # times the JSON's bytes, measured over jobs and pipelines at 3.0 to 3.8

Moment = tuple[int, int]
Clock = Callable[[], float]


class Cache:
    """Answers by credential and target.

    What one credential was given reaches another only after GitLab's own 304 to it. `clock`
    measures ages and never goes back; `wall` is seconds since the epoch, for an artifact's expiry.
    """

    def __init__(
        self, policy: Policy, store: Store, *, clock: Clock, wall: Clock = time.time
    ) -> None:
        self._policy = policy
        self._store = store
        self._clock = clock
        self._wall = wall
        self._bare_304 = False  # GitLab, or a proxy before it, leaves paging headers out of them
        self._changes = 0  # grows when an action begins and when it ends
        self._denials = 0

    @property
    def moment(self) -> Moment:
        """By what an answer is told to be older than an action or a denial."""
        return self._changes, self._denials

    def fresh(self, key: Key) -> Answer | None:
        """The answer that may be handed out without a call."""
        entry = self._store.get(key)
        if entry is None or self._clock() >= entry.fresh_until:
            return None
        return Answer(policy.OK, entry.headers, entry.content.payload)

    def offer(self, read: Read) -> Content | None:
        """What GitLab may be asked to confirm for this credential.

        The newest that anybody has, since others have seen later changes; else its own.
        """
        latest = self._store.latest(read.target)
        if latest is not None and not (self._bare_304 and latest.paging):
            return latest
        own = self._store.get(read.key)
        return own.content if own is not None else None

    def is_own(self, read: Read, content: Content) -> bool:
        own = self._store.get(read.key)
        return own is not None and own.content is content

    def confirm(
        self, read: Read, content: Content, headers: Mapping[str, str], since: Moment
    ) -> Answer | None:
        """The answer that a 304 stands for; None where it cannot be told.

        `since` is what `moment` was when GitLab was asked.
        """
        if not policy.confirms(headers, content.tag):
            return None
        own = self._store.get(read.key)
        kept: Mapping[str, str] = {}
        if own is not None and own.content is content:
            kept = own.headers
        elif not content.paging <= headers.keys():
            self._bare_304 = True  # another's paging is not this one's to have
            return None
        headers = policy.confirmed_headers(headers, kept)
        if policy.forbids_keeping(headers):
            self._store.drop(read.key)
        else:
            self._put(read, content, policy.paging_headers(headers), since)
        return Answer(policy.OK, headers, content.payload)

    def keep(self, read: Read, answer: Answer, size: int, since: Moment) -> None:
        """Takes in what GitLab gave; `size` is the bytes of its JSON."""
        tag = policy.tag_to_keep(answer.status, answer.headers)
        if tag is None:
            self._store.drop(read.key)
            return
        paging = policy.paging_headers(answer.headers)
        content = Content(read.target, tag, answer.payload, frozenset(paging), size * PARSED_SIZE)
        self._put(read, content, paging, since)

    def refused(self, read: Read, status: int) -> None:
        """GitLab answered with an error; one that denies the thing ends the claim to it."""
        if policy.refuses(status):
            self._store.drop(read.key)
        if status == policy.UNAUTHORIZED:  # the token itself is no good any more
            for key, entry in self._store.tagged(of_partition(read.partition)):
                if entry.fresh_until or entry.stale_until:
                    self._store.drop(key)
            self._denials += 1
        elif policy.denies(status):
            self._doubt(read.partition, read.path)

    def acting(self) -> None:
        """An action is about to be sent: answers that are on their way now may be older."""
        self._changes += 1

    def acted(self, partition: str, path: str, payload: Any) -> None:
        """An action on `path` was answered with `payload`, or refused without one.

        The credential's entries of the project go; those of the others have to be confirmed. A
        refused action, too, says that the thing may stand otherwise than it is known here.
        """
        self._changes += 1
        named, number = project_in(path), policy.project_number(payload)
        for project in {named, number} - {None}:
            if project is not None:
                for key, _ in self._store.tagged(of_project(partition, project)):
                    self._store.drop(key)
                self._distrust(unasked_in(project))
        if number is None and named is not None and not named.isdecimal():
            # What was read by the project's number cannot be found.
            self._distrust(UNASKED_ANYWHERE)

    def lost(self, path: str) -> None:
        """An action's answer did not come, or could not be read: it may have changed anything.

        While GitLab fails, actions do; so what may be handed out then stays, but for this project.
        """
        self._changes += 1
        for _, entry in self._store.tagged(UNASKED_ANYWHERE):
            entry.fresh_until = 0.0
        project = project_in(path)
        tags = set() if project is None else self._filed_under(unasked_in(project), project)
        for tag in tags or {UNASKED_ANYWHERE}:
            self._distrust(tag)

    def stale(self, key: Key) -> tuple[Answer, float] | None:
        """What may be handed out where GitLab cannot be asked, and how many seconds old it is."""
        entry = self._store.get(key)
        now = self._clock()
        if entry is None or now >= entry.stale_until:
            return None
        return Answer(policy.OK, entry.headers, entry.content.payload), now - entry.given

    def _doubt(self, partition: str, path: str) -> None:
        """A denial: nothing of the project is handed out unasked to this credential any more."""
        self._denials += 1
        project = project_in(path)
        if project is None or not self._policy.stale_seconds:
            return
        tags = self._filed_under(of_project(partition, project), project)
        for tag in tags or {of_partition(partition)}:
            for _, entry in self._store.tagged(tag):
                entry.stale_until = 0.0

    def _filed_under(self, tag: Tag, project: str) -> set[Tag]:
        """All tags like `tag` of the project that it is for; none where they cannot be told.

        What may be handed out unasked is filed under its project's number, and, where it was read
        by the project's name, under that, too.
        """
        tags = {
            other
            for _, entry in self._store.tagged(tag)
            for other in entry.tags
            if other[0] == tag[0] and other != UNASKED_ANYWHERE
        }
        return tags | {tag} if project.isdecimal() or len(tags) > 1 else set()

    def _distrust(self, tag: Tag) -> None:
        for _, entry in self._store.tagged(tag):
            entry.fresh_until = entry.stale_until = 0.0

    def _put(self, read: Read, content: Content, paging: Mapping[str, str], since: Moment) -> None:
        tags: set[Tag] = {of_partition(read.partition)}
        segment = project_in(read.path)
        if segment is not None:
            tags.add(of_project(read.partition, segment))
        now = self._clock()
        fresh, stale = 0.0, 0.0
        # Without its number no action could be told to concern this answer.
        number = policy.project_number(content.payload)
        if number is not None and segment is not None and since[0] == self._changes:
            rest = self._policy.rest(read.route, read.path, content.payload, self._wall())
            fresh = 0.0 if rest is None else now + rest.seconds
            if self._policy.stale_seconds and since[1] == self._denials:
                stale = now + self._policy.stale_seconds
            if fresh or stale:
                tags.add(of_project(read.partition, number))
                tags |= {unasked_in(segment), unasked_in(number), UNASKED_ANYWHERE}
        self._store.put(read.key, Entry(content, paging, frozenset(tags), now, fresh, stale))
