"""A request that is refused before any operation is executed."""

from __future__ import annotations

from typing import Self

from gateway.errors import ErrorCode, Fault

Headers = tuple[tuple[bytes, bytes], ...]


class Refusal(Exception):
    def __init__(
        self, status: int, code: ErrorCode, message: str, *, headers: Headers = ()
    ) -> None:
        super().__init__(message)
        self.status = status
        self.fault = Fault(code, message)
        self.headers = headers

    @classmethod
    def of(cls, status: int, fault: Fault, *, headers: Headers = ()) -> Self:
        refusal = cls(status, fault.code, fault.message, headers=headers)
        refusal.fault = fault
        return refusal


def bad_request(message: str) -> Refusal:
    return Refusal(400, ErrorCode.BAD_REQUEST, message)


def method_not_allowed(message: str, allowed: bytes) -> Refusal:
    return Refusal(405, ErrorCode.METHOD_NOT_ALLOWED, message, headers=((b"allow", allowed),))
