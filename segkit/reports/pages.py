"""One self-contained HTML page from an executed notebook, and the index of a quarter."""

from __future__ import annotations

import base64
import functools
import hashlib
from collections.abc import Iterable, Mapping
from importlib import resources
from pathlib import Path
from typing import Any

from segkit import display, texts

Both = dict[str, str]


def write_page(notebook: Mapping[str, Any], path: str | Path, language: str, meta: Mapping[str, Any]) -> None:
    """Write an executed notebook as one HTML page: no code, no internet, German and English, for screen and paper.

    Parameters
    ----------
    notebook : mapping
        Notebook JSON (nbformat 4) with outputs. A Markdown cell may hold its German text in ``metadata["de"]``.
    path : path
        The file; its name without ending is the name of the page, unless ``meta["page"]`` gives another.
    language : str
        Language that is shown first, ``de`` or ``en``.
    meta : mapping
        ``project, quarter, as_of, is_complete, money_source, created`` (ISO); ``stages``, a list of
        ``{"notebook", "seconds", "warnings"}``, where a warning is ``[key of the texts, numbers]`` or a plain text;
        and what `segkit.display.badges` reads. ``documents``, where there are any, is a list of ``{"name", "file"}``
        of what else stands in the folder.
    """
    write_parts(path, notebook_parts(notebook), meta.get("page") or Path(path).stem, language, meta)


def notebook_parts(notebook: Mapping[str, Any]) -> list[str]:
    """Return what the cells show, in pieces; from a Markdown cell with the tag ``appendix`` on, folded into one.

    The cell's text is what is seen of the appendix; a click opens it, and paper leaves a closed one out.
    """
    parts: list[str] = []
    appendix: list[str] = []
    for cell in notebook["cells"]:
        is_start = "appendix" in cell.get("metadata", {}).get("tags", [])
        (appendix if appendix or is_start else parts).extend(cell_parts(cell))
    if appendix:
        head, *rest = appendix
        parts.append(f'<details class="appendix"><summary>{head}</summary>{"".join(rest)}</details>')
    return parts


def write_parts(path: str | Path, parts: Iterable[str], name: str, language: str, meta: Mapping[str, Any]) -> None:
    """Write a page called `name` of parts in HTML, each with everything from data escaped; else as `write_page`."""
    _write(Path(path), "page.html", name, language, meta, title=_page_text(name, "title"), parts=list(parts))


def write_index(folder: str | Path, pages: Iterable[str | Path], meta: Mapping[str, Any], notice: str = "") -> None:
    """Write ``index.html``: what became of released figures, a card for each page, and how long each stage took.

    Parameters
    ----------
    folder : path
        Where the pages stand.
    pages : iterable of str or path
        Names or files of the pages, in reading order.
    meta : mapping
        As for `write_page`; ``language`` is shown first.
    notice : str
        HTML that stands above the cards.
    """
    from markupsafe import Markup

    names = [Path(page).stem for page in pages]
    title = _both("page.index_title", quarter=display.quarter_name(meta["quarter"]))
    cards = [_card(d["name"], d["file"], "", d.get("title", "")) for d in meta.get("documents", [])]
    cards += [_card(name, f"{name}.html", name.split("_")[0]) for name in names]
    shown = {"title": title, "cards": cards, "notice": Markup(notice)}
    _write(Path(folder) / "index.html", "index.html", "index", meta.get("language", "de"), meta, **shown)


def _card(name: str, file: str, number: str, of: str = "") -> dict[str, Any]:
    """What a card shows; `of` says which one it is where there are several of a kind."""
    ending = Path(file).suffix.lstrip(".")
    mark = number or (ending if ending != "html" else "")
    title = {language: f"{words} {of}".strip() for language, words in _page_text(name, "title").items()}
    return {"file": file, "number": mark, "title": title, "about": _page_text(name, "about")}


def markdown_html(cell: Mapping[str, Any]) -> str:
    """A Markdown cell in both languages; HTML inside the Markdown is shown as text."""
    english = "".join(cell["source"])
    german = cell.get("metadata", {}).get("de", english)
    return _render(english) if german == english else display.both_languages(_render(german), _render(english))


@functools.cache
def _markdown() -> Any:
    import mistune

    return mistune.create_markdown(escape=True, plugins=["table", "strikethrough"])


def _render(source: str) -> str:
    return str(_markdown()("".join(source)))


def cell_parts(cell: Mapping[str, Any]) -> list[str]:
    """What a cell of an executed notebook shows, as pieces of HTML in both languages; its code is not shown."""
    if cell["cell_type"] == "markdown":
        return [markdown_html(cell)]
    if cell["cell_type"] != "code":
        return []
    return [html for output in cell.get("outputs", []) if (html := _output_html(output))]


