"""Changing single settings in the text of project.yml: comments, order and all else stay as people wrote them."""

from __future__ import annotations

import copy
from typing import Any

import yaml

from segkit.errors import UserError


def edit_settings(text: str, patch: dict[str, Any]) -> str:
    r"""Return the text of a settings file in which the values of a patch stand.

    Parameters
    ----------
    text : str
        A YAML mapping.
    patch : dict
        Nested keys and their new values; a mapping goes into the mapping that stands there, anything else replaces.

    Raises
    ------
    UserError
        "project.yml: segmentations is written in a way that cannot be changed by machine. …": the text is as it was.

    Examples
    --------
    >>> print(edit_settings("name: A  # ours\nseed: 1\n", {"seed": 2, "kpis": {"unit": "x"}}), end="")
    name: A  # ours
    seed: 2
    kpis:
      unit: x
    """
    from segkit.settings import ProjectLoader, patched

    before = yaml.load(text, ProjectLoader) or {}  # noqa: S506 - a SafeLoader
    wanted = patched(before, patch)
    ends = "\r\n" if "\r\n" in text else "\n"
    edited = text.replace("\r\n", "\n")
    try:
        for path, _, (value,) in list_changes(before, patch):
            edited = _set(edited, tuple(path), value)
        found = yaml.load(edited, ProjectLoader)  # noqa: S506 - a SafeLoader
    except (yaml.YAMLError, ValueError):  # aliases, tags, tabs: said below, nothing is written
        found = None
    if found != wanted:
        raise UserError(
            f"project.yml: {', '.join(patch)} is written in a way that cannot be changed by machine. Write these "
            f"settings there yourself and repeat the command:\n{_block(patch)}"
        )
    return edited.replace("\n", ends)


def list_changes(document: dict[str, Any], patch: dict[str, Any]) -> list[list[Any]]:
    """Return what a patch changes: path of keys, value before in a list (empty without one), value after in a list."""
    found = [[list(path), _held(document, path), [value]] for path, value in _leaves(patch)]
    return [change for change in found if change[1] != change[2]]


def undo_changes(document: dict[str, Any], changes: list[list[Any]]) -> dict[str, Any]:
    """Return a document with the values before; what somebody has changed once more since then stays."""
    undone = copy.deepcopy(document)
    for path, before, after in changes:
        parents = _held(undone, tuple(path[:-1]))
        if not parents or _held(undone, tuple(path)) != after:
            continue
        parents[0].pop(path[-1])
        if before:
            parents[0][path[-1]] = before[0]
    return undone


def _leaves(patch: dict[str, Any], path: tuple[str, ...] = ()) -> list[tuple[tuple[str, ...], Any]]:
    """Return the path and value of everything in a patch that is no mapping, or an empty one."""
    found = []
    for key, value in patch.items():
        inner = isinstance(value, dict) and value
        found += _leaves(value, (*path, key)) if inner else [((*path, key), value)]
    return found


def _held(document: Any, path: tuple[str, ...]) -> list[Any]:
    """Return the value at a path in a list, or an empty list where there is none."""
    for key in path:
        if not isinstance(document, dict) or key not in document:
            return []
        document = document[key]
    return [document]


def _set(text: str, path: tuple[str, ...], value: Any) -> str:
    """Return the text with one value in the place of the one there, or as a new line at the end of its mapping."""
    node, parents = yaml.compose(text, yaml.SafeLoader), 0
    while parents < len(path) and isinstance(node, yaml.MappingNode):
        entry = next((pair for pair in node.value if pair[0].value == path[parents]), None)
        if entry is None:
            return _added(text, node, path[parents:], value)
        key, node, parents = entry[0], entry[1], parents + 1
    if node is None:
        return text + _block(_nested(path, value))
    return _replaced(text, key, node, _nested(path[parents:], value))


def _nested(path: tuple[str, ...], value: Any) -> Any:
    for key in reversed(path):
        value = {key: value}
    return value


def _replaced(text: str, key: yaml.Node, node: yaml.Node, value: Any) -> str:
    """Put a value, in one line, where a node stands; what follows in its last line, such as a comment, stays."""
    start = text.index(":", key.end_mark.index) + 1
    return f"{text[:start]} {_line(value)}{text[max(_content_end(text, node), start) :]}"


def _added(text: str, mapping: yaml.MappingNode, path: tuple[str, ...], value: Any) -> str:
    """Add a key at the end of a mapping."""
    if mapping.flow_style:
        place = text.rindex("}", mapping.start_mark.index, mapping.end_mark.index)
        comma = ", " if mapping.value else ""
        head = text[:place].rstrip() if mapping.value else text[:place]
        return f"{head}{comma}{path[0]}: {_line(_nested(path[1:], value))}{text[place:]}"
    last = mapping.value[-1][1]
    end = _content_end(text, last)
    line_end = text.find("\n", end)
    line_end = len(text) if line_end < 0 else line_end
    block = _block(_nested(path, value), mapping.start_mark.column)
    return f"{text[:line_end]}\n{block.rstrip()}{text[line_end:]}"


def _content_end(text: str, node: yaml.Node) -> int:
    """Return where the last value of a node ends; the end mark of a block stands at the next token."""
    while isinstance(node, yaml.CollectionNode) and not node.flow_style and node.value:
        last = node.value[-1]
        node = last[1] if isinstance(node, yaml.MappingNode) else last
    end = node.end_mark.index
    return end - (len(text[:end]) - len(text[:end].rstrip()))


def _line(value: Any) -> str:
    """Return a value in one line of YAML; ProjectLoader reads `on`, `no` and `yes` as words, so nothing is quoted."""
    shown = yaml.safe_dump(value, default_flow_style=True, allow_unicode=True, width=10**9, sort_keys=False).strip()
    return shown.removesuffix("...").strip()


def _block(value: dict[str, Any], indent: int = 0) -> str:
    shown = yaml.safe_dump(value, allow_unicode=True, width=10**9, sort_keys=False)
    return "".join(f"{' ' * indent}{line}\n" for line in shown.splitlines())
