"""Settings of money in other currencies: what one unit is worth in the project's currency, and since when."""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field, PlainSerializer

RATE_DIGITS = 12  # after the point: a rupiah is worth 0.000056 euros
Rates = dict[dt.date | None, Decimal]
"""Day from which a rate holds (None: always) → the project's currency for one unit."""


def _by_day(value: Any) -> Any:
    """Accept one number in the place of ``{day: number}``; a day that YAML read as text stays one for pydantic."""
    return value if isinstance(value, dict) else {None: value}


def _checked(rates: Rates) -> Rates:
    if not rates:
        raise ValueError("name a rate, such as 0.92, or rates by day, such as {2025-01-01: 0.97}")
    for day, rate in rates.items():
        if not rate.is_finite() or not 0 < rate < 1_000_000:
            since = f" of {day}" if day else ""
            raise ValueError(f"the rate{since} must be a number above 0: the project's currency for one unit")
        if round(rate, RATE_DIGITS) != rate:
            raise ValueError(f"the rate {rate} has more than {RATE_DIGITS} digits after the point")
    return rates


def _plain(rates: Rates) -> Any:
    """Give back what the file says: one number, or numbers by day."""
    if list(rates) == [None]:
        return str(rates[None])
    return {str(day): str(rate) for day, rate in sorted(rates.items(), key=lambda item: str(item[0]))}


def _codes(value: Any) -> Any:
    """Write the codes in capitals; what is no code of three letters is refused."""
    if not isinstance(value, dict):
        return value
    wrong = [str(code) for code in value if not re.fullmatch(r"\s*[A-Za-z]{3}\s*", str(code))]
    if wrong:
        raise ValueError(f"'{wrong[0]}' is no ISO code of a currency, such as USD")
    codes = [str(code).strip().upper() for code in value]
    repeated = sorted({code for code in codes if codes.count(code) > 1})
    if repeated:
        raise ValueError(f"{repeated[0]} stands there twice")
    return dict(zip(codes, value.values(), strict=True))


ExchangeRates = Annotated[
    dict[str, Annotated[Rates, BeforeValidator(_by_day), AfterValidator(_checked), PlainSerializer(_plain)]],
    BeforeValidator(_codes),
    Field(
        description="What one unit of another currency is worth in the project's currency: {USD: 0.92}, or by the day "
        "from which a rate holds, {USD: {2025-01-01: 0.97, 2025-04-01: 0.95}}. Beside the table exchange_rates."
    ),
]
