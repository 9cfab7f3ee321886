"""Platforms that remember: real HTTP on loopback, checked against the published specifications."""
