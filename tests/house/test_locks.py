"""The locks hold what pyproject.toml asks for, with hashes, and nothing that ties them to one machine or network."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
EXTRAS = PROJECT["optional-dependencies"]
LOCKS = {  # which requirements each lock must hold
    "requirements.lock": PROJECT["dependencies"] + EXTRAS["test"],
    "requirements-extras.lock": PROJECT["dependencies"] + EXTRAS["spark"] + EXTRAS["bi"],
}
HOST = re.compile(r"https?:|file:|@ |--(index|extra-index|find-links|trusted)|^-[ief] ", re.MULTILINE)


def read_pins(name: str) -> dict[str, list[Requirement]]:
    """Pins of a lock by package; a package may have several, for different Python versions."""
    text = (ROOT / name).read_text("utf-8").replace("\\\n", " ")
    pins: dict[str, list[Requirement]] = {}
    for line in filter(None, map(str.strip, text.splitlines())):
        pin = Requirement(line.split("--hash")[0])
        assert "--hash=sha256:" in line, f"{name}: {pin} has no hash"
        pins.setdefault(canonicalize_name(pin.name), []).append(pin)
    return pins


@pytest.mark.parametrize("name", LOCKS)
def test_lock_is_in_step_with_pyproject(name):
    pins = read_pins(name)
    for wanted in map(Requirement, LOCKS[name]):
        found = pins.get(canonicalize_name(wanted.name), [])
        versions = [next(iter(pin.specifier)).version for pin in found]
        fits = [version for version in versions if wanted.specifier.contains(version)]
        assert fits and fits == versions, (
            f"{name} holds {wanted.name} {versions}, pyproject.toml wants {wanted}: make lock"
        )


@pytest.mark.parametrize("name", LOCKS)
def test_lock_names_no_host(name):
    assert not HOST.findall((ROOT / name).read_text("utf-8"))


def test_locks_agree_where_both_hold_a_package():
    default, extras = (read_pins(name) for name in LOCKS)
    apart = [
        name for name in default.keys() & extras.keys() if set(map(str, default[name])) != set(map(str, extras[name]))
    ]
    assert not apart, "make lock"


def test_heavy_extras_stay_out_of_the_default_install():
    heavy = {canonicalize_name(Requirement(text).name) for extra in ("spark", "bi") for text in EXTRAS[extra]}
    assert not heavy & read_pins("requirements.lock").keys()
