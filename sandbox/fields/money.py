"""Amounts: prices here have no tax."""

from __future__ import annotations

from decimal import Decimal
from typing import Any


def money(amount: Decimal, currency: str) -> dict[str, Any]:
    return {
        "currency": currency,
        "amount": float(amount),
        "fractional_amount": int(amount * 100),
        "fraction_digits": 2,
    }


def taxed(amount: Decimal, currency: str) -> dict[str, Any]:
    whole = money(amount, currency)
    return {"currency": currency, "gross": whole, "net": whole, "tax": money(Decimal(0), currency)}
