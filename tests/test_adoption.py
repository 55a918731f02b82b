"""Which segmentation an adoption is about: the one named, the one a scenario changes, else the primary one."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from segkit.adoption import _segmentation
from segkit.errors import UserError
from segkit.settings.segmentations import Segmentations

HELD = Segmentations.model_validate(
    {
        "primary": "service",
        "service": {"method": "kmeans"},
        "needs": {"unit": "person"},
        "both": {"method": "nested", "of": ["value", "needs"]},
    }
)


def choose(tmp_path, source: str, wanted: str = "", patch: str | None = None) -> str:
    if patch is not None:
        (tmp_path / "scenarios" / source).mkdir(parents=True)
        (tmp_path / "scenarios" / source / "project.yml").write_text(patch, encoding="utf-8")
    origin = SimpleNamespace(settings=SimpleNamespace(segmentations=HELD))
    return _segmentation(SimpleNamespace(folder=tmp_path), origin, source, wanted)


def test_named_changed_or_primary(tmp_path):
    assert choose(tmp_path, "refit", "needs") == "needs"
    assert choose(tmp_path, "refit") == "service"
    assert choose(tmp_path, "vier", patch="segmentations: {value: {n_segments: 4}}\n") == "value"
    assert choose(tmp_path, "ohne", patch="kpis: {confidence: 0.9}\n") == "service"


def test_what_is_not_clear_is_refused(tmp_path):
    with pytest.raises(UserError, match="There is no segmentation x. Segmentations: service, value, needs, both"):
        choose(tmp_path, "refit", "x")
    both = "segmentations: {value: {n_segments: 4}, service: {n_segments: 3}}\n"
    with pytest.raises(UserError, match=r"changes 2 segmentations \(value, service\)"):
        choose(tmp_path, "zwei", patch=both)
    with pytest.raises(UserError, match="There is no segmentation gone"):
        choose(tmp_path, "weg", patch="segmentations: {gone: null}\n")
    with pytest.raises(UserError, match="both is made of value and needs anew in every run"):
        choose(tmp_path, "refit", "both")
