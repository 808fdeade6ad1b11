"""Policy and store joined: what to hand out, what to offer to GitLab, what to keep and drop."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any

from upstream.answer import Answer
from upstream.cache import policy
from upstream.cache.keys import (
    FRESH_ANYWHERE,
    Key,
    Read,
    Tag,
    fresh_in,
    of_partition,
    of_project,
    project_in,
)
from upstream.cache.policy import Policy
from upstream.cache.store import Content, Entry, Store

PARSED_SIZE = 4  # times the JSON's bytes, measured over jobs and pipelines at 3.0 to 3.8

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
        self.changes = 0  # grows when an action begins and when it ends

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
        self, read: Read, content: Content, headers: Mapping[str, str], since: int
    ) -> Answer | None:
        """The answer that a 304 stands for; None where it cannot be told.

        `since` is what `changes` was when GitLab was asked.
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

    def keep(self, read: Read, answer: Answer, size: int, since: int) -> None:
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
                if entry.fresh_until:
                    self._store.drop(key)

    def acting(self) -> None:
        """An action is about to be sent: answers that are on their way now may be older."""
        self.changes += 1

    def acted(self, partition: str, path: str, payload: Any) -> None:
        """An action on `path` was answered with `payload`.

        The credential's entries of the project go; those of the others have to be confirmed.
        """
        self.changes += 1
        for project in {project_in(path), policy.project_number(payload)} - {None}:
            if project is not None:
                for key, _ in self._store.tagged(of_project(partition, project)):
                    self._store.drop(key)
                self._distrust(fresh_in(project))

    def denied(self, path: str) -> None:
        """GitLab refused an action on `path`: the thing may stand otherwise than it is known here.

        A refusal does not tell the project's number; where the path does not either, what was read
        by number cannot be found, so nothing is handed out unasked any more.
        """
        project = project_in(path)
        if project is not None and not project.isdecimal():
            self._distrust(FRESH_ANYWHERE)

    def lost(self) -> None:
        """An action's answer did not come, or could not be read: it may have changed anything."""
        self.changes += 1
        self._distrust(FRESH_ANYWHERE)

    def _distrust(self, tag: Tag) -> None:
        for _, entry in self._store.tagged(tag):
            entry.fresh_until = 0.0

    def _put(self, read: Read, content: Content, paging: Mapping[str, str], since: int) -> None:
        tags: set[Tag] = {of_partition(read.partition)}
        segment = project_in(read.path)
        if segment is not None:
            tags.add(of_project(read.partition, segment))
        fresh_until = 0.0
        rest = self._policy.rest(read.route, read.path, content.payload, self._wall())
        if rest is not None and segment is not None and since == self.changes:
            fresh_until = self._clock() + rest.seconds
            tags.add(of_project(read.partition, rest.project))
            tags |= {fresh_in(segment), fresh_in(rest.project), FRESH_ANYWHERE}
        entry = Entry(content, paging, frozenset(tags), fresh_until)
        self._store.put(read.key, entry)
