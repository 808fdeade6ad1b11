"""A job's log: fetched once for a request, then read as text, lines or sections."""

from resolvers.logs.limits import LogLimits
from resolvers.logs.lines import LogLine, LogSection, LogStream
from resolvers.logs.opening import OpenLogs
from resolvers.logs.paging import LineConnection, LineEdge, LinePageInfo
from resolvers.logs.record import LogRecord

__all__ = [
    "LineConnection",
    "LineEdge",
    "LinePageInfo",
    "LogLimits",
    "LogLine",
    "LogRecord",
    "LogSection",
    "LogStream",
    "OpenLogs",
]
