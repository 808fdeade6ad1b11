"""GraphQL over HTTP, as plain ASGI: what lies between a request's bytes and an operation."""
