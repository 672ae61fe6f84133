"""Everything that can be said about a model at once: what is wrong, and what will disappoint.

Loading a model finds what has to be left out of it. Here come the rules on top that leave nothing out:
they look at the finished model, and only someone who asks for validation waits for them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from holoscope.kit.garbage import collector_paused
from holoscope.modeling.diagnostics import Diagnostic
from holoscope.modeling.layers import Layer
from holoscope.modeling.load import load_examined, told_once
from holoscope.modeling.types import Catalog
from holoscope.modeling.validate.advice import ADVICE_RULES
from holoscope.modeling.validate.advised import Advised

_NO_CATALOG = Catalog()


def check_model(
    files: Mapping[str, str] | Sequence[Layer],
    catalog: Catalog = _NO_CATALOG,
    attributes: Iterable[str] | None = None,
) -> tuple[Diagnostic, ...]:
    """Return all findings about a model, in the order of file, line and column. Never raises.

    `files` are those of one model or of layers, as for `load_model`. Without `attributes`, the names
    of the user attributes there are, user attributes are not checked.

    Source: modeling digest §19.1.
    """
    with collector_paused():
        found = load_examined(files, catalog)
        advised = Advised(found.model, found.draft, None if attributes is None else frozenset(attributes))
        findings = (finding for rule in ADVICE_RULES for finding in rule(advised))
        advice = [found.places.diagnose(finding) for finding in findings]
        return told_once((*found.diagnostics, *advice))
