"""GitLab's REST side: knows HTTP, knows no GraphQL."""
