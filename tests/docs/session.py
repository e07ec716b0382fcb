"""A reader at work: the steps of one page, in one process and one folder, so that what one step compiled the next one has.

    python session.py < steps.json       [{"command": "isp check x.yaml"}, {"python": "..."}, {"file": "x.yaml", "text": "..."}]

Says on its last line, as JSON, what went wrong at which step; nothing went wrong where the list is empty.
"""

import contextlib
import io
import json
import shlex
import sys
import traceback
from pathlib import Path


def command(line):
    """Type a command of `isp`; its exit code and what it said on stderr."""
    from isp.cli import main

    said = io.StringIO()
    sys.argv = shlex.split(line)
    with contextlib.redirect_stderr(said), contextlib.redirect_stdout(io.StringIO()):
        try:
            main()
        except SystemExit as left:
            code = left.code or 0
        except Exception:
            code, _ = 70, traceback.print_exc(file=said)
    return "" if code == 0 else f"exit code {code}: {said.getvalue()}"


SPACE = {"__name__": "__main__"}
"""What the pieces of Python of a page have named so far: a later one goes on where an earlier one ended."""


def python(text):
    """Run a piece of Python."""
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            exec(compile(text, "<the page>", "exec"), SPACE)
    except Exception:
        return traceback.format_exc()
    return ""


def step(one):
    """Do one step; what went wrong, or nothing."""
    if "file" in one:
        Path(one["file"]).write_text(one["text"], encoding="utf-8")
        return ""
    return command(one["command"]) if "command" in one else python(one["python"])


if __name__ == "__main__":
    sys.path.insert(0, "")
    faults = [{"step": i, "why": why} for i, one in enumerate(json.load(sys.stdin)) if (why := step(one))]
    print(json.dumps(faults))
