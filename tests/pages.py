"""Pages in a browser, as tests look at them."""

from contextlib import contextmanager


@contextmanager
def alone(browser, document, **context):
    """The page of a file, open; at the end it must have said nothing and asked for nothing but itself."""
    window = browser.new_context(**context)
    opened = window.new_page()
    asked, said = [], []
    opened.on("request", lambda one: asked.append(one.url))
    opened.on("console", lambda message: said.append(message.text))
    opened.on("pageerror", lambda error: said.append(str(error)))
    opened.goto(document.as_uri())
    settled(opened)
    yield opened
    assert asked == [document.as_uri()] and not said
    window.close()


def settled(tab):
    """Wait until the pictures of a page are drawn."""
    tab.evaluate("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
    tab.wait_for_selector(".viewer[data-settled=yes]")
