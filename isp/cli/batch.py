"""Many files one after another: a bad one is told and listed, and the others go on."""

from __future__ import annotations

import json
import time
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from isp.cli import say
from isp.cli.places import Job
from isp.cli.progress import Step, bar

LIST = "failures.jsonl"


@dataclass
class Outcome:
    """What became of the files, as plain data, and the exit code."""

    written: list[dict[str, Any]] = field(default_factory=list)
    failed: list[dict[str, Any]] = field(default_factory=list)
    code: int = 0


def run(jobs: Sequence[Job], work: Callable[[Job, Step], None], *, fail_fast: bool = False, quiet: bool = False) -> Outcome:
    """`work` on each job. A file at fault is told on stderr at once; trouble with the place itself ends the batch, since all would fail."""
    outcome = Outcome()
    with bar(len(jobs), quiet=quiet) as begin:
        for job in jobs:
            step, start = begin(Path(job.source).name), time.perf_counter()
            try:
                with warnings.catch_warnings(record=True) as caught:
                    warnings.simplefilter("always")
                    work(job, step)
            except Exception as error:
                problems, wanted = say.problems(error, job.source)
                say.errors(problems)
                outcome.failed.append({"input": job.source, "problems": say.plain(problems)})
                outcome.code = max(outcome.code, wanted if wanted == 3 or (wanted == 2 and len(jobs) == 1 and not _of_frame(error)) else 1)
                if fail_fast or wanted == 3:
                    break
            else:
                seconds = round(time.perf_counter() - start, 3)
                told = [str(w.message) for w in caught]
                for text in told:
                    say.warning(text)
                outcome.written.append({"input": job.source, "output": str(job.target), "seconds": seconds, "warnings": told})
    return outcome


def close(outcome: Outcome, total: int, folder: Path | None) -> str:
    """The closing line of a batch, with the failures listed in `folder` for another run; an old list goes."""
    if folder is None or not folder.is_dir():
        return f"{len(outcome.failed)} of {total} files failed; {len(outcome.written)} written"
    path = folder / LIST
    if not outcome.failed:
        path.unlink(missing_ok=True)
        return f"{len(outcome.written)} written to {folder}"
    from isp.io.place import put

    put(path, "".join(json.dumps(one, ensure_ascii=False) + "\n" for one in outcome.failed).encode())
    return f"{len(outcome.failed)} of {total} files failed (list: {path}); {len(outcome.written)} written"


def _of_frame(error: Exception) -> bool:
    """Whether a chain refused this very frame: the file's fault, not the pipeline's."""
    from isp.core import ChainError

    return isinstance(error, ChainError)
