"""The options of curl: which there are, and which take a value (curl 7.88 to 8.16)."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from gateway.migrate.problems import Unreadable

_NAMES_WITH_VALUE = """
abstract-unix-socket alt-svc aws-sigv4 cacert capath cert cert-type ciphers config
connect-timeout connect-to continue-at cookie cookie-jar create-file-mode crlfile curves data
data-ascii data-binary data-raw data-urlencode delegation dns-interface dns-ipv4-addr
dns-ipv6-addr dns-servers doh-url dump-header ech egd-file engine etag-compare etag-save
expand-data expand-header expand-url expand-user expect100-timeout form form-string ftp-account
ftp-alternative-to-user ftp-method ftp-port ftp-ssl-ccc-mode happy-eyeballs-timeout-ms
haproxy-clientip header help hostpubmd5 hostpubsha256 hsts interface ip-tos ipfs-gateway json
keepalive-cnt keepalive-time key key-type knownhosts krb libcurl limit-rate local-port
login-options mail-auth mail-from mail-rcpt max-filesize max-redirs max-time netrc-file noproxy
oauth2-bearer output output-dir parallel-max parallel-max-host pass pinnedpubkey preproxy proto
proto-default proto-redir proxy proxy-cacert proxy-capath proxy-cert proxy-cert-type
proxy-ciphers proxy-crlfile proxy-header proxy-key proxy-key-type proxy-pass proxy-pinnedpubkey
proxy-service-name proxy-tls13-ciphers proxy-tlsauthtype proxy-tlspassword proxy-tlsuser
proxy-user proxy1.0 pubkey quote random-file range rate referer request request-target resolve
retry retry-delay retry-max-time sasl-authzid service-name signature-algorithms socks4 socks4a
socks5 socks5-gssapi-service socks5-hostname speed-limit speed-time ssl-sessions stderr
telnet-option tftp-blksize time-cond tls-max tls13-ciphers tlsauthtype tlspassword tlsuser trace
trace-ascii trace-config unix-socket upload-file upload-flags url url-query user user-agent
variable vlan-priority write-out
"""
_NAMES_WITHOUT_VALUE = """
anyauth append basic ca-native cert-status compressed compressed-ssh create-dirs crlf digest
disable disable-eprt disable-epsv disallow-username-in-url doh-cert-status doh-insecure
dump-ca-embed fail fail-early fail-with-body false-start follow form-escape ftp-create-dirs
ftp-pasv ftp-pret ftp-skip-pasv-ip ftp-ssl-ccc ftp-ssl-control get globoff haproxy-protocol head
http0.9 http1.0 http1.1 http2 http2-prior-knowledge http3 http3-only ignore-content-length
include insecure ipv4 ipv6 junk-session-cookies list-only location location-trusted
mail-rcpt-allowfails manual metalink mptcp negotiate netrc netrc-optional next no-alpn no-buffer
no-clobber no-keepalive no-npn no-progress-meter no-sessionid ntlm ntlm-wb out-null parallel
parallel-immediate path-as-is post301 post302 post303 progress-bar proxy-anyauth proxy-basic
proxy-ca-native proxy-digest proxy-http2 proxy-insecure proxy-negotiate proxy-ntlm
proxy-ssl-allow-beast proxy-ssl-auto-client-cert proxy-tlsv1 proxytunnel raw remote-header-name
remote-name remote-name-all remote-time remove-on-error retry-all-errors retry-connrefused
sasl-ir show-error show-headers silent skip-existing socks5-basic socks5-gssapi
socks5-gssapi-nec ssl ssl-allow-beast ssl-auto-client-cert ssl-no-revoke ssl-reqd
ssl-revoke-best-effort sslv2 sslv3 styled-output suppress-connect-headers tcp-fastopen
tcp-nodelay test-event tftp-no-options tls-earlydata tlsv1 tlsv1.0 tlsv1.1 tlsv1.2 tlsv1.3
tr-encoding trace-ids trace-time use-ascii verbose version xattr
"""
_WITH_VALUE = frozenset(_NAMES_WITH_VALUE.split())
_WITHOUT_VALUE = frozenset(_NAMES_WITHOUT_VALUE.split())
_SHORT = {
    "a": "append", "E": "cert", "K": "config", "C": "continue-at", "b": "cookie",
    "c": "cookie-jar", "d": "data", "q": "disable", "D": "dump-header", "f": "fail", "F": "form",
    "P": "ftp-port", "G": "get", "g": "globoff", "I": "head", "H": "header", "h": "help",
    "0": "http1.0", "i": "include", "k": "insecure", "4": "ipv4", "6": "ipv6",
    "j": "junk-session-cookies", "l": "list-only", "L": "location", "M": "manual", "m": "max-time",
    "n": "netrc", ":": "next", "N": "no-buffer", "o": "output", "Z": "parallel",
    "#": "progress-bar", "x": "proxy", "U": "proxy-user", "p": "proxytunnel", "Q": "quote",
    "r": "range", "e": "referer", "J": "remote-header-name", "O": "remote-name",
    "R": "remote-time", "X": "request", "S": "show-error", "s": "silent", "Y": "speed-limit",
    "y": "speed-time", "2": "sslv2", "3": "sslv3", "t": "telnet-option", "z": "time-cond",
    "1": "tlsv1", "T": "upload-file", "B": "use-ascii", "u": "user", "A": "user-agent",
    "v": "verbose", "V": "version", "w": "write-out",
}  # fmt: skip


class Option(NamedTuple):
    """One option by its long name; an address without one is a `url`, a switch has no value."""

    name: str
    value: str = ""


def options(words: Sequence[str]) -> Iterator[Option]:
    """The options that the words after `curl` are, in their order.

    What is wrong is told by its place: a word that is no option may be half of a token.
    """
    rest = iter(enumerate(words, 1))
    only_addresses = False
    for place, word in rest:
        if only_addresses or not word.startswith("-") or word == "-":
            yield Option("url", word)
        elif word == "--":
            only_addresses = True
        elif word.startswith("--"):
            name, separator, value = word[2:].partition("=")
            if _takes_value(name, place):
                yield Option(name, value if separator else _next(rest, f"--{name}"))
            else:
                yield Option(name)
        else:
            yield from _short(word[1:], place, rest)


def _short(letters: str, place: int, rest: Iterator[tuple[int, str]]) -> Iterator[Option]:
    """`-sSX POST`, `-sSXPOST`: switches in a row, of which the last may take a value."""
    for index, letter in enumerate(letters):
        name = _SHORT.get(letter)
        if name is None:
            raise Unreadable(f"the {_ordinal(place)} word after curl is no option of curl")
        if name in _WITH_VALUE:
            yield Option(name, letters[index + 1 :] or _next(rest, f"-{letter}"))
            return
        yield Option(name)


def _takes_value(name: str, place: int) -> bool:
    if name in _WITH_VALUE:
        return True
    if name in _WITHOUT_VALUE or name.removeprefix("no-") in _WITHOUT_VALUE:
        return False
    close = difflib.get_close_matches(name, _WITH_VALUE | _WITHOUT_VALUE, n=1)
    hint = f"; did you mean --{close[0]}?" if close else ""
    raise Unreadable(f"the {_ordinal(place)} word after curl is no option of curl{hint}")


def _next(rest: Iterator[tuple[int, str]], option: str) -> str:
    for _, word in rest:
        return word
    raise Unreadable(f"{option} is the last word, and its value is missing")


def _ordinal(number: int) -> str:
    last = number % 10 if number // 10 % 10 != 1 else 0
    return f"{number}{ {1: 'st', 2: 'nd', 3: 'rd'}.get(last, 'th') }"
