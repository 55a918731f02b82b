"""The product's own YAML files, read by libyaml where it is installed: ten times faster, in every kernel."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def read_yaml(path: Path) -> dict[str, Any]:
    """Return what a YAML file of the product holds; project.yml is read by `segkit.settings`."""
    return yaml.load(path.read_text(encoding="utf-8"), _Loader) or {}  # noqa: S506 - a SafeLoader
