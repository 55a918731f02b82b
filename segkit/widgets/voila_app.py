"""Voila with what managers' pages need: kernels that end with their tab, no dead pages, reports beside live pages."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import tornado.web
from jupyter_server.services.kernels.kernelmanager import AsyncMappingKernelManager
from jupyter_server.utils import url_path_join
from traitlets import Unicode
from voila.app import Voila
from voila.tornado.contentshandler import VoilaContentsHandler
from voila.tornado.handler import TornadoVoilaHandler


class PageHandler(TornadoVoilaHandler):
    """A page that also sets the token with which its browser tab may end the kernel.

    Without the token the shutdown call is refused and every visit leaves a kernel behind
    (https://github.com/voila-dashboards/voila/issues/1458).
    """

    async def get(self, path: str | None = None) -> None:
        """Send the page."""
        _ = self.xsrf_token  # reading it sets the cookie
        await super().get(path)


class ReportHandler(tornado.web.StaticFileHandler):
    """The printed pages of each quarter, as files."""

    def set_extra_headers(self, path: str) -> None:
        """Ask the browser to look again after a new run."""
        self.set_header("Cache-Control", "no-cache")


class PageKernels(AsyncMappingKernelManager):
    """Ends idle kernels, but counts a preheated kernel's idle time from the moment it is handed to a visitor.

    It may have waited in the pool for hours; counted from its last work, it could be ended between being handed out
    and the browser's first message, and the visitor would look at a dead page.
    """

    def __init__(self, **kwargs: Any):
        super().__init__(**kwargs)
        self._handed_out: dict[str, dt.datetime] = {}

    async def cull_kernel_if_idle(self, kernel_id: str) -> None:
        """End the kernel if it has been idle for too long; kernels in the pool never come here."""
        kernel = self._kernels.get(kernel_id)
        if kernel is None:
            return
        first_seen = self._handed_out.setdefault(kernel_id, dt.datetime.now(dt.UTC))
        if getattr(kernel, "last_activity", None) is not None:
            kernel.last_activity = max(kernel.last_activity, first_seen)
        await super().cull_kernel_if_idle(kernel_id)

    def remove_kernel(self, kernel_id: str) -> Any:
        """Forget the kernel."""
        self._handed_out.pop(kernel_id, None)
        return super().remove_kernel(kernel_id)


class SegkitVoila(Voila):
    """Voila on this machine only, with the pages of a project."""

    reports_folder = Unicode("", help="Folder with one folder of pages per quarter.").tag(config=True)

    def init_handlers(self) -> list[Any]:
        """Replace Voila's page by ours, add the reports, and take away the listing of files."""
        reports = (
            url_path_join(self.server_url, r"/reports/(.*\.html)"),
            ReportHandler,
            {"path": str(Path(self.reports_folder))},
        )
        own = [reports]
        for route in super().init_handlers():
            pattern, handler, *rest = route
            if handler is VoilaContentsHandler:
                continue
            own.append((pattern, PageHandler if handler is TornadoVoilaHandler else handler, *rest))
        return own
