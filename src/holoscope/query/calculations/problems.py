"""What can be wrong with a calculation."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from holoscope.kit.errors import InvalidQuery


class BadCalculation(InvalidQuery):
    """A calculation cannot be computed; the sentence says what to change."""

    code = "bad_calculation"
    error_type: ClassVar[str] = "CALCS_FAILED"


class CalculationsFailed(InvalidQuery):
    """Calculations that do not swallow errors cannot be computed. `problems`: name -> sentence."""

    code = "calcs_failed"
    error_type: ClassVar[str] = "CALCS_FAILED"

    def __init__(self, problems: Mapping[str, str]) -> None:
        super().__init__("; ".join(f'Calculation "{name}": {text}' for name, text in problems.items()))
        self.problems = dict(problems)


class CalculationNeedsSort(InvalidQuery):
    """A calculation looks at other rows, and the query does not order its rows."""

    code = "plan_calc_requires_sort"
    error_type: ClassVar[str] = "PLAN_CALC_REQUIRES_SORT"

    def __init__(self, name: str) -> None:
        super().__init__(
            f'Calculation "{name}" depends on the order of rows, which the query leaves open: add a sort.'
        )
