"""The gateway beside its peers: the same questions, the same GitLab, the same machine."""
