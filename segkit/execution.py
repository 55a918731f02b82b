"""Executing one notebook of a run; the next one's kernel starts and imports while this one still works."""

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

# What every notebook of a run imports anyway; it costs each of them some three seconds.
IMPORTS = "import altair, pandas, pandera.pandas, pyarrow.parquet, segkit.run"
ARGUMENTS = ["--IPKernelApp.log_level=50", f"--IPKernelApp.exec_lines={IMPORTS}"]


class Executor:
    """Executes the notebooks of one attempt at a run; holds the kernels that are started ahead of time."""

    def __init__(self, project: Project, quarter: Quarter, attempt: str):
        self.project, self.quarter, self.attempt = project, quarter, attempt
        self._kernels: dict[str, AsyncKernelManager] = {}

    def prepare(self, path: Path) -> None:
        """Start the kernel of a notebook; this returns at once."""
        from jupyter_client.manager import AsyncKernelManager
        from jupyter_core.utils import run_sync

        if path.stem in self._kernels:
            return
        life = {LIFE: "batch", NOTEBOOK: path.stem, ATTEMPT: self.attempt, "PYDEVD_DISABLE_FILE_VALIDATION": "1"}
        kernel = AsyncKernelManager(kernel_name="python3")
        run_sync(kernel.start_kernel)(extra_arguments=ARGUMENTS, cwd=str(path.parent), env=os.environ | life)
        self._kernels[path.stem] = kernel

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
        try:
            papermill.execute_notebook(
                str(source), str(output), parameters, progress_bar=False, km=self._kernels[path.stem]
            )
        except PapermillExecutionError as error:
            raise _explained(error, path, output) from None
        except DeadKernelError:
            raise StageError(
                f"{path.name}: its kernel was killed, most likely because memory ran out. "
                "The last good run is untouched; the next run goes on with this notebook."
            ) from None
        finally:
            source.unlink(missing_ok=True)
            self._end(path.stem)

    def close(self) -> None:
        """End the kernels that were started in vain."""
        for notebook in list(self._kernels):
            self._end(notebook)

    def _end(self, notebook: str) -> None:
        from jupyter_core.utils import run_sync

        kernel = self._kernels.pop(notebook, None)
        if kernel is not None:
            run_sync(kernel.shutdown_kernel)(now=True)


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
