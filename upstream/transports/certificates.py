"""Why a certificate is not accepted, in words that do not name the host."""

from __future__ import annotations

_FOR_ANOTHER = frozenset({62, 64})  # X509_V_ERR_HOSTNAME_MISMATCH, X509_V_ERR_IP_ADDRESS_MISMATCH


def untrusted(error: BaseException) -> str:
    """`error` is ssl's, or one that wraps it and may not tell."""
    if getattr(error, "verify_code", 0) in _FOR_ANOTHER:
        return "it is for another host"
    return getattr(error, "verify_message", "") or "it does not fit"
