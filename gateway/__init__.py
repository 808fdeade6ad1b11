"""The server: settings, HTTP, execution and telemetry, joined in `gateway.app`."""

__version__ = "0.1.0"
