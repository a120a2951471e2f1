"""Who or what did what, when, and its effect."""

from app.activity.telling import APP, KINDS, Subject, Thing, tell

__all__ = ["APP", "KINDS", "Subject", "Thing", "tell"]
