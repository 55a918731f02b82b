"""The notebook's kernel: what is shown in a cell, and how a user's mistake reads there."""

from __future__ import annotations

import contextlib
import sys
from pathlib import Path

from segkit import texts
from segkit.display import both_languages
from segkit.errors import UserError

STATUS, CLEAR = Path("/proc/self/status"), Path("/proc/self/clear_refs")


def show_html(html: str, plain: str) -> None:
    """Show HTML in the cell's output, with plain text for readers without a browser."""
    from IPython.display import display

    display({"text/html": html, "text/plain": plain}, raw=True)


def show_sentences(sentences: dict[str, str], css_class: str) -> None:
    """Show one sentence in the languages given, escaped."""
    paragraphs = {language: f'<p class="{css_class}">{texts.escape(text)}</p>' for language, text in sentences.items()}
    html = both_languages(paragraphs["de"], paragraphs["en"]) if len(paragraphs) > 1 else "".join(paragraphs.values())
    show_html(html, next(iter(sentences.values())))


def hide_tracebacks() -> None:
    """Show a `UserError` in JupyterLab and on pages as its message alone."""
    try:
        from IPython import get_ipython
    except ImportError:
        return
    shell = get_ipython()
    if shell is None:
        return

    def show(shell, kind, error, traceback, tb_offset=None):  # noqa: ANN001 - IPython's own signature
        lines = "".join(f"<p>{texts.escape(problem)}</p>" for problem in error.problems)
        show_html(f'<div class="problem" role="alert">{lines}</div>', str(error))
        return [str(error)]

    shell.set_custom_exc((UserError,), show)


def peak_memory_mb() -> float:
    """Return the most memory this process has held, in MB; on Linux since the last `forget_peak`."""
    try:
        import resource
    except ImportError:  # Windows
        import psutil

        return psutil.Process().memory_info().peak_wset / 1e6
    if STATUS.exists():
        peaks = [line.split()[1] for line in STATUS.read_text().splitlines() if line.startswith("VmHWM")]
        if peaks:
            return int(peaks[0]) / 1e3
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1e6 if sys.platform == "darwin" else 1e3)


def forget_peak() -> None:
    """Begin to measure the most memory anew, where the system can (Linux); elsewhere it stays the process's own."""
    with contextlib.suppress(OSError):
        CLEAR.write_text("5")  # proc(5): resets the peak of the resident set
