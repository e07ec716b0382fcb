"""`isp check FILE...`: would it work?"""

from __future__ import annotations

import warnings
from typing import Annotated, Any

import typer

from isp.cli import complete, say


def check(
    files: Annotated[
        list[str],
        typer.Argument(metavar="FILE", help="Pipelines, sensors (YAML or shipped names) and raw files.", autocompletion=complete.pipelines),
    ],
    sidecar: Annotated[str | None, typer.Option(help="YAML, or a folder of them, that says what the raw files do not.")] = None,
    strict: Annotated[bool, typer.Option("--strict", help="Refuse what would be a warning.")] = False,
    trust: Annotated[bool, typer.Option("--trust", help="Decode in this process: faster, for files you made.")] = False,
    json: Annotated[bool, typer.Option("--json", help="One JSON document on stdout.")] = False,
) -> int:
    """Check pipelines, sensors and raw files; write nothing."""
    results: list[dict[str, Any]] = []
    code = 0
    for file in files:
        try:
            with warnings.catch_warnings(record=True) as caught:
                warnings.simplefilter("always")
                told = _spec(file) if _is_spec(file) else _raw(file, sidecar, trust, strict)
            results.append({"file": file, "ok": True, **told, "warnings": [str(w.message) for w in caught]})
            if not json:
                print(f"ok: {say.printable(file)}: {say.printable(', '.join(map(str, told.values())))}")
                for w in caught:
                    say.warning(w.message)
        except Exception as error:
            problems, wanted = say.problems(error, file)
            code = max(code, wanted)
            say.errors(problems)
            results.append({"file": file, "ok": False, "problems": say.plain(problems)})
    if json:
        say.document({"files": results, "exit": code})
    return code


def _is_spec(file: str) -> bool:
    from isp.spec import shipped_names

    return file.endswith((".yaml", ".yml")) or file in (*shipped_names("pipelines"), *shipped_names("sensors"))


def _spec(file: str) -> dict[str, Any]:
    from isp.spec import load_spec, shipped_names

    spec = load_spec(file, kind="sensors" if file in shipped_names("sensors") else "pipelines")
    chain = spec.chain
    last = next((s.emits for s in reversed(chain.stages) if s.emits), chain.input)
    told = {"title": chain.title or "untitled", "stages": f"{len(chain)} stages", "domains": f"{chain.input} → {last}"}
    if spec.ranges:  # sound, but for captures and tuning only
        told["ranges"] = "ranges to draw from: " + ", ".join(f"{path} {one}" for path, one in spec.ranges.items())
    return told


def _raw(file: str, sidecar: str | None, trust: bool, strict: bool) -> dict[str, Any]:
    import numpy as np

    from isp.io import read
    from isp.report import words

    frame = read(file, sidecar=sidecar, trusted=trust, strict=strict)
    rows, columns = np.shape(frame.pixels)[:2]
    told = {"size": f"{columns}x{rows}", "domain": str(frame.domain)}
    for name in ("cfa", "black", "white", "make", "model", "iso"):
        if (value := getattr(frame, name)) is not None:
            told[name] = f"{name} {words.text(value)}"
    return told
