"""`isp compare`, as a person runs it."""

import json


def test_two_pipelines_become_a_page_and_numbers(isp, raw):
    done = isp("compare", "chain.yaml", raw, "-o", "new/c.html", "--swap", "demosaic.bilinear=demosaic.malvar2004", "--runs", "1", "--json")
    assert done.code == 0, done.err
    told = json.loads(done.out)
    assert told["pipelines"] == ["chain", "chain, changed"] and len(told["rows"]) == 1 and len(told["times"]) == 2
    assert told["rows"][0]["psnr"] > 30, "flat colours: demosaics agree but at the border"
    page = (isp.folder / "new/c.html").read_text()
    assert "demosaic.malvar2004" in page and "Content-Security-Policy" in page


def test_what_cannot_be_compared_is_refused(isp, raw):
    assert isp("compare", "chain.yaml", raw, "-o", "c.png").code == 2
    alone = isp("compare", "chain.yaml", raw, "-o", "c.html")
    assert alone.code == 2 and "needs two pipelines" in alone.err and not (isp.folder / "c.html").exists()
