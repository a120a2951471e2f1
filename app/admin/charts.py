"""Charts as numbers that a template draws as SVG: where each bar stands, and what the lines of the grid say."""

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, HEIGHT = 720, 220
LEFT, RIGHT, TOP, BOTTOM = 48, 8, 10, 26
STEPS = (1, 2, 5)


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar; `series` is 0 for the first value of its label, 1 for the second."""

    x: float
    y: float
    width: float
    height: float
    series: int


@dataclass(frozen=True, slots=True)
class Chart:
    """`grid` and `labels` are (place, text); `path` is the line of a line chart, as SVG's own d."""

    grid: list[tuple[float, str]]
    labels: list[tuple[float, str]]
    bars: list[Bar]
    path: str = ""
    width: int = WIDTH
    height: int = HEIGHT


def bars(labels: Sequence[str], *series: Sequence[float]) -> Chart:
    """One group of bars a label, one bar a series."""
    top = _top(max((value for values in series for value in values), default=0))
    slot = (WIDTH - LEFT - RIGHT) / max(1, len(labels))
    width = min(40.0, slot * 0.7 / max(1, len(series)))
    drawn = []
    for place in range(len(labels)):
        begin = LEFT + slot * place + (slot - width * len(series)) / 2
        for number, values in enumerate(series):
            height = _scaled(values[place], top)
            drawn.append(Bar(begin + width * number, HEIGHT - BOTTOM - height, width, height, number))
    centres = [(LEFT + slot * (place + 0.5), text) for place, text in enumerate(labels)]
    return Chart(_grid(top), _thinned(centres), drawn)


def line(labels: Sequence[str], values: Sequence[float]) -> Chart:
    """One value a label, joined by a line."""
    top = _top(max(values, default=0))
    step = (WIDTH - LEFT - RIGHT) / max(1, len(values) - 1)
    points = [(LEFT + step * place, HEIGHT - BOTTOM - _scaled(value, top)) for place, value in enumerate(values)]
    path = "M" + " L".join(f"{x:.1f} {y:.1f}" for x, y in points) if points else ""
    return Chart(_grid(top), _thinned([(x, text) for (x, _), text in zip(points, labels, strict=True)]), [], path)


def _top(most: float) -> float:
    """The first round number that is not below the largest value."""
    if most <= 0:
        return 1
    scale = 1
    while True:
        for step in STEPS:
            if step * scale >= most:
                return step * scale
        scale *= 10


def _scaled(value: float, top: float) -> float:
    return (HEIGHT - TOP - BOTTOM) * max(0, value) / top


def _grid(top: float) -> list[tuple[float, str]]:
    marks = (0, top / 2, top) if top > 1 else (0, top)
    return [(HEIGHT - BOTTOM - _scaled(mark, top), f"{mark:g}") for mark in marks]


def _thinned(labels: list[tuple[float, str]], most: int = 9) -> list[tuple[float, str]]:
    every = -(-len(labels) // most) or 1
    return labels[::every]
