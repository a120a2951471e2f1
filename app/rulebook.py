"""The merchant's rules: kept as rows, checked on the way in, merged by the engine."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from sqlalchemy import Connection, delete, select
from sqlalchemy.dialects.postgresql import insert

from app.engine import rules as engine_rules
from app.engine.model import Mode, Terms
from app.models import Rule, Shop

MOST_UNITS = 1_000_000
LONGEST_LEAD_DAYS = 730


class BadRule(ValueError):
    """A rule that cannot be meant; the message names the field and says what it takes."""


class RuleFields(BaseModel):
    """What one rule decides. A field left out is inherited from a wider scope."""

    model_config = ConfigDict(extra="forbid", use_enum_values=True)

    mode: Mode | None = None
    cap: int | None = Field(default=None, ge=0, le=MOST_UNITS)
    open_at: int | Literal["always"] | None = None
    lead_days: int | None = Field(default=None, ge=0, le=LONGEST_LEAD_DAYS)
