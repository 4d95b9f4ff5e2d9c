"""Steering a mock over HTTP: what lies below /_mock/ beside the journal."""

from mockserver.admin.middleware import AdminLayer, AdminRules

__all__ = ["AdminLayer", "AdminRules"]
