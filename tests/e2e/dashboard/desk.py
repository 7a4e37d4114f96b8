"""What the tests of the dashboard's views share: a daemon with a watch list, a rule that fires on each bad story, a webhook
that nobody answers and a feed that refuses; and a browser with one page on it."""

import contextlib
import datetime
import hashlib
import json
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "support"))
import chromium  # noqa: E402
import news  # noqa: E402
from spine import config, now, push  # noqa: E402
from tapewatch_process import Folder, Receiver, Tapewatch, free_port, run_tests, test_secret, wait_for  # noqa: E402,F401

SCREENSHOTS = os.environ.get("DASHBOARD_SCREENSHOTS", "")

RULES = '''
[[alerts.rule]]
name = "bad-story"
measure = "story"
min_negative = 0.3
severity = "error"
[[alerts.rule]]
name = "negative-burst"
group_by = ["topic"]
false_alarms = "1 per week"
'''

FEED = '''
[[ingest.feed]]
name = "gazette"
url = "http://127.0.0.1:{port}/feed.xml"
interval = "1s"
'''


def skip_without_browser():
    if not chromium.find():
        print("SKIP: dashboard: no Chromium on this machine (apt-get install chromium)")
        sys.exit(77)


@contextlib.contextmanager
def running(binary, name, feed=False, webhook=True, tokens="", env=None, watched=""):
    """A daemon that is ready. Its feed `gazette` is at a port where nobody listens, as is its webhook `desk` without an
    address of its own. `watched`: lines for its watch list."""
    with Folder(name) as folder:
        port = free_port()
        url = f"http://127.0.0.1:{free_port()}/hook" if webhook is True else webhook
        text = config(folder, port, test_secret(), url, RULES)
        if watched:
            folder.file("watchlist.csv", news.WATCHLIST + watched)
        if tokens:
            folder.file("tokens", tokens)
            text = text.replace("[storage]", '[daemon.auth]\ntokens_file = "tokens"\n[storage]')
        if feed:
            text += FEED.format(port=free_port())
        with Tapewatch(binary, folder, text, port, env=env) as daemon:
            yield daemon.ready()


def role_line(name, role):
    """A line of a tokens file; the token is the name."""
    return f"{name} {role} sha256:{hashlib.sha256(name.encode()).hexdigest()}\n"


def sign_in(page, token):
    """On the dashboard's form, which its page shows by itself."""
    page.wait_for("!document.querySelector('#sign-in').hidden", "the form")
    page.evaluate(f"document.querySelector('#token').value = '{token}'; document.querySelector('#sign-in').requestSubmit()")
    page.wait_for("document.querySelector('#sign-in').hidden", "signed in")


@contextlib.contextmanager
def browser(width=1440, height=1000):
    page = Page(chromium.find())
    try:
        page.size(width, height)
        page.prefer("light")
        yield page
    except (AssertionError, chromium.PageError):
        print("\n".join(page.complaints), page.text("body")[:3000], sep="\n")
        if SCREENSHOTS:
            page.screenshot(os.path.join(SCREENSHOTS, "dashboard-view-failed.png"))
        raise
    finally:
        page.close()


class Page(chromium.Chromium):
    """The browser with the questions that these tests ask."""

    def wait_for(self, expression, what, seconds=60):
        try:
            super().wait_for(expression, what, seconds)
        except chromium.PageError as error:
            if "navigated" not in str(error) and "context was destroyed" not in str(error):
                raise
            super().wait_for(expression, what, seconds)   # in the page that has come in its place

    def text(self, selector):
        return self.evaluate(f"document.querySelector({json.dumps(selector)})?.innerText ?? ''")

    def texts(self, selector):
        return self.evaluate(f"[...document.querySelectorAll({json.dumps(selector)})].map((node) => node.innerText)")

    def count(self, selector):
        return self.evaluate(f"document.querySelectorAll({json.dumps(selector)}).length")

    def click(self, selector):
        self.wait_for(f"document.querySelector({json.dumps(selector)})", f"there is {selector}", 20)
        self.evaluate(f"document.querySelector({json.dumps(selector)}).click()")

    def choose(self, selector, value):
        self.evaluate(f"""(() => {{ const node = document.querySelector({json.dumps(selector)});
            node.value = {json.dumps(value)}; node.dispatchEvent(new Event('change', {{bubbles: true}})); }})()""")

    def wait_text(self, selector, part, seconds=30):
        try:
            self.wait_for(f"(document.querySelector({json.dumps(selector)})?.innerText ?? '').includes({json.dumps(part)})", "", seconds)
        except chromium.PageError as error:
            raise AssertionError(f"{selector} does not say “{part}” but “{self.text(selector)[:300]}”") from error

    def wait_count(self, selector, n, seconds=30):
        try:
            self.wait_for(f"document.querySelectorAll({json.dumps(selector)}).length === {n}", "", seconds)
        except chromium.PageError as error:
            raise AssertionError(f"not {n} of {selector} but {self.count(selector)}") from error

    def address(self):
        return self.evaluate("location.pathname + location.search")


def check(condition, what):
    if not condition:
        raise AssertionError(what)


def document(i, title, minutes_ago, source="wire", **more):
    at = now() - datetime.timedelta(minutes=minutes_ago)
    return {"source": source, "id": f"{source}-{i}", "title": title, "published_at": news.stamp(at), **more}
