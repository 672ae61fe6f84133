"""What may be said to PostgreSQL: one SELECT that computes, over the tables its user may read.

The server refuses writes (every session is read-only) and second statements (each is prepared by itself),
and shows only what the connection's user may see. This wall keeps out what a reading statement could still
do to others: change the session, wait, take locks, run text as SQL, signal other sessions, read files of
the server, and look at what other sessions run. It scans the words of the text outside of string literals;
a text whose literals it cannot follow is refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from holoscope.kit.errors import WarehouseError

_TOKEN = re.compile(
    r"""
    (?P<text>(?<![\w$])[nN]?'(?:[^']|'')*')
  | (?P<escaped>(?<![\w$])[eE]'(?:[^'\\]|''|\\.)*')
  | (?P<odd>(?<![\w$])(?:[uU]&['"]|[bBxX]'[0-9a-fA-F]*')|\$\w*\$)
  | (?P<quoted>"(?:[^"]|"")+")
  | (?P<line>--[^\n]*)
  | (?P<open>/\*)
  | (?P<word>[^\W\d][\w$]*)
  | (?P<number>\d[\w.]*)
  | (?P<space>\s+)
  | (?P<other>.)
    """,
    re.VERBOSE | re.DOTALL,
)
_BITS = re.compile(r"[bBxX]'[0-9a-fA-F]*'$")
_COMMENT = re.compile(r"/\*|\*/")
_HARMLESS = frozenset(("pg_typeof", "pg_collation_for", "pg_column_size"))
_NEVER = frozenset(
    ("information_schema", "regclass", "regproc", "regprocedure", "regrole", "regnamespace", "regoper")
)
_CALLS = """
    set_config current_setting nextval setval currval lastval txid_current txid_status loread lowrite
    query_to_xml query_to_xmlschema query_to_xml_and_xmlschema table_to_xml table_to_xmlschema
    table_to_xml_and_xmlschema schema_to_xml schema_to_xmlschema schema_to_xml_and_xmlschema
    database_to_xml database_to_xmlschema database_to_xml_and_xmlschema cursor_to_xml cursor_to_xmlschema
    inet_server_addr inet_server_port inet_client_addr inet_client_port ts_stat ts_rewrite currtid2
    to_regclass to_regproc to_regprocedure to_regrole to_regnamespace current_query version
"""
_REFUSED_CALLS = frozenset(_CALLS.split())
_REFUSED_STARTS = ("pg_", "lo_", "dblink", "has_", "binary_upgrade_", "brin_", "gin_clean", "row_security_")
_STARTS = frozenset(("select", "with", "values", "table"))


class StatementRefused(WarehouseError):
    """The text is not a single SELECT over this connection's tables."""

    code = "statement_refused"


class Gate:
    """Decides about texts. `relations` are the names of the server's own tables and views."""

    def __init__(self, relations: Iterable[str]) -> None:
        self._never = _NEVER.union(relations)

    def check(self, sql: str) -> str:
        """Let a statement through, without the semicolon after it, or raise.

        Raises:
            StatementRefused: with a sentence that names the part at fault.
        """
        first = called = ""
        end = 0
        for kind, text, after in _tokens(sql):
            if text == ";":
                called = ";"
                continue
            if called == ";":
                raise StatementRefused("Only one statement is run at a time.")
            if called and text == "(":
                raise _refused(called)
            called = self._called(kind, text)
            if not first and text != "(":
                first = text.lower()
            end = after
        if first not in _STARTS:
            raise StatementRefused("Only SELECT statements are run.")
        return sql[:end]

    def _called(self, kind: str, text: str) -> str:
        """Give the name that may not be called; raises for what may not stand anywhere."""
        if kind == "odd" and _BITS.match(text) is None:
            raise StatementRefused("Strings in dollar signs or with Unicode escapes are not read: use '...'.")
        if text in ("'", '"', "\x00"):
            raise StatementRefused("A quote is not closed.")
        if kind not in ("word", "quoted"):
            return ""
        name = text.strip('"').lower()
        if name in self._never:
            raise _refused(name)
        may_not = name in _REFUSED_CALLS or name.startswith(_REFUSED_STARTS)
        return name if may_not and name not in _HARMLESS else ""


def _refused(name: str) -> StatementRefused:
    return StatementRefused(f'"{name}" belongs to the warehouse and is not available.')


def _tokens(sql: str) -> Iterator[tuple[str, str, int]]:
    """Yield what counts, with its kind and where it ends; white space and comments do not count."""
    position = 0
    while position < len(sql):
        token = _TOKEN.match(sql, position)
        assert token is not None  # noqa: S101  (the last alternative takes anything)
        kind, position = str(token.lastgroup), token.end()
        if kind == "open":
            position = _after_comment(sql, position)
        elif kind not in ("space", "line"):
            yield kind, token.group(), position


def _after_comment(sql: str, position: int) -> int:
    """Skip a comment, which may hold others."""
    depth = 1
    while depth:
        mark = _COMMENT.search(sql, position)
        if mark is None:
            raise StatementRefused("A comment is not closed.")
        depth += 1 if mark.group() == "/*" else -1
        position = mark.end()
    return position
