#!/usr/bin/env python3
"""The dashboard in a real browser, against a real `tapewatch demo`: charts, live headlines, alerts with their stories,
hostile titles, keyboard, small screens. Writes screenshots. Exit status 77 (skipped) where no Chromium is installed."""

import argparse
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import threading
import urllib.error
import urllib.request
import xml.etree.ElementTree

import chromium

HOSTILE = '<img src=x onerror="window.pwned=1"><script>window.pwned=2</script> Halden & Co "falls"'


class Demo:
    """A running `tapewatch demo`; `url` is the address of its page."""

    def __init__(self, binary):
        self.folder = tempfile.TemporaryDirectory(prefix="dashboard-demo-")
        self.process = subprocess.Popen(
            [binary, "demo", "--listen", "127.0.0.1:0", "--data", self.folder.name, "--for", "900s"],
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        self.lines = []
        self.url = None
        self.found = threading.Event()
        self.reader = threading.Thread(target=self.read, daemon=True)
        self.reader.start()
        if not self.found.wait(60) or not self.url:
            self.stop()
            raise SystemExit("tapewatch demo printed no address:\n" + "".join(self.lines))

    def read(self):
        for line in self.process.stdout:
            self.lines.append(line)
            match = re.search(r"http://(127\.0\.0\.1|localhost):[1-9]\d*", line)
            if match and not self.url:
                self.url = match.group(0)
                self.found.set()
        self.found.set()

    def get(self, path):
        with urllib.request.urlopen(self.url + path, timeout=20) as response:
            return json.load(response)

    def push(self, document):
        request = urllib.request.Request(self.url + "/v1/documents", json.dumps(document).encode(),
                                         {"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=60) as response:
            return json.load(response)

    def stop(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        try:
            status = self.process.wait(15)
        except subprocess.TimeoutExpired:
            self.process.kill()
            status = self.process.wait()
        self.folder.cleanup()
        return status


def check(condition, what):
    if not condition:
        raise AssertionError(what)
    print("ok:", what, flush=True)


def text_of(page, selector):
    return page.evaluate(f"document.querySelector({json.dumps(selector)})?.textContent ?? ''")


def count(page, selector):
    return page.evaluate(f"document.querySelectorAll({json.dumps(selector)}).length")


def check_live(page):
    page.wait_for("document.querySelector('#connection.live')", "the event stream is open")
    page.wait_for("document.querySelectorAll('.headline').length >= 10", "ten headlines")
    page.wait_for("Number(document.querySelector('#rate').textContent.replace(/\\D/g, '')) >= 3",
                  "headlines that arrive while the page is open")
    first = page.evaluate("""[...document.querySelectorAll('.headline')].slice(0, 10).map((row) => ({
        score: row.querySelector('.score').textContent, label: row.querySelector('.label').textContent,
        title: row.querySelector('.title').textContent, source: row.querySelector('.source').textContent,
        age: row.querySelector('time').textContent}))""")
    check(all(re.fullmatch(r"[+−]?\d\.\d\d|–", row["score"]) for row in first), "each headline has its score")
    check(all(row["label"] and row["title"] and row["source"] and row["age"] for row in first),
          "each headline has label, title, source and age")
    check(count(page, ".headline .company") > 0, "headlines name their companies")


def check_charts(page):
    page.wait_for("document.querySelectorAll('.topic').length >= 6", "a card for each topic")
    page.wait_for("document.querySelectorAll('.topic .mean path').length >= 4", "lines in the small charts")
    page.wait_for("document.querySelectorAll('#detail-chart .mean path, #detail-chart .mean circle').length >= 1",
                  "the large chart")
    check(count(page, "#detail-chart .counts rect") > 10, "bars of documents in the large chart")
    grouped = "/v1/sentiment?from=-48h&bucket=1h&group_by=topic"
    empty = page.evaluate(f"""fetch({json.dumps(grouped)}).then((r) => r.json()).then((body) =>
        body.series.flatMap((s) => s.points).filter((p) => p.mean === null).length)""")
    check(empty > 0, "hours without a story are null in the data")


def check_model_changes(page):
    """The demo has one version of the model, so the chart is given points of two."""
    drawn = page.evaluate("""import('/chart.js').then(({SeriesChart}) => {
        const place = document.createElement('div');
        place.style.width = '600px';
        document.body.append(place);
        const point = (index, models) => ({index, t: index * 3600e3, mean: 0.1, stderr: 0.1, positive: 1, neutral: 0,
                                           negative: 0, coverage: 1, ...(models ? {models} : {})});
        new SeriesChart(place, () => {}).show({label: '', end: 4 * 3600e3, alerts: [],
            points: [point(0, ['one']), point(1), point(2, ['one', 'two']), point(3, ['two'])]});
        const titles = [...place.querySelectorAll('.model-changes title')].map((title) => title.textContent);
        place.remove();
        return titles;
    })""")
    check(drawn == ["model: one → one, two", "model: one, two → two"], f"a change of the model is drawn: {drawn}")
    check(count(page, "#detail-chart .model-changes line") == 0, "of one version nothing is drawn")


def check_alert(page):
    page.wait_for("document.querySelector('.alert .stories li')", "an alert with its stories", 240)
    check(count(page, ".alert .stories li") >= 3, "an alert shows at least three stories")
    check(re.search(r"\d", text_of(page, ".alert h3")) is not None, "its summary has numbers: " + text_of(page, ".alert h3"))
    check("expected" in text_of(page, ".alert .facts"), "its evidence says what was expected")
    page.evaluate("document.querySelector('.alert .alert-chart').scrollIntoView()")
    page.wait_for("document.querySelectorAll('.alert .alert-chart .bars rect').length > 0", "its chart is drawn")


def status_of(url):
    try:
        with urllib.request.urlopen(url, timeout=20) as response:
            return response.status, response.read().decode(), response.headers
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode(), error.headers


def check_alert_page(page, demo, folder):
    """The page of one alert, as the dashboard and a message lead to it."""
    alert = demo.get("/v1/alerts")["items"][0]
    address = page.evaluate("document.querySelector('.alert h3 a').getAttribute('href')")
    check(address == "/alerts/" + alert["id"], "an alert leads to its page")
    page.open(demo.url + address)
    page.wait_for("document.querySelector('#summary').textContent !== ''", "the page of the alert")
    page.wait_for("document.querySelectorAll('#chart .bars .beyond').length > 0 && document.querySelector('#chart .usual-band')", "the chart on it, with what was usual")
    told = [step["summary"] for step in demo.get("/v1/alerts/" + alert["id"])["transitions"]]
    check(text_of(page, "#summary") in told, "its summary")
    check(count(page, "#stories li") >= 3, "its stories")
    check("fired:" in text_of(page, "#steps"), "what happened: " + text_of(page, "#steps"))
    check("usual range" in text_of(page, "#evidence"), "its evidence")
    page.wait_for("document.querySelector('#actions form')", "whoever may acknowledge and silence finds how", 10)
    page.screenshot(os.path.join(folder, "alert-light.png"))
    page.prefer("dark")
    page.screenshot(os.path.join(folder, "alert-dark.png"))
    page.prefer("light")
    page.size(390, 844, mobile=True)
    page.wait_for("document.documentElement.scrollWidth <= 390", "no sideways scrolling on a telephone", 10)
    page.screenshot(os.path.join(folder, "alert-telephone.png"))
    page.size(1440, 1000)
    status, svg, headers = status_of(f"{demo.url}/v1/alerts/{alert['id']}/chart.svg")
    check(status == 200 and headers["Content-Type"] == "image/svg+xml", "the chart is an SVG")
    check(len(svg) < 20000 and "<script" not in svg, "it is small and has no script")
    title = xml.etree.ElementTree.fromstring(svg).find("{http://www.w3.org/2000/svg}title").text
    told = [step["summary"] for step in demo.get("/v1/alerts/" + alert["id"])["transitions"]]  # it goes on growing
    check(title in told, "its title is the summary")
    for part in ("/alerts/", "/v1/alerts/"):
        status, body, _ = status_of(f"{demo.url}{part}{alert['id']}?expires=9999999999&signature={'0' * 64}")
        check(status == 403, f"a link that nobody signed is refused: {part}: {body[:200]}")
    page.open(demo.url + "/")
    page.wait_for("document.querySelector('#connection.live')", "back on the dashboard")


def check_hostile(page, demo):
    answer = demo.push({"id": "hostile", "source": "<b>wire</b>", "title": HOSTILE, "url": "javascript:window.pwned=3"})
    check(answer["results"][0]["status"] == "stored", "a hostile document is stored")
    page.wait_for("[...document.querySelectorAll('.headline .title')].some((t) => t.textContent.includes('Halden & Co \"falls\"'))",
                  "its headline appears as text")
    row = """[...document.querySelectorAll('.headline')].find((r) => r.textContent.includes('Halden & Co "falls"'))"""
    check(page.evaluate(f"{row}.querySelectorAll('.line a, img, script, b').length") == 0, "no element and no link comes of it")
    check(page.evaluate(f"[...{row}.querySelectorAll('a')].every((link) => link.getAttribute('href').startsWith('/?'))"),
          "its links lead to views of the dashboard")
    check(page.evaluate("window.pwned === undefined"), "none of its scripts has run")


def check_keyboard(page):
    page.wait_for("document.querySelector('.topic .topic-name')", "cards of topics")
    name = page.evaluate("(() => { const card = document.querySelector('.topic'); card.focus(); return card.querySelector('.topic-name').textContent; })()")
    page.press("Enter")
    page.wait_for(f"document.querySelector('#selection-title').textContent === {json.dumps(name)}", "Enter leads to a topic", 10)
    page.wait_for("document.querySelectorAll('#documents .headline').length > 0", "its documents", 10)
    tags = page.evaluate("[...document.querySelectorAll('#documents .topic-tag')].map((tag) => tag.textContent)")
    check(set(tags) == {name}, "the documents are of that topic")
    page.evaluate("document.querySelector('#selection-chart').focus()")
    page.press("ArrowLeft")
    page.wait_for("/document/.test(document.querySelector('#selection-readout').textContent)", "arrow keys read the chart", 5)
    page.evaluate("history.back()")
    page.wait_for("!document.querySelector('#overview').hidden", "back on the overview", 10)


def check_tall(page):
    """On a tall screen the remaining space is below the cards, not between them."""
    page.size(1400, 1800)
    gap = "document.querySelector('.{}').getBoundingClientRect().top - document.querySelector('.{}').getBoundingClientRect().bottom"
    for lower, upper in (("detail", "alerts"), ("topics", "detail")):
        page.wait_for(gap.format(lower, upper) + " < 24", f"{lower} right below {upper}", 10)


def check_small(page, folder):
    page.size(390, 844, mobile=True)
    page.wait_for("document.documentElement.scrollWidth <= 390", "no sideways scrolling on a telephone", 10)
    page.screenshot(os.path.join(folder, "dashboard-telephone.png"))


def run(demo, page, folder):
    page.size(1440, 1000)
    page.prefer("light")
    page.open(demo.url + "/")
    check_live(page)
    check_charts(page)
    check_model_changes(page)
    check_alert(page)
    page.wait_for("/^(ready|degraded)$/.test(document.querySelector('#readiness').textContent)", "readiness", 20)
    page.screenshot(os.path.join(folder, "dashboard-light.png"))
    page.prefer("dark")
    page.screenshot(os.path.join(folder, "dashboard-dark.png"))
    page.prefer("light")
    check_alert_page(page, demo, folder)
    check_hostile(page, demo)
    check_keyboard(page)
    check_tall(page)
    check_small(page, folder)
    check(not page.complaints, "the console is silent: " + "; ".join(page.complaints))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--tapewatch", required=True)
    parser.add_argument("--screenshots", default=tempfile.gettempdir())
    arguments = parser.parse_args()
    browser = chromium.find()
    if not browser:
        print("SKIP: dashboard: no Chromium on this machine (apt-get install chromium)")
        return 77
    os.makedirs(arguments.screenshots, exist_ok=True)
    demo = Demo(arguments.tapewatch)
    try:
        page = chromium.Chromium(browser)
        try:
            run(demo, page, arguments.screenshots)
        except (AssertionError, chromium.PageError):
            page.screenshot(os.path.join(arguments.screenshots, "dashboard-failed.png"))
            print("".join(demo.lines[-30:]), "\n".join(page.complaints), sep="\n")
            raise
        finally:
            page.close()
    finally:
        status = demo.stop()
    check(status == 0, "the demo ends cleanly")
    print("screenshots in", arguments.screenshots)
    return 0


if __name__ == "__main__":
    sys.exit(main())
