"""From REST to GraphQL: what a REST call is in GraphQL, and whether both answer the same."""
