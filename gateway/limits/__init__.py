"""What a request may not exceed, known before any of it is executed: one rule a file.

Rules over a document are checked once, between parsing and validation, and their verdict is kept
with the document; rules over variables and batches are checked with each request that has them.
docs/limits.md tells them to users.
"""
