import re

from isp.report.plot import Plot


def numbers(log, low, high):
    """What stands beside the axis that goes up."""
    text = Plot("step", "loss", log).line([0, 1], [low, high], "#fff").svg("a plot")
    return [float(value) for value in re.findall(r'text-anchor="end">([^<]+)</text>', text)]


def test_an_axis_always_has_numbers_within_its_range():
    for low, high in ((0.031, 0.043), (0.021, 0.049), (1e-4, 3.0), (1.0, 1.01), (0.5, 900.0)):
        for log in ("", "y"):
            found = numbers(log, low, high)
            assert len(found) >= 2 and found == sorted(found), (log, low, high)
            assert found[-1] < 2 * high and (found[0] > low / 2 or not log)


def test_a_notebook_shows_a_plot_as_it_is_drawn():
    plot = Plot("ISO", "noise").line([1, 2], [3, 4], "#fff")
    assert plot.svg("noise over ISO", alone=True) in plot._repr_html_()


def test_a_legend_stands_above_the_axes_in_as_many_lines_as_it_needs():
    plot = Plot("x", "y").line([0, 1], [0, 1], "#fff")
    bare = plot.svg("a plot")
    for i in range(6):
        plot.named(f"a name of some length {i}", "#fff")
    made = plot.svg("a plot")
    heights = [float(re.search(r'viewBox="0 -?\d+ \d+ (\d+)"', text)[1]) for text in (bare, made)]
    words = [(float(x), float(y)) for x, y in re.findall(r'<text x="([\d.]+)" y="([-\d.]+)">a name', made)]
    room = float(re.search(r'viewBox="0 -(\d+)', made)[1])
    assert heights[1] == heights[0] + room and len(words) == 6 and all(-room < y < 0 for _, y in words)
    assert len(set(words)) == 6 and len({y for _, y in words}) == 3, "two of them in a line"
