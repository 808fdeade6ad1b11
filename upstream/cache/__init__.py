"""Answers kept from one request to the next: whose, how long, and within which bounds."""
