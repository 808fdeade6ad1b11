"""GitLab's own REST routes, through the gateway's door.

A team points its base URL at the gateway first, and then moves call by call: each answer is
GitLab's own, and names the operation that could take its place.
"""
