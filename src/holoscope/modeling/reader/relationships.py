"""Declared joins: the relationships file, and `relationships:` of a topic (modeling digest §5)."""

from __future__ import annotations

from dataclasses import dataclass

from holoscope.modeling.codes import Code
from holoscope.modeling.joins import Cardinality, JoinType, Relationship
from holoscope.modeling.reader.keys import RELATIONSHIP
from holoscope.modeling.reader.report import Path, Report
from holoscope.modeling.reader.section import Section, describe
from holoscope.modeling.reader.tree import Items, Node, Scalar

_JOIN_TYPES = {item.value: item for item in JoinType} | {
    "always_inner": JoinType.INNER,
    "always_full": JoinType.FULL_OUTER,
}
_CARDINALITIES = {item.value: item for item in Cardinality}
_CARDINALITIES |= {f"assumed_{name}": item for name, item in _CARDINALITIES.items()}


@dataclass(frozen=True, slots=True)
class Declared:
    """One declared join and where it stands; `topic` names the topic it belongs to, if any."""

    relationship: Relationship
    file: str
    path: Path
    topic: str | None = None


@dataclass(frozen=True, slots=True)
class RelationshipsFile:
    """What the relationships file says."""

    declared: tuple[Declared, ...] = ()


def read_relationships_file(file: str, node: Node | None, report: Report) -> RelationshipsFile:
    """Read the file: a bare list at the top, nothing around it."""
    if node is None or (isinstance(node, Scalar) and node.value is None):
        return RelationshipsFile()
    if not isinstance(node, Items):
        message = f'The file "{file}" must be a list of joins, not {describe(node)}.'
        report.error(Code.WRONG_TYPE, message, node.mark, (), fix="Remove any key around the list.")
        return RelationshipsFile()
    found = [read_relationship(item, report, (number,)) for number, item in enumerate(node.values)]
    return RelationshipsFile(tuple(item for item in found if isinstance(item, Declared)))


def read_relationship(node: Node, report: Report, path: Path, topic: str | None = None) -> Declared | bool:
    """Read one join; True when it is switched off (`ignored`), False when it is bad."""
    section = Section(node, RELATIONSHIP, report, path)
    left_view, right_view = section.word("join_from_view"), section.word("join_to_view")
    join_type = section.choice("join_type", _JOIN_TYPES) or JoinType.ALWAYS_LEFT
    for key in ("join_from_view", "join_to_view"):
        section.require(key)
    ignored = section.flag("ignored")
    if not ignored:
        section.require("relationship_type")
        if join_type is not JoinType.CROSS:
            section.require("on_sql")
    kind = section.word("relationship_type") or ""
    cardinality: Cardinality | None = section.choice("relationship_type", _CARDINALITIES)
    both_ways = cardinality in (Cardinality.ONE_TO_ONE, Cardinality.MANY_TO_MANY)
    left, right = section.word("join_from_view_as"), section.word("join_to_view_as")
    on_sql, where_sql = section.sql("on_sql"), section.sql("where_sql")
    left_label, right_label = section.text("join_from_view_as_label"), section.text("join_to_view_as_label")
    reversible, name = section.flag("reversible"), section.word("id")
    for key, alias in (("join_from_view_as", left), ("join_to_view_as", right)):
        if alias is not None and not alias.isidentifier():
            section.error(Code.BAD_NAME, f'"{alias}" cannot name a view: use letters and digits.', key)
    if ignored and not section.broken:
        return True
    if section.broken or left_view is None or right_view is None or cardinality is None:
        return False
    relationship = Relationship(
        left=left or left_view,
        right=right or right_view,
        on_sql=on_sql,
        position=section.position,
        cardinality=cardinality,
        assumed=kind.strip().lower().startswith("assumed_"),
        join_type=join_type,
        reversible=reversible or both_ways,
        where_sql=where_sql,
        right_label=right_label,
        left_label=left_label,
        left_view=left_view,
        right_view=right_view,
        id=name,
    )
    return Declared(relationship, report.file, path, topic)
