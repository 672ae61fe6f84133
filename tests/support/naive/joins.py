"""Which views a query joins, how, and the joined rows."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from holoscope.modeling.joins import Cardinality, JoinNode, JoinType, Relationship
from holoscope.modeling.model import Model
from holoscope.modeling.topics import Topic
from support.naive.expressions import parse
from support.naive.types import Joined, Refusal, Row

_FLIP = {
    Cardinality.ONE_TO_MANY: Cardinality.MANY_TO_ONE,
    Cardinality.MANY_TO_ONE: Cardinality.ONE_TO_MANY,
    Cardinality.ONE_TO_ONE: Cardinality.ONE_TO_ONE,
    Cardinality.MANY_TO_MANY: Cardinality.MANY_TO_MANY,
}
_MANY = {Cardinality.ONE_TO_MANY, Cardinality.MANY_TO_MANY}
_IMPLIED = {Cardinality.ONE_TO_ONE, Cardinality.MANY_TO_MANY}


@dataclass(frozen=True)
class Step:
    """`right` joined to `left`, which is joined already."""

    left: str
    right: str
    relationship: Relationship
    backwards: bool

    @property
    def cardinality(self) -> Cardinality:
        declared = self.relationship.cardinality
        return _FLIP[declared] if self.backwards else declared

    @property
    def kind(self) -> str:
        declared = self.relationship.join_type
        if declared in (JoinType.LEFT_RIGHT, JoinType.RIGHT_LEFT):
            return "right" if (declared is JoinType.RIGHT_LEFT) != self.backwards else "left"
        return {"always_left": "left", "inner": "inner", "full_outer": "full", "cross": "cross"}[
            declared.value
        ]


def _between(left: str, right: str, known: Iterable[Relationship]) -> Step | None:
    found = list(known)
    for relationship in found:
        if (relationship.left, relationship.right) == (left, right):
            return Step(left, right, relationship, backwards=False)
    for relationship in found:
        if (relationship.left, relationship.right) == (right, left):
            return Step(left, right, relationship, backwards=True)
    return None


def _tree(topic: Topic, model: Model) -> dict[str, Step]:
    """Steps of a frozen join tree, parents before children."""
    steps: dict[str, Step] = {}

    def walk(parent: str, nodes: tuple[JoinNode, ...]) -> None:
        for node in nodes:
            step = _between(parent, node.view, (*topic.relationships, *model.relationships))
            if step is not None:
                steps[node.view] = step
                walk(node.view, node.children)

    walk(topic.base_view, topic.joins or ())
    return steps


def _graph(base: str, model: Model, *, fan_out: bool) -> dict[str, Step]:
    """Shortest paths from `base` over declared relationships; backwards only where allowed."""
    steps: dict[str, Step] = {}
    queue = deque([base])
    while queue:
        here = queue.popleft()
        for relationship in model.relationships:
            for left, right, backwards in (
                (relationship.left, relationship.right, False),
                (relationship.right, relationship.left, True),
            ):
                step = Step(left, right, relationship, backwards)
                open_way = not backwards or relationship.reversible or relationship.cardinality in _IMPLIED
                if left != here or right in steps or right == base or not open_way:
                    continue
                if fan_out or step.cardinality not in _MANY:
                    steps[right] = step
                    queue.append(right)
    return steps


def plan(model: Model, topic: Topic | None, base: str, needed: Iterable[str]) -> list[Step]:
    """The steps that reach `needed`, in join order; nothing else is joined."""
    if topic is None:
        ways = _graph(base, model, fan_out=True)
    else:
        ways = _graph(base, model, fan_out=False) if topic.joins is None else _tree(topic, model)
    wanted: set[str] = set()
    for view in needed:
        at = view
        while at != base and at not in wanted:
            if at not in ways:
                raise Refusal("no_join_path", f"No join path from {base} to {view}")
            wanted.add(at)
            at = ways[at].left
    return [step for view, step in ways.items() if view in wanted]


def fanned(view: str, steps: list[Step]) -> bool:
    """Whether some join multiplies the rows of `view`: a step away from it goes to a many side."""
    seen, queue = {view}, deque([view])
    while queue:
        here = queue.popleft()
        for step in steps:
            for near, far, cardinality in (
                (step.left, step.right, step.cardinality),
                (step.right, step.left, _FLIP[step.cardinality]),
            ):
                if near == here and far not in seen:
                    if cardinality in _MANY:
                        return True
                    seen.add(far)
                    queue.append(far)
    return False


def join(
    base: str,
    steps: list[Step],
    rows: Callable[[str], list[Row]],
    value: Callable[[Joined, str, str], object],
    test: Callable[[Joined, str], bool],
) -> list[Joined]:
    """Join row by row. `value` evaluates a reference, `test` a whole condition on a joined row."""
    joined: list[Joined] = [{base: row} for row in rows(base)]
    for step in steps:
        matches = _matcher(step, rows(step.right), value, test)
        result: list[Joined] = []
        met: set[int] = set()
        for left in joined:
            found = matches(left)
            met.update(id(row) for row in found)
            result.extend({**left, step.right: row} for row in found)
            if not found and step.kind in ("left", "full"):
                result.append({**left, step.right: None})
        if step.kind in ("right", "full"):
            empty: Joined = dict.fromkeys(joined[0] if joined else {base: None})
            result.extend({**empty, step.right: row} for row in rows(step.right) if id(row) not in met)
        joined = result
    return joined


def _matcher(
    step: Step,
    candidates: list[Row],
    value: Callable[[Joined, str, str], object],
    test: Callable[[Joined, str], bool],
) -> Callable[[Joined], list[Row]]:
    """Rows that match a left row. An equality of two references is looked up, anything else tried."""
    if step.kind == "cross":
        return lambda left: candidates
    on = step.relationship.on_sql or ""
    tree = parse(on)
    if tree[0] == "compare" and tree[1] == "=" and tree[2][0] == "ref" and tree[3][0] == "ref":
        names = [tree[2][1], tree[3][1]]
        mine = [name for name in names if _owner(name, step) == step.right]
        if len(mine) == 1:
            theirs = names[1 - names.index(mine[0])]
            index: dict[object, list[Row]] = defaultdict(list)
            for row in candidates:
                key = value({step.right: row}, step.right, mine[0])
                if key is not None:
                    index[key].append(row)
            return lambda left: index.get(value(left, step.left, theirs), [])
    return lambda left: [row for row in candidates if test({**left, step.right: row}, on)]


def _owner(name: str, step: Step) -> str:
    """The query's name of the view a reference in `on_sql` belongs to; originals stand for their alias."""
    view = name.split(".")[0]
    declared = step.relationship
    if view in (step.left, step.right):
        return view
    if view == declared.right_view:
        return declared.right
    return declared.left
