"""How long the page of a comparison takes to open: two pictures of 12 megapixels with maps of their differences, in headless Chromium.

python benchmarks/report.py [--out PAGE] [A.png B.png]

Without pictures the embedded raw, developed by two pipelines and mirrored until it is 4000 x 3000, so that the tiles hold a photograph's detail and grain. Every
opening is a new browser context with nothing cached. Printed are medians: to the document being parsed, to the first picture on the screen, to all that is in view
being decoded, and from a key that asks for 100 % to those tiles; then what was decoded, how large the file is and what its parts take.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from playwright.sync_api import Browser, sync_playwright

import isp
from isp.io import embedded, read_picture
from isp.report import comparison

ROOT = Path(__file__).resolve().parents[1]
ROWS, COLUMNS = 3000, 4000
CHAINS = ("classic", "minimal")
OPENED = 7
SETTLED = ".viewer[data-settled=yes]"
VIEWPORT = {"width": 1400, "height": 1000}
WATCH = """
window.made = 0;
const real = createImageBitmap;
window.createImageBitmap = (...all) => { window.made++; return real(...all); };
new MutationObserver(() => { if (document.querySelector('.viewer')?.dataset.settled === 'yes') window.settled ??= performance.now(); })
    .observe(document, { subtree: true, attributes: true, attributeFilter: ['data-settled'] });
"""
"""Counts what is decoded, and notes when all that is in view is there; it stands beside the page, whose policy lets nothing else run."""
TIMES = """() => ({ parsed: performance.getEntriesByType('navigation')[0].domInteractive,
    painted: performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0, settled, tiles: made })"""


def pictures(files: list[str]) -> dict[str, np.ndarray]:
    """Encoded sRGB (rows, columns, 3), under the names of their pipelines or files."""
    if files:
        return {Path(f).stem: comparison.encoded(read_picture(f)) for f in files}
    frame = isp.read(embedded())
    return {name: mirrored(comparison.encoded(isp.load(name)(frame))) for name in CHAINS}


def mirrored(pixels: np.ndarray) -> np.ndarray:
    room = [(0, want - have) for want, have in zip((ROWS, COLUMNS), pixels.shape, strict=False)]
    return np.pad(pixels, (*room, (0, 0)), "symmetric")


def opened(browser: Browser, page: Path) -> dict[str, float]:
    """Milliseconds of one opening, and how many tiles were decoded for it."""
    context = browser.new_context(viewport=VIEWPORT)  # type: ignore[arg-type]
    tab = context.new_page()
    tab.add_init_script(WATCH)
    begun = time.perf_counter()
    tab.goto(page.absolute().as_uri(), wait_until="commit")
    tab.wait_for_selector(SETTLED)
    wall = 1e3 * (time.perf_counter() - begun)
    tab.wait_for_timeout(100)
    times: dict[str, float] = tab.evaluate(TIMES)
    begun = time.perf_counter()
    tab.keyboard.press("1")
    tab.locator(".zooms output", has_text="100 %").wait_for()
    tab.wait_for_selector(SETTLED)
    closer = 1e3 * (time.perf_counter() - begun)
    context.close()
    return {**times, "wall": wall, "closer": closer}


def made(files: list[str], out: Path) -> dict[str, Any]:
    """Write the page; its size and the processor seconds that it took."""
    found = pictures(files)
    names = list(found)
    scene = comparison.Scene("embedded", found)
    chains = CHAINS if not files else CHAINS[:1] * len(names)
    sides = [comparison.Side(name, isp.load(chain)) for name, chain in zip(names, chains, strict=True)]
    measured = comparison.rows([scene], names[0])
    begun = time.process_time()
    text = comparison.page(sides, [scene], names[0], False, measured)
    seconds = time.process_time() - begun
    out.write_text(text)
    return {"bytes": len(text), "seconds": seconds, "size": found[names[0]].shape[:2]}


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    asked.add_argument("pictures", nargs="*")
    asked.add_argument("--out", type=Path)
    told = asked.parse_args()
    program = subprocess.run([ROOT / ".ci" / "chromium"], capture_output=True, text=True, check=True).stdout.strip()
    with TemporaryDirectory() as folder, sync_playwright() as driver:
        page = told.out or Path(folder) / "compare.html"
        about = made(told.pictures, page)
        browser = driver.chromium.launch(executable_path=program, args=["--no-sandbox"])
        rows = [opened(browser, page) for _ in range(OPENED + 1)][1:]
        browser.close()
    size = " x ".join(map(str, about["size"][::-1]))
    print(f"{size}, page of {about['bytes'] / 1e6:.1f} MB, made in {about['seconds']:.1f} s of processor time")
    for name, words in (
        ("parsed", "document parsed"), ("painted", "first picture painted"), ("settled", "all in view decoded and drawn"),
        ("wall", "the same, as the driver sees it"), ("closer", "100 % after its key"),
    ):  # fmt: skip
        some = [row[name] for row in rows]
        print(f"{words:36} {statistics.median(some):7.0f} ms   {min(some):.0f} to {max(some):.0f}")
    print(f"{'tiles decoded by then':36} {rows[-1]['tiles']:7.0f}")


if __name__ == "__main__":
    main()
