"""The rules that look at the finished model and leave nothing out of it; only validation runs them."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from holoscope.modeling.findings import Finding
from holoscope.modeling.validate import (
    ambiguous_paths,
    joined_keys,
    sql_aliases,
    upload_joins,
    user_attributes,
    view_schema,
)
from holoscope.modeling.validate.advised import Advised

AdviceRule = Callable[[Advised], Iterator[Finding]]

ADVICE_RULES: tuple[AdviceRule, ...] = (
    view_schema.check,
    sql_aliases.check,
    upload_joins.check,
    joined_keys.check,
    ambiguous_paths.check,
    user_attributes.check,
)
