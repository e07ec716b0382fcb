"""`isp calibrate FOLDER... -o profile.yaml`: captures of a camera become a profile of it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated

import typer

from isp.cli import say


def calibrate(
    captures: Annotated[
        list[str],
        typer.Argument(
            metavar="FOLDER...", help="Folders that hold darks/, flats/, stack_dark/, stack_flat/, chart_D65/, edge/; or files in them."
        ),
    ] = [],  # noqa: B006
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Where the profile goes: a YAML file. Else it is only told.")
    ] = None,
    flats: Annotated[str | None, typer.Option(metavar="GLOB", help="Flats of rising exposure, two or more of each.")] = None,
    darks: Annotated[str | None, typer.Option(metavar="GLOB", help="Darks, two or more of each exposure.")] = None,
    stack_flats: Annotated[str | None, typer.Option(metavar="GLOB", help="Many flats at half of saturation.")] = None,
    stack_darks: Annotated[str | None, typer.Option(metavar="GLOB", help="Many darks of one exposure.")] = None,
    chart: Annotated[str | None, typer.Option(metavar="GLOB", help="A ColorChecker.")] = None,
    edge: Annotated[str | None, typer.Option(metavar="GLOB", help="A slanted edge.")] = None,
    illuminant: Annotated[str, typer.Option(help="The light of a chart whose folder does not say it: D65, A, 5000K.")] = "",
    corners: Annotated[
        str | None, typer.Option(metavar="X,Y;...", help="Middles of the chart's corner patches: dark skin, bluish green, black, white.")
    ] = None,
    edge_region: Annotated[str | None, typer.Option(metavar="ROW,COLUMN,ROWS,COLUMNS", help="The part that holds one edge.")] = None,
    luminance: Annotated[
        float | None, typer.Option(min=1e-6, help="cd/m2 of the flats' white surface; else sensitivity is relative.")
    ] = None,
    bits: Annotated[int | None, typer.Option(min=8, max=20, help="Depth of the converter; else as the numbers show.")] = None,
    title: Annotated[str, typer.Option(help="What the profile is called.")] = "",
    report: Annotated[Path | None, typer.Option(help="Where a page with plots goes: an HTML file.")] = None,
    trust: Annotated[bool, typer.Option("--trust", help="Decode in this process: faster, for files you made.")] = False,
    json: Annotated[bool, typer.Option("--json", help="One JSON document on stdout.")] = False,
) -> int:
    """Measure a camera from captures of it: noise, well, pattern, falloff, colour, sharpness, each with its error.

    A folder's name says what its files show. Everything that is wrong with any capture is told at once.
    """
    from isp.calibrate import as_json, page, profile_of, recognised, rows
    from isp.calibrate import calibrate as measure
    from isp.cli import places
    from isp.cli.progress import bar
    from isp.core import SpecError
    from isp.io.place import put

    for target, suffixes in ((output, (".yaml", ".yml")), (report, (".html", ".htm"))):
        if target is not None and target.suffix not in suffixes:
            raise SpecError(f"{target} is no name of a {suffixes[0][1:].upper()} file", do=f"give it the suffix {suffixes[0]}")
        if target is not None:
            places.writable(target.parent)
    globs = {"flats": flats, "darks": darks, "stack-flats": stack_flats, "stack-darks": stack_darks, "chart": chart, "edge": edge}
    given = {option.replace("-", "_").removesuffix("s"): _files(option, glob) for option, glob in globs.items() if glob}
    if not captures and not given:
        raise SpecError("no captures", do="name a folder, or files by --flats, --darks, --chart, --edge")
    named = four_corners(corners)
    region = four_numbers(edge_region, "--edge-region")
    found = recognised(captures, given, illuminant)
    with bar(len(found), quiet=json) as begin:
        made = measure(found, corners=named, region=region, trusted=trust, progress=lambda name, done, total: begin(name)(0, 1))
    profile = profile_of(made, title, bits, luminance)
    written = []
    files = [c.path for c in found]
    for target, text in ((output, profile.profile()), (report, page(made, title) if report else "")):
        if target is not None:
            target.parent.mkdir(parents=True, exist_ok=True)
            written.append(str(put(target, text.encode(), files)))
    told = [*made.warnings, *profile.left_out]
    if json:
        say.document({**as_json(made), "warnings": told, "written": written, "exit": 0})
        return 0
    say.table([(r.what, r.text, r.unit, r.on) for r in rows(made)], ["quantity", "value ± error", "unit", "measured on"])
    for text in told:
        say.warning(text)
    for name in written:
        print(say.printable(name))
    return 0


def _files(option: str, pattern: str) -> list[str]:
    """The files of a glob. Raises SpecError where there are none."""
    from glob import glob

    from isp.core import SpecError

    found = sorted(f for f in glob(pattern, recursive=True) if Path(f).is_file())
    if not found:
        raise SpecError(f"--{option} {pattern}", "there is no such file")
    return found


def four_corners(text: str | None) -> list[tuple[float, float]] | None:
    """Four pairs of numbers, in any punctuation between them."""
    from isp.core import SpecError

    if text is None:
        return None
    numbers = [float(n) for n in re.findall(r"[-+]?\d+(?:\.\d*)?", text)]
    if len(numbers) != 8:
        raise SpecError(f"--corners {text}", f"has {len(numbers)} numbers, not 8", "write x,y of dark skin; bluish green; black; white")
    return list(zip(numbers[::2], numbers[1::2], strict=True))


def four_numbers(text: str | None, option: str) -> tuple[int, int, int, int] | None:
    """A part of a picture: its first row and column, its rows and columns."""
    from isp.core import SpecError

    if text is None:
        return None
    numbers = re.findall(r"\d+", text)
    if len(numbers) != 4:
        raise SpecError(f"{option} {text}", f"has {len(numbers)} numbers, not 4", "write row,column,rows,columns")
    row, column, rows, columns = map(int, numbers)
    return row, column, rows, columns
