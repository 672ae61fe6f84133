"""How rules name the things they leave out."""

from __future__ import annotations

from holoscope.modeling.findings import Kind, LeftOut
from holoscope.modeling.reader.relationships import Declared
from holoscope.modeling.reader.report import yaml_path
from holoscope.modeling.topics import Topic
from holoscope.modeling.views import View


def relationship_out(declared: Declared) -> tuple[LeftOut, ...]:
    """Leave out a join; with a join of its own, a topic goes too, or another join might take its place."""
    out = (LeftOut(Kind.RELATIONSHIP, relationship_key(declared)),)
    return out if declared.topic is None else (*out, LeftOut(Kind.TOPIC, declared.topic))


def relationship_key(declared: Declared) -> str:
    """Name a declared join by its place."""
    return yaml_path(declared.file, declared.path)


def topic_out(topic: Topic) -> tuple[LeftOut, ...]:
    """Leave out a topic."""
    return (LeftOut(Kind.TOPIC, topic.name),)


def view_out(view: View) -> tuple[LeftOut, ...]:
    """Leave out a view."""
    return (LeftOut(Kind.VIEW, view.name),)