def _output_html(output: Mapping[str, Any]) -> str:
    """One output as HTML; what run.say and run.show made is HTML already, everything else is escaped."""
    kind = output["output_type"]
    if kind == "stream":
        return _pre("".join(output["text"])) if output["name"] == "stdout" else ""
    if kind == "error":
        lead = display.both_languages(*(f"<p><strong>{texts.say('page.failed', x)}</strong></p>" for x in ("de", "en")))
        return lead + _pre(f"{output['ename']}: {output['evalue']}", "text failed")
    data = output.get("data", {})
    if "application/vnd.jupyter.widget-view+json" in data:
        return ""
    if "text/html" in data:
        return "".join(data["text/html"])
    if "image/png" in data:
        return f'<img alt="" src="data:image/png;base64,{"".join(data["image/png"]).strip()}">'
    return _pre("".join(data["text/plain"])) if "text/plain" in data else ""


def _pre(text: str, css: str = "text") -> str:
    return f'<pre class="{css}">{texts.escape(text)}</pre>' if text.strip() else ""


def _both(key: str, **numbers: Any) -> Both:
    return {language: texts.say(key, language, **numbers) for language in ("de", "en")}


def _page_text(name: str, what: str) -> Both:
    key = f"page.{name}.{what}"
    if texts.has(key):
        return _both(key)
    return {"de": "", "en": ""} if what == "about" else dict.fromkeys(("de", "en"), name.replace("_", " "))


def _spans(both: Both | str) -> Any:
    """Text in both languages as inline HTML, escaped; the same word in both stands once."""
    from markupsafe import Markup

    words = both if isinstance(both, Mapping) else dict.fromkeys(("de", "en"), str(both))
    if words["de"] == words["en"]:
        return Markup(texts.escape(words["de"]))
    return Markup("".join(f'<span class="lang-{x}" lang="{x}">{texts.escape(words[x])}</span>' for x in ("de", "en")))


def _linked(meta: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The other pages of the folder, for the line of links."""
    documents = [document for document in meta.get("documents", []) if document["file"].endswith(".html")]
    return [document | {"title": _page_text(document["name"], "title")} for document in documents]


def _stage(stage: Mapping[str, Any]) -> dict[str, Any]:
    seconds = stage.get("seconds")
    shown = (
        _both("page.unchanged")
        if seconds is None
        else {x: texts.show(round(float(seconds), 1), "number", display.LOCALES[x]) for x in ("de", "en")}
    )
    name = stage["notebook"]
    warnings = [_warning(warning) for warning in stage.get("warnings", [])]
    return {"name": name, "title": _page_text(name, "title"), "seconds_text": shown, "warnings": warnings}


def _warning(warning: Any) -> Both:
    """A remark of a stage: [key, numbers] as a sentence; a key without its numbers points to the page."""
    if not isinstance(warning, str):
        key, numbers = warning
        return _both(key, **numbers)
    return _both("page.remark") if texts.has(warning) else dict.fromkeys(("de", "en"), warning)


@functools.cache
def _environment() -> Any:
    import jinja2

    return jinja2.Environment(
        loader=jinja2.PackageLoader("segkit.reports"), autoescape=True, undefined=jinja2.StrictUndefined
    )


def _file(package: str, name: str) -> str:
    return resources.files(package).joinpath(name).read_text(encoding="utf-8")


def _write(path: Path, template: str, name: str, language: str, meta: Mapping[str, Any], **content: Any) -> None:
    from markupsafe import Markup

    script = _file("segkit.reports", "templates/page.js")
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    css = _file("segkit", "display.css") + _file("segkit.reports", "templates/page.css")
    content = {name: [Markup(part) for part in value] if name == "parts" else value for name, value in content.items()}
    html = (
        _environment()
        .get_template(template)
        .render(
            language=language,
            here=name,
            quarter=display.quarter_name(meta["quarter"]),
            created=str(meta["created"]).replace("T", " ")[:16].split(" "),
            meta={**meta, "stages": [_stage(stage) for stage in meta.get("stages", [])]},
            both=lambda key, **numbers: _spans(_both(key, **numbers)),
            both_texts=_spans,
            documents=_linked(meta),
            badges=Markup(display.badges_html(meta)),
            watermark=Markup(display.watermark_html(meta)),
            css=Markup(css),
            script=Markup(script),
            script_hash=f"sha256-{digest}",
            **content,
        )
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(html, encoding="utf-8", newline="\n")
