"""`isp develop PIPELINE INPUT... -o OUT`: raw files become pictures."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from isp.cli import complete, say

if TYPE_CHECKING:
    from isp.cli.places import Job
    from isp.cli.progress import Step
    from isp.core import Chain, Frame

Text = str | None
Names = Annotated[list[str], typer.Option("--set", metavar="STAGE.PARAMETER=VALUE", help="Another value. May be repeated.")]
Swaps = Annotated[list[str], typer.Option("--swap", metavar="STAGE=STAGE", help="Another stage in its place. May be repeated.")]


def develop(
    pipeline: Annotated[
        str, typer.Argument(metavar="PIPELINE", help="A YAML file, or the name of a shipped pipeline.", autocompletion=complete.pipelines)
    ],
    inputs: Annotated[list[str], typer.Argument(help="Raw files, or frames saved by --save-stages.", metavar="INPUT")],
    output: Annotated[Text, typer.Option("--output", "-o", help="A file whose suffix is the format, or a folder: out/")] = None,
    changes: Names = [],  # noqa: B006 - typer reads the default
    swaps: Swaps = [],  # noqa: B006
    save_stages: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Keep every stage's output here, with a page that shows them.")
    ] = None,
    begin: Annotated[Text, typer.Option("--from", metavar="STAGE", help="Enter the pipeline at this stage, with a saved frame.")] = None,
    form: Annotated[Text, typer.Option("--format", help="png, tiff, jpeg or exr, when OUT is a folder.")] = None,
    bits: Annotated[int | None, typer.Option(help="Bits a sample: 8, 16 or 32, as the format allows.")] = None,
    sidecar: Annotated[Text, typer.Option(help="YAML, or a folder of them, that says what the raw files do not.")] = None,
    trust: Annotated[bool, typer.Option("--trust", help="Decode in this process: faster, for files you made.")] = False,
    strict: Annotated[bool, typer.Option("--strict", help="Refuse what would be a warning.")] = False,
    explain: Annotated[bool, typer.Option("--explain", help="Say how it will be run; without -o, only that.")] = False,
    fail_fast: Annotated[bool, typer.Option("--fail-fast", help="Stop at the first file that fails.")] = False,
    json: Annotated[bool, typer.Option("--json", help="One JSON document on stdout.")] = False,
) -> int:
    """Develop raw files with a pipeline."""
    from isp.spec import load

    chain = load(pipeline, set=changes, swap=swaps)
    if begin:
        chain = chain.entered_at(begin)
    if output is None and not explain:
        raise typer.BadParameter("say where the pictures go: -o out/, or -o picture.png")

    def read(source: str) -> Frame:
        from isp.io import read as read_raw

        return read_raw(source, sidecar=sidecar, trusted=trust, strict=strict)

    if explain:
        from isp.execute import explain as explained

        for source in inputs:
            print(explained(chain, read(source)), file=sys.stderr if json else sys.stdout)
        if output is None:
            return 0
    assert output is not None
    from isp.cli import batch, leave, places
    from isp.execute import prepare

    ends = next((s.emits for s in reversed(chain.stages) if s.emits), chain.input)
    jobs, folder = places.jobs(inputs, output, form, bits, save_stages, ends)
    leave.private_temporaries()
    leave.FOLDERS.update(place for job in jobs for place in (job.target.parent, job.stages) if place)
    prepare(keep_memory=True)
    outcome = batch.run(jobs, lambda job, step: _one(chain, job, read(job.source), bits, inputs, step), fail_fast=fail_fast, quiet=json)
    closing = batch.close(outcome, len(jobs), folder) if len(jobs) > 1 else ""
    if json:
        say.document({"pipeline": pipeline, "written": outcome.written, "failed": outcome.failed, "exit": outcome.code})
    elif closing:
        print(closing, file=sys.stderr if outcome.failed else sys.stdout)
    elif outcome.written:
        print(outcome.written[0]["output"])
    if save_stages and outcome.written and not json:
        print(*(f"{job.stages}/index.html" for job in jobs if str(job.target) in {one["output"] for one in outcome.written}), sep="\n")
    return outcome.code


def _one(chain: Chain, job: Job, frame: Frame, bits: int | None, inputs: list[str], step: Step) -> None:
    """Develop one frame and write it; its stages first, so that a picture stands for a whole success."""
    from isp.io import write

    if job.stages is None:
        from isp.execute import develop as run

        made = run(chain, frame, progress=step)
    else:
        from isp.cli.keep import write_stages

        traced = chain.trace(frame)
        command = shlex.join(["isp", *sys.argv[1:]])
        write_stages(chain, frame, traced, job.stages, Path(job.source).name, command)
        made = traced[chain.names[-1]]
    job.target.parent.mkdir(parents=True, exist_ok=True)
    write(made, job.target, bits=bits, inputs=inputs)
