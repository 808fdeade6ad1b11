"""Wire shapes: what GitLab's API shows of the demo's records."""
