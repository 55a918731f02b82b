"""Executing the notebooks of a run: the first in a kernel of its own, the others one after the other in a second one.

A kernel costs some three seconds of a processor before it does anything, most of them for imports. The first notebook
reads the exports and needs most of the memory, which goes back with its kernel; meanwhile the second kernel starts.
Between two notebooks that share a kernel nothing is left but what is imported.
"""

from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from segkit.errors import StageError, UserError
from segkit.project import Project
from segkit.quarters import Quarter
from segkit.run import ATTEMPT, LIFE, NOTEBOOK

if TYPE_CHECKING:
    from jupyter_client.manager import AsyncKernelManager

# What every notebook of a run imports anyway.
IMPORTS = "import segkit, altair, pandas, pandera.pandas, pyarrow.parquet, segkit.run"
ARGUMENTS = ["--IPKernelApp.log_level=50", f"--IPKernelApp.exec_lines={IMPORTS}"]
FIRST, OTHERS = "first", "others"
# Sent before each notebook: nothing of the one before is left, and the record is of the right one.
BETWEEN = """get_ipython().reset(new_session=True)
import gc, os
from segkit.kernel import forget_peak
os.environ["{variable}"] = "{notebook}"
gc.collect()
forget_peak()
get_ipython().reset(new_session=True)"""


class Executor:
    """Executes the notebooks of one attempt at a run; holds the kernels that are started ahead of time."""

    def __init__(self, project: Project, quarter: Quarter, attempt: str):
        self.project, self.quarter, self.attempt = project, quarter, attempt
        self._kernels: dict[str, AsyncKernelManager] = {}

    def prepare(self, path: Path) -> None:
        """Start the kernel of a notebook unless it runs already; this returns at once."""
        from jupyter_client.manager import AsyncKernelManager
        from jupyter_core.utils import run_sync

        name = _kernel_of(path)
        if name in self._kernels:
            return
        life = {LIFE: "batch", NOTEBOOK: path.stem, ATTEMPT: self.attempt, "PYDEVD_DISABLE_FILE_VALIDATION": "1"}
        kernel = AsyncKernelManager(kernel_name="python3")
        run_sync(kernel.start_kernel)(extra_arguments=ARGUMENTS, cwd=str(path.parent), env=os.environ | life)
        self._kernels[name] = kernel

    def execute(self, path: Path, following: Path | None = None) -> None:
        """Execute a notebook without its `explore` cells, and keep it as executed in the staging folder.

        Parameters
        ----------
        following : Path, optional
            The next notebook, whose kernel starts meanwhile.

        Raises
        ------
        UserError
            What a cell raised as such.
        StageError
            "04_clustering.ipynb, cell 4: ValueError: …", a full disk, or a kernel that was killed.
        """
        import papermill
        from jupyter_core.utils import run_sync
        from nbclient.exceptions import DeadKernelError
        from papermill.exceptions import PapermillExecutionError

        output = self.project.staging_folder(self.quarter) / "notebooks" / path.name
        source = _without_explore(path, output)
        parameters = {
            "project": str(self.project.folder),
            "quarter": str(self.quarter),
            "scenario": self.project.scenario,
        }
        self.prepare(path)
        if following is not None:
            self.prepare(following)
        kernel, is_done = self._kernels[_kernel_of(path)], False
        try:
            run_sync(_empty)(kernel, path)
            papermill.execute_notebook(str(source), str(output), parameters, progress_bar=False, km=kernel)
            is_done = True
        except PapermillExecutionError as error:
            raise _explained(error, path, output) from None
        except DeadKernelError:
            raise StageError(
                f"{path.name}: its kernel was killed, most likely because memory ran out. "
                "The last good run is untouched; the next run goes on with this notebook."
            ) from None
        finally:
            source.unlink(missing_ok=True)
            if not is_done or _kernel_of(path) == FIRST:
                self._end(_kernel_of(path))

    def close(self) -> None:
        """End the kernels that still run."""
        for name in list(self._kernels):
            self._end(name)

    def _end(self, name: str) -> None:
        from jupyter_core.utils import run_sync

        kernel = self._kernels.pop(name, None)
        if kernel is not None:
            run_sync(kernel.shutdown_kernel)(now=True)


def _kernel_of(path: Path) -> str:
    """Return which of the two kernels executes a notebook."""
    return FIRST if path.stem.startswith("01") else OTHERS


async def _empty(kernel: AsyncKernelManager, path: Path) -> None:
    """Take away what an earlier notebook left in a kernel, and say which one comes now."""
    from nbclient.exceptions import DeadKernelError

    client = kernel.client()
    client.start_channels()
    try:
        await client.wait_for_ready()
        await client.execute_interactive(
            BETWEEN.format(variable=NOTEBOOK, notebook=path.stem), silent=True, store_history=False
        )
    except RuntimeError as error:
        raise DeadKernelError(str(error)) from None
    finally:
        client.stop_channels()


def _without_explore(path: Path, output: Path) -> Path:
    """Write the notebook without its `explore` cells beside the place of the executed one, and return its path."""
    import nbformat

    output.parent.mkdir(parents=True, exist_ok=True)
    output.unlink(missing_ok=True)  # it may be a link to the last good run's, which papermill would write over
    notebook = nbformat.read(path, as_version=4)
    notebook.cells = [cell for cell in notebook.cells if "explore" not in cell.metadata.get("tags", [])]
    source = output.with_name(f".{path.stem}.input.ipynb")
    nbformat.write(notebook, source)
    return source


def _explained(error: Any, path: Path, output: Path) -> Exception:
    """Turn a failed cell into what the user reads: their own mistake, a full disk, or a defect with its place."""
    if error.ename == "UserError":
        return UserError(str(error.evalue).split("\n"))
    if error.ename == "OSError" and f"[Errno {errno.ENOSPC}]" in str(error.evalue):
        return StageError(f"{path.name}: {disk_message(OSError(errno.ENOSPC, ''))}")
    return StageError(
        f"{path.name}, cell {error.cell_index}: {error.ename}: {error.evalue}\n"
        f"The last good run is untouched. The notebook with the failed cell: {output}"
    )


def disk_message(error: OSError) -> str:
    """Return what the user reads when a file could not be written."""
    if error.errno == errno.ENOSPC:
        return (
            "The disk is full. The last good run is untouched; make room, then run again: it goes on where it stopped."
        )
    return f"{error}. The last good run is untouched."
