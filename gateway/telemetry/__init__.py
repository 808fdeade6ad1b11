"""What an operator sees of the gateway: log lines, metrics, traces."""
