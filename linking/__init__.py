"""Mentions to events: blocking, scores, groups, merged proposals. Pure."""
