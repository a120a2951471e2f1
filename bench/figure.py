"""One line of the benchmark's output."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """A measured value, the goal it is held against in words, and whether it reaches it. No part holds a space."""

    name: str
    value: str
    goal: str
    ok: bool

    def __str__(self) -> str:
        return f"{self.name} {self.value} {self.goal} {'ok' if self.ok else 'short'}"


def at_least(name: str, value: float, goal: float) -> Figure:
    return Figure(name, f"{value:.4g}" if value < 1000 else f"{value:.0f}", f">={goal:g}", value >= goal)


def at_most(name: str, value: float, goal: float) -> Figure:
    return Figure(name, f"{value:.4g}" if value < 1000 else f"{value:.0f}", f"<={goal:g}", value <= goal)
