"""The door of this room: model files in, a model and everything wrong with it out."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from threading import Lock

from holoscope.kit.garbage import collector_paused
from holoscope.modeling.compose import compose, left_out
from holoscope.modeling.diagnostics import Diagnostic
from holoscope.modeling.draft import Draft, build_draft, leave_out_views
from holoscope.modeling.expand import Expander
from holoscope.modeling.findings import Finding, Kind, Places
from holoscope.modeling.inside import settle_insides
from holoscope.modeling.layers import FileKind, Layer, as_layers, lay
from holoscope.modeling.model import Model
from holoscope.modeling.reader.files import read_file
from holoscope.modeling.reader.tree import Node, Origin
from holoscope.modeling.reader.views import without_fields
from holoscope.modeling.scope import mark_broken_fields
from holoscope.modeling.settled import note_settled, unsettled_views
from holoscope.modeling.types import Catalog
from holoscope.modeling.validate.broken_fields import spread
from holoscope.modeling.validate.composites import check as check_composites
from holoscope.modeling.validate.field import FIELD_RULES
from holoscope.modeling.validate.model import MODEL_RULES
from holoscope.modeling.validate.rollups import check_columns
from holoscope.modeling.validate.sources import SOURCE_RULES

_NO_CATALOG = Catalog()
_KEPT_LOADS = 4


@dataclass(frozen=True, slots=True)
class _Loaded:
    """A model loaded before. The catalog is kept so that its identity stays its own."""

    model: Model
    diagnostics: tuple[Diagnostic, ...]
    catalog: Catalog


_loads: OrderedDict[object, _Loaded] = OrderedDict()
_lock = Lock()


def load_model(
    files: Mapping[str, str] | Sequence[Layer], catalog: Catalog = _NO_CATALOG
) -> tuple[Model, tuple[Diagnostic, ...]]:
    """Read and check a whole model. Bad content never raises: it becomes diagnostics.

    `files` maps keys such as `model`, `relationships`, `PUBLIC/trips.view` or `rides.topic`
    (`.yaml` and `.yml` are dropped) to their text; or they are layers, low to high, each with such
    files. What has an error is left out of the model together with everything that needs it; the
    rest can be queried. Diagnostics come in the order of file, line and column. Files that were
    read before, with the same texts in their layers, are not read again.

    Source: modeling digest §1, §2, §4-§6, §8, §11, §15, §17-§19.
    """
    with collector_paused():
        laid = lay(as_layers(files))
        expander = Expander(laid)
        key = (tuple((file.kind, file.name, expander.key(file)) for file in laid.files.values()), id(catalog))
        with _lock:
            known = _loads.get(key) if not laid.diagnostics else None
            if known is not None:
                _loads.move_to_end(key)
                return known.model, known.diagnostics
        found = _examine(expander, catalog)
        with _lock:
            _loads[key] = _Loaded(found.model, found.diagnostics, catalog)
            while len(_loads) > _KEPT_LOADS:
                _loads.popitem(last=False)
        return found.model, found.diagnostics


def forget_loads() -> None:
    """Drop whole models that are remembered; for measurements."""
    with _lock:
        _loads.clear()


@dataclass(frozen=True, slots=True)
class Examined:
    """A loaded model with what it was made from, for rules that look at the finished model."""

    model: Model
    diagnostics: tuple[Diagnostic, ...]
    draft: Draft
    places: Places


def load_examined(files: Mapping[str, str] | Sequence[Layer], catalog: Catalog) -> Examined:
    """Do as `load_model` and return the draft and the places as well."""
    return _examine(Expander(lay(as_layers(files))), catalog)


def _examine(expander: Expander, catalog: Catalog) -> Examined:
    laid = expander.laid
    diagnostics = list(laid.diagnostics)
    parsed = [read_file(source) for source in expander.sources()]
    for item in parsed:
        diagnostics.extend(item.diagnostics)
    model_file = laid.files.get(FileKind.MODEL)
    model_key = expander.key(model_file) if model_file is not None else None
    settled = (model_key, "known")
    draft, findings = build_draft(parsed, lambda files: unsettled_views(files, settled))
    findings.extend(_settle_views(draft))
    findings.extend(_settle_fields(draft))
    findings.extend(settle_insides(draft))
    found = [finding for rule in MODEL_RULES for finding in rule(draft)]
    found.extend(check_columns(draft, catalog))
    found.extend(check_composites(draft, left_out(found, Kind.TOPIC)))
    findings.extend(found)
    model, out_of_scope = mark_broken_fields(compose(draft, found, catalog), draft)
    note_settled(draft, (*findings, *out_of_scope), settled)
    findings.extend(out_of_scope)
    places = _places(expander)
    diagnostics.extend(places.diagnose(finding) for finding in findings)
    return Examined(model, told_once(diagnostics), draft, places)


def told_once(diagnostics: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """Tell each finding once, where it is written: what is inherited is read again by every heir."""
    items = list(dict.fromkeys(diagnostics))
    at_home = {(item.position, item.code) for item in items if _is_at_home(item)}
    kept: dict[object, Diagnostic] = {}
    for item in items:
        if _is_at_home(item) or (item.position, item.code) not in at_home:
            kept.setdefault((item.position, item.code, item.message), item)
    return tuple(sorted(kept.values(), key=lambda item: (item.position, item.code, item.message)))


def _is_at_home(item: Diagnostic) -> bool:
    """Tell whether a finding is about the file that it stands in, and not about an heir of its text."""
    file = item.position.file
    return item.yaml_path == file or item.yaml_path.startswith(f"{file}.")


def _places(expander: Expander) -> Places:
    laid = expander.laid

    def tree_of(file: str) -> Node | None:
        return expander.expand(laid.files[file]).node if file in laid.files else None

    def origin_of(file: str) -> Origin:
        return laid.files[file].origin if file in laid.files else Origin(file)

    return Places(tree_of, origin_of)


def _settle_views(draft: Draft) -> list[Finding]:
    """Run the rules of what views read, and take out those that read nothing, until none is left."""
    findings: list[Finding] = []
    while True:
        fresh = [finding for rule in SOURCE_RULES for finding in rule(draft)]
        lost = left_out(fresh, Kind.VIEW)
        findings.extend(fresh)
        if not lost:
            return findings
        leave_out_views(draft, lost)


def _settle_fields(draft: Draft) -> list[Finding]:
    """Run the rules of fields, then take out what they leave out and whatever needs that."""
    findings = [finding for rule in FIELD_RULES for finding in rule(draft)]
    findings.extend(spread(draft, left_out(findings, Kind.FIELD)))
    lost = left_out(findings, Kind.FIELD)
    by_view: dict[str, set[str]] = {}
    for name in lost:
        view, _, field = name.partition(".")
        by_view.setdefault(view, set()).add(field)
    for view, fields in by_view.items():
        draft.views[view] = without_fields(draft.views[view], fields)
    draft.names.lost_fields |= lost
    return findings
