"""One self-contained HTML page from an executed notebook, and the index of a quarter."""

from __future__ import annotations

import base64
import functools
import hashlib
import re
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
        The file; its name without ending is the name of the page.
    language : str
        Language that is shown first, ``de`` or ``en``.
    meta : mapping
        ``project, quarter, as_of, is_complete, money_source, created``; ``stages``, a list of
        ``{"name", "seconds", "warnings"}``; and what `segkit.display.badges` reads.
    """
    path = Path(path)
    parts = [html for cell in notebook["cells"] for html in _cell_parts(cell)]
    _write(path, "page.html", language, meta, title=_page_text(path.stem, "title"), parts=parts)


def write_index(folder: str | Path, pages: Iterable[str | Path], meta: Mapping[str, Any], language: str = "de") -> None:
    """Write ``index.html``: a card for each page, the badges, and how long each stage took.

    Parameters
    ----------
    folder : path
        Where the pages stand.
    pages : iterable of str or path
        Names or files of the pages, in reading order.
    meta : mapping
        As for `write_page`.
    language : str
        Language that is shown first.
    """
    names = [Path(page).stem for page in pages]
    cards = [{"name": name, "number": name.split("_")[0], "title": _page_text(name, "title"),
              "about": _page_text(name, "about")} for name in names]
    title = _both("page.index_title", quarter=meta["quarter"])
    _write(Path(folder) / "index.html", "index.html", language, meta, title=title, pages=cards)


def mark_released(folder: str | Path, meta: Mapping[str, Any]) -> None:
    """Renew the badges of all pages in a folder, after somebody has signed the run."""
    fresh = f"<!--badges-->{display.badges_html(meta)}<!--/badges-->"
    for path in sorted(Path(folder).glob("*.html")):
        text = path.read_text(encoding="utf-8")
        path.write_text(re.sub(r"<!--badges-->.*?<!--/badges-->", lambda _: fresh, text, count=1, flags=re.S),
                        encoding="utf-8", newline="\n")


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


def _cell_parts(cell: Mapping[str, Any]) -> list[str]:
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


def _stage(stage: Mapping[str, Any]) -> dict[str, Any]:
    seconds = stage.get("seconds")
    shown = _both("page.unchanged") if seconds is None else {
        x: texts.show(round(float(seconds), 1), "number", display.LOCALES[x]) for x in ("de", "en")}
    return {**stage, "title": _page_text(stage["name"], "title"), "seconds_text": shown,
            "warnings": stage.get("warnings", [])}


@functools.cache
def _environment() -> Any:
    import jinja2

    return jinja2.Environment(loader=jinja2.PackageLoader("segkit.reports"), autoescape=True,
                              undefined=jinja2.StrictUndefined)


def _file(package: str, name: str) -> str:
    return resources.files(package).joinpath(name).read_text(encoding="utf-8")


def _write(path: Path, template: str, language: str, meta: Mapping[str, Any], **content: Any) -> None:
    from markupsafe import Markup

    script = _file("segkit.reports", "templates/page.js")
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    css = _file("segkit", "display.css") + _file("segkit.reports", "templates/page.css")
    content = {name: [Markup(part) for part in value] if name == "parts" else value for name, value in content.items()}
    html = _environment().get_template(template).render(
        language=language,
        here=path.stem,
        meta={**meta, "stages": [_stage(stage) for stage in meta.get("stages", [])]},
        both=lambda key, **numbers: _spans(_both(key, **numbers)),
        both_texts=_spans,
        badges=Markup(display.badges_html(meta)),
        css=Markup(css),
        script=Markup(script),
        script_hash=f"sha256-{digest}",
        **content,
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(html, encoding="utf-8", newline="\n")
