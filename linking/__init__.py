"""Mentions to events: blocking, scores with reasons, groups, merged proposals. Pure."""
