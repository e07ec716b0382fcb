"""How long a slider of `pipeline.explore(frame)` takes, driven in a real notebook kernel: from its new value to the new picture on its way to the browser.

python benchmarks/explore.py [PIPELINE]

The view has one megapixel; programs are warm. Each slider is moved a few times; the fastest, the median and the slowest are printed, the median of the processor
time of all threads, which other work on the machine doesn't stretch, and how many stages were run.
"""

from __future__ import annotations

import json
import sys

import nbformat
from nbclient import NotebookClient

CODE = """
import json, statistics, time
import numpy as np
import isp
from isp.io import embedded

seen = isp.read(embedded())
pixels = np.pad(np.asarray(seen.pixels), ((0, 0), (0, 256)), mode="reflect")[:1000, :1000]
frame = seen.but(pixels=pixels, crop=None)
explorer = isp.load(NAME).explore(frame)
rows = []
for path, slider in explorer.sliders.items():
    times, busy, home = [], [], slider.value
    for share in (0.3, 0.5, 0.7, 0.4, 0.6, 0.35, 0.55):
        begun, spent = time.perf_counter(), time.process_time()
        slider.value = slider.min + share * (slider.max - slider.min)
        times.append(1e3 * (time.perf_counter() - begun))
        busy.append(1e3 * (time.process_time() - spent))
        assert explorer.panel.words.value and not "color:#d33" in explorer.panel.words.value, explorer.panel.words.value
    rows.append((path, min(times[1:]), statistics.median(times[1:]), max(times[1:]), statistics.median(busy[1:]), len(explorer.again.ran)))
    slider.value = home
print(json.dumps({"size": explorer.pixels.shape[:2], "rows": rows}))
"""


def main() -> None:
    name = sys.argv[1] if len(sys.argv) > 1 else "classic"
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(f"NAME = {name!r}\n{CODE}")])
    NotebookClient(notebook, timeout=600, kernel_name="python3").execute()
    text = "".join(out.text for out in notebook.cells[0].outputs if out.output_type == "stream" and out.name == "stdout")
    found = json.loads(text.splitlines()[-1])
    print(f"{name}, {found['size'][1]} x {found['size'][0]} pixels, milliseconds from a slider to its picture")
    print(f"{'slider':44} {'best':>7} {'median':>7} {'worst':>7} {'busy':>7}  stages run")
    for path, best, median, worst, busy, ran in found["rows"]:
        print(f"{path:44} {best:7.0f} {median:7.0f} {worst:7.0f} {busy:7.0f}  {ran}")
    medians = [row[2] for row in found["rows"]]
    print(f"{'the slowest of these medians':44} {'':7} {max(medians):7.0f} {'':7} {max(row[4] for row in found['rows']):7.0f}")


if __name__ == "__main__":
    main()
