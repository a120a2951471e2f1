"""Knobs of the shop that no real one has: which Saleor it is, and how badly its webhooks travel."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True)
class Switches:
    """Seconds and factors are floats.

    ``mended_allocation`` is a Saleor whose locked re-check at completion counts the allocations that exist.
    ``retry_scale`` shortens the waits between retries of a webhook; 1.0 is Saleor's 10, 20, 40, 80, 160 s.
    ``app_token_seconds`` is how long the tokens live that a dashboard hands to apps; below zero they are over at once.
    ``refresh_seconds`` is how often a dashboard hands over a new one; 0 is as the real one does: half a minute before
    the old one is over.
    ``gap`` is how long a completion is busy between its check and its allocation.
    """

    mended_allocation: bool = False
    retry_scale: float = 1.0
    gap: float = 0.03
    latency: float = 0.0
    drop: bool = False
    duplicate: bool = False
    shuffle: bool = False
    delay: float = 0.0
    app_token_seconds: float = 300.0
    refresh_seconds: float = 0.0
