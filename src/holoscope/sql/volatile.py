"""Which SQL gives another answer when it is asked again: its results are never taken from the cache."""

from __future__ import annotations

from sqlglot import exp

_KINDS = (
    exp.CurrentDate,
    exp.CurrentDatetime,
    exp.CurrentTime,
    exp.CurrentTimestamp,
    exp.Rand,
    exp.Randn,
    exp.Uuid,
    exp.TableSample,
)
_CLOCKS = """
    clock_timestamp current_date current_localtime current_localtimestamp current_time current_timestamp
    get_current_time get_current_timestamp localtime localtimestamp now statement_timestamp timeofday today
    transaction_timestamp
"""
_CHANCE = "gen_random_uuid nextval random setseed uuid uuidv4 uuidv7"
_NAMES = frozenset([*_CLOCKS.split(), *_CHANCE.split()])


def is_volatile(tree: exp.Expr) -> bool:
    """Tell whether a statement reads the clock, draws at random or takes a sample."""
    if tree.find(*_KINDS) is not None:
        return True
    called = (node.name.lower() for node in tree.find_all(exp.Anonymous, exp.Column))
    return any(name in _NAMES for name in called)
