"""What one request took of GitLab, summed up from its journal."""

from __future__ import annotations

from dataclasses import dataclass

from upstream.journal import Journal

NOT_MODIFIED = 304


@dataclass(slots=True)
class Account:
    """`calls` went to GitLab for this request, `revalidated` of them were answered 304.

    `hits` were answered from what is kept; `shared` by a call that was in flight already; `stale`
    by what was kept, as a call had failed. `failed` of the calls had no answer. `seconds` are those
    of all calls, one after the other, though many run side by side; `size` is the bytes of GitLab's
    answers.
    """

    calls: int = 0
    revalidated: int = 0
    hits: int = 0
    shared: int = 0
    stale: int = 0
    failed: int = 0
    seconds: float = 0.0
    size: int = 0


def account_of(journal: Journal | None) -> Account:
    account = Account()
    for call in journal.calls if journal is not None else ():
        if call.means == "sent":
            account.calls += 1
            account.seconds += call.seconds or 0.0
            account.size += call.size
            if call.status == NOT_MODIFIED:
                account.revalidated += 1
            elif call.error is not None:
                account.failed += 1
        elif call.means == "hit":
            account.hits += 1
        elif call.means == "stale":
            account.stale += 1
        else:
            account.shared += 1
    return account
