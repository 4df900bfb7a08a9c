"""The stages: each turns one message into effects in one transaction, and does not know its place.

`read` reads an article, `link` brings mentions into the review queue, `publish` carries the outbox to the bus.
"""
