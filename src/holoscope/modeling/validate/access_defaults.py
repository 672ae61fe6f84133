"""Nothing is served under defaults for access that could not be read (ours: closed when in doubt)."""

from __future__ import annotations

from collections.abc import Iterator

from holoscope.modeling.codes import Code
from holoscope.modeling.draft import Draft
from holoscope.modeling.findings import Finding
from holoscope.modeling.validate.places import topic_out


def check(draft: Draft) -> Iterator[Finding]:
    """Leave out every topic that relies on the model file for its rules, when that file is bad."""
    if draft.model.access_is_known:
        return
    relying = [
        topic
        for topic in draft.topics.values()
        if topic.access_filters is None or topic.required_access_grants is None
    ]
    if relying:
        names = ", ".join(topic.name for topic in relying)
        yield Finding(
            Code.ACCESS_DEFAULTS_UNREADABLE,
            f"The model file has errors that may concern access; left out are the topics {names}.",
            "model",
            (),
            leaves_out=tuple(out for topic in relying for out in topic_out(topic)),
        )
