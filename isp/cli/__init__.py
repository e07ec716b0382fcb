"""`isp VERB`: one small file a verb. Nothing heavy is imported before a verb runs, so that help answers at once."""

from __future__ import annotations

import os
import select
import sys
from typing import Annotated, Any, NoReturn

import typer

from isp.cli import (
    ablate,
    calibrate,
    capture,
    check,
    cite,
    compare,
    demo,
    develop,
    evaluate,
    export,
    import_,
    leave,
    own,
    say,
    schema,
    sensitivity,
    stage,
    stages,
    sweep,
    tune,
)

app = typer.Typer(name="isp", no_args_is_help=True, rich_markup_mode=None, pretty_exceptions_enable=False)
for verb in (
    demo.demo,
    develop.develop,
    compare.compare,
    evaluate.evaluate,
    capture.capture,
    calibrate.calibrate,
    tune.tune,
    ablate.ablate,
    export.export,
    sensitivity.sensitivity,
    sweep.sweep,
    check.check,
    stages.stages,
    stage.stage,
    schema.schema,
    cite.cite,
):
    app.command()(verb if verb in (demo.demo, stages.stages, schema.schema) else own.admitting(verb))
app.command("import")(import_.import_)


def _version(asked: bool) -> None:
    if asked:
        from importlib.metadata import PackageNotFoundError, version

        try:
            print(f"isp {version('isp')}")
        except PackageNotFoundError:  # run from a folder, without an installation
            print("isp, not installed")
        raise typer.Exit


@app.callback()
def top(
    debug: Annotated[bool, typer.Option("--debug", help="Show tracebacks. May stand anywhere.")] = False,
    version: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True, help="Say the version.")] = False,
) -> None:
    """A camera image signal processor: raw files become pictures through YAML pipelines of differentiable stages.

    Exit codes: 0 all done, 1 some input failed, 2 wrong usage or pipeline, 3 disk, permission or memory, 130 and 143 interrupted.
    """


def main() -> NoReturn:
    """Run the command line of this process, and leave with its exit code."""
    arguments = sys.argv[1:]
    debug = "--debug" in arguments
    leave.guard()
    code = 0
    try:
        code = app([a for a in arguments if a != "--debug"], prog_name="isp", standalone_mode=False) or 0
        sys.stdout.flush()
    except (BrokenPipeError, SystemExit) as stop:  # typer turns a broken pipe in mid-output into an exit of its own
        if _reader_left():  # not a fault; nothing more can be said
            os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        else:
            code = getattr(stop, "code", 1)
    except Exception as error:
        if debug:
            raise
        code = _told(error, "--json" in arguments)
    sys.exit(code)


def _reader_left() -> bool:
    """Whether nobody reads our output any more."""
    poll = select.poll()
    poll.register(1, 0)
    return any(event & select.POLLERR for _, event in poll.poll(0))


def _told(error: Exception, as_json: bool) -> int:
    """Say what went wrong, a line for each fault, and give the exit code."""
    if hasattr(error, "format_message"):  # what typer refuses
        context: Any = getattr(error, "ctx", None)
        where = context.command_path if context else "isp"
        problems = [say.problem(where, error.format_message().rstrip("."), do=f"{where} --help")]
        code = 2
    else:
        problems, code = say.problems(error)
    say.errors(problems)
    if as_json:
        say.document({"failed": say.plain(problems), "exit": code})
    return code
