"""Whether a page can be used by everybody: axe's rules, its width, and that nothing jumps."""

from pathlib import Path
from typing import Any

import axe_playwright_python
from playwright.sync_api import Frame

AXE = Path(axe_playwright_python.__file__).with_name("axe.min.js").read_text()
# All rules in one theme; the other one differs from it in colours only.
RULES = {
    "light": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]},
    "dark": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]},
}
RUN = """async ({ theme, rules }) => {
  document.documentElement.dataset.theme = theme;
  return (await axe.run({ runOnly: rules, resultTypes: ["violations"] })).violations;
}"""
SHIFTS = """() => new Promise((done) => {
  let sum = 0;
  const add = (list) => list.getEntries().forEach((shift) => { if (!shift.hadRecentInput) sum += shift.value; });
  const observer = new PerformanceObserver(add);
  observer.observe({ type: "layout-shift", buffered: true });
  requestAnimationFrame(() => setTimeout(() => { add({ getEntries: () => observer.takeRecords() }); done(sum); }));
})"""


def violations(frame: Frame) -> list[str]:
    """What axe finds against WCAG 2.2 AA in either theme, with the elements it is about."""
    frame.evaluate(AXE)
    return [
        f"{theme}: {_told(violation)}"
        for theme, rules in RULES.items()
        for violation in frame.evaluate(RUN, {"theme": theme, "rules": rules})
    ]


def _told(violation: dict[str, Any]) -> str:
    where = "; ".join(f"{node['html'][:200]} {node['failureSummary']}" for node in violation["nodes"][:3])
    return f"{violation['id']}: {where}"


def too_wide(frame: Frame) -> bool:
    """Whether the page scrolls sideways."""
    wide: bool = frame.evaluate("() => { const d = document.documentElement; return d.scrollWidth > d.clientWidth; }")
    return wide


def layout_shift(frame: Frame) -> float:
    """How much moved by itself since the page began to load, as browsers reckon it."""
    return float(frame.evaluate(SHIFTS))
