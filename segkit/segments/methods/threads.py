"""One thread for small products of matrices: more are slower, and round differently."""

from __future__ import annotations

import functools
import importlib
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from threadpoolctl import ThreadpoolController


def one_thread(library: str = "numpy") -> AbstractContextManager:
    """Return a context in which the linear algebra behind a library uses one thread.

    Which shared libraries there are is looked up once for each `library`: the look-up takes several milliseconds, as
    long as a refit on a bootstrap sample.
    """
    return _controller(library).limit(limits=1)


@functools.cache
def _controller(library: str) -> ThreadpoolController:
    from threadpoolctl import ThreadpoolController

    importlib.import_module(library)
    return ThreadpoolController()
