"""`python -m tools.site [OUT]`: build the site; every warning is a fault."""

import argparse
import shutil
from pathlib import Path

from sphinx.cmd.build import main as sphinx

from tools.site import api, pages, pictures, reference, tuning

ROOT = Path(__file__).resolve().parents[2]


def gathered(source: Path, drawn: bool) -> None:
    """Every page of the site in the folder `source`, which is made anew; with pictures of stages where they are to be `drawn`."""
    shutil.rmtree(source, ignore_errors=True)
    source.mkdir(parents=True)
    shutil.copy(Path(__file__).with_name("conf.py"), source)
    pages.copied(ROOT, source)
    folder = source / "docs" / "reference"
    folder.mkdir()
    made = pictures.made(folder, source.parent / "site-pictures") if drawn else {}
    reference.written(folder, made)
    tuning.written(folder)
    api.written(source / "docs" / "api.md")


def main() -> int:
    """Build, and give Sphinx's exit code."""
    asked = argparse.ArgumentParser(prog="python -m tools.site", description=__doc__)
    asked.add_argument("out", nargs="?", type=Path, default=ROOT / "out" / "site", help="folder of the site")
    asked.add_argument("--no-pictures", dest="drawn", action="store_false", help="leave out the pictures of the stages, which take minutes")
    given = asked.parse_args()
    source = given.out.parent / f"{given.out.name}-source"
    gathered(source, given.drawn)
    code = sphinx(["-W", "--keep-going", "-q", "-b", "html", "-d", str(source / ".doctrees"), str(source), str(given.out)])
    if code == 0:
        print(given.out / "index.html")
    return code


if __name__ == "__main__":
    raise SystemExit(main())
