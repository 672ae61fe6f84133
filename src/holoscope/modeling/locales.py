"""How numbers are written in a country (modeling digest §4, `default_numeric_locale`)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Locale:
    """`group` parts thousands, `point` stands before decimals, money stands between `before` and `after`."""

    group: str
    point: str
    before: str
    after: str

    def number(self, written: str) -> str:
        """Turn a number written as `1,234.5` into this locale's; it holds digits and separators alone."""
        if self is ENGLISH:
            return written
        return written.replace(",", "\0").replace(".", self.point).replace("\0", self.group)


ENGLISH = Locale(",", ".", "$", "")
LOCALES = {
    "en_US": ENGLISH,
    "fr_FR": Locale("\N{NO-BREAK SPACE}", ",", "", "\N{NO-BREAK SPACE}€"),
    "nl_NL": Locale(".", ",", "€\N{NO-BREAK SPACE}", ""),
}
