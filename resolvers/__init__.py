"""What each field does: records, loaders, pages; knows GitLab's payloads, but no HTTP."""
