#!/usr/bin/env python3
"""Every view of the dashboard can be read and used: what axe-core finds, contrast in light and dark, names, keyboard, a
telephone's width, and its weight; in a real browser. With a folder as second argument it leaves screenshots there."""

import itertools
import math
import os
import re
import sys
import urllib.request

from desk import HERE, browser, check, document, news, now, push, run_tests, running, skip_without_browser, wait_for
import npm

BINARY = sys.argv[1]
FOLDER = sys.argv[2] if len(sys.argv) > 2 else ""
if FOLDER:
    os.makedirs(FOLDER, exist_ok=True)

VIEWS = {
    "overview": ("/", "document.querySelectorAll('.topic').length > 1 && document.querySelector('#alerts .alert')"),
    "topic": ("/?topic={topic}", "document.querySelectorAll('#documents .headline').length > 1"),
    "company": ("/?entity=halden&range=6h", "document.querySelectorAll('#documents .headline').length > 1"),
    "search": ("/?q=bank&range=7x", "document.querySelectorAll('#documents .headline').length > 1"),
    "companies": ("/?view=companies&range=6h", "document.querySelector('.heat') && document.querySelector('#movers li')"),
    "settings": ("/?view=companies&range=6h", "(document.querySelector('.settings').open = true) && document.querySelector('.heat')"),
    "alerts": ("/?view=alerts", "document.querySelector('#alert-history .alert')"),
    "alert": ("/alerts/{alert}", "document.querySelector('.alert-chart svg') && document.querySelector('#why .reason')"),
    "sources": ("/?view=sources", "document.querySelector('#sources li') && document.querySelector('#webhooks li')"),
    "trial": ("/?view=try&name=new-rule&rule=bad-story&base=negative-burst&group_by=entity&entity=halden&min_stories=2&range=48h",
              "document.querySelectorAll('#try-rows tr').length > 0 && document.querySelector('#try-chart .span.live')"),
    "refused": ("/?view=try&name=new-rule&entity=haldn&false_alarms=often&range=48h", "document.querySelectorAll('[aria-invalid]').length === 2"),
    "alert": ("/alerts/{alert}", "!document.querySelector('#alert').hidden && document.querySelector('#steps li')"),
}
WIDTHS = (1440, 1024, 390)
PAPER = {"light": "rgb(243, 245, 246)", "dark": "rgb(14, 21, 25)"}   # --page, by which one sees that a scheme is on

# What axe-core finds. Dark and light are the same document but for its colours.
AXE = """axe.run(document, {runOnly: %s, resultTypes: ['violations']}).then(({violations}) => violations.map(({id, nodes}) =>
  `axe: ${id} (${nodes.length}): ` + nodes.slice(0, 4).map((node) => node.target.join(' ')).join(' | ')))"""
EVERYTHING = AXE % "['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']"
COLOURS = AXE % "{type: 'rule', values: ['color-contrast', 'link-in-text-block']}"

# Texts whose contrast with what is behind them is below 4.5, as WCAG 2.2 computes it (3 for large ones).
POOR = """(() => {
  const parse = (text) => {
    const srgb = /^color\\(srgb ([\\d.]+) ([\\d.]+) ([\\d.]+)(?: \\/ ([\\d.]+))?\\)$/.exec(text);
    if (srgb) return [srgb[1] * 255, srgb[2] * 255, srgb[3] * 255, srgb[4] === undefined ? 1 : Number(srgb[4])];
    const parts = text.match(/[\\d.]+/g).map(Number);
    return [parts[0], parts[1], parts[2], parts.length > 3 ? parts[3] : 1];
  };
  const over = (top, under) => [0, 1, 2].map((i) => top[i] * top[3] + under[i] * (1 - top[3])).concat(1);
  const behind = (node) => {
    const layers = [];
    for (let at = node; at; at = at.parentElement) layers.push(parse(getComputedStyle(at).backgroundColor));
    return layers.reverse().reduce((under, top) => over(top, under), [255, 255, 255, 1]);
  };
  const light = (c) => { const [r, g, b] = c.slice(0, 3).map((v) => (v /= 255, v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)); return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
  const found = new Set();
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const node = walker.currentNode.parentElement;
    if (!walker.currentNode.data.trim() || !node.checkVisibility() || node.closest('.hidden, svg, option, [disabled]')) continue;
    const style = getComputedStyle(node), under = behind(node), ink = over(parse(style.color), under);
    const [a, b] = [light(ink), light(under)].sort((x, y) => y - x), ratio = (a + 0.05) / (b + 0.05);
    const size = parseFloat(style.fontSize), large = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
    if (ratio < (large ? 3 : 4.5)) found.add(`${node.tagName}.${node.className}: ${ratio.toFixed(2)} “${walker.currentNode.data.trim().slice(0, 30)}”`);
  }
  return [...found];
})()"""

# Controls without a name, controls that are too small to hit, and ids that are there twice.
NAMELESS = """(() => {
  const shown = (node) => node.checkVisibility();
  const name = (node) => (node.getAttribute('aria-label') || (node.labels?.[0] || node).textContent || '').trim();
  const controls = [...document.querySelectorAll('a[href], button, select, input, summary, [tabindex="0"]')].filter(shown);
  const small = controls.filter((node) => node.matches('button, select, summary, input:not([type=checkbox])') && node.getBoundingClientRect().height < 17.5);
  const named = (node) => name(node) || node.getAttribute('aria-labelledby');
  const ids = [...document.querySelectorAll('[id]')].map((node) => node.id);
  return [...controls.filter((node) => !named(node)).map((node) => 'no name: ' + node.outerHTML.slice(0, 80)),
    ...small.map((node) => 'small: ' + node.outerHTML.slice(0, 80)), ...ids.filter((id, i) => ids.indexOf(id) !== i).map((id) => 'twice: ' + id)];
})()"""


def fill(daemon):
    push(daemon, [document(i, f"{one['title'].split(':')[0]}: Halden Bank opens branch number {i}", 15 + 5 * i)
                  for i, one in enumerate(news.grave(60, "calm", now()))])
    push(daemon, [document(i, title, 12 + i, "herald") for i, title in enumerate(news.BAD)])
    push(daemon, [document(i, f"Ostra Steel {words}", 40 * i + 5, "tribune") for i, words in enumerate(
        ("wins record order from shipbuilders", "cuts output after furnace fire", "names new head of logistics", "shares jump on upgrade",
         "settles lawsuit over pollution", "raises dividend after strong year", "plant stopped by strike", "to publish results on Thursday"))])
    wait_for("an alert", lambda: daemon.get("/v1/alerts?state=firing")["items"])
    return daemon.get("/v1/documents?source=herald&limit=1")["items"][0]["topic"]


def read_axe():
    with open(os.path.join(npm.require(HERE), "axe-core", "axe.min.js"), encoding="utf-8") as file:
        return f"if (!window.axe) {{ {file.read()} }} 1"


def audit(page, axe, width, scheme):
    """What is wrong with the page in a colour scheme."""
    page.prefer(scheme)
    page.wait_for(f"getComputedStyle(document.body).backgroundColor === '{PAPER[scheme]}'", f"{scheme} at {width}", 20)
    page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    page.evaluate(axe)
    found = page.evaluate(POOR) + page.evaluate(NAMELESS)
    if width != 1024:
        found += page.evaluate(EVERYTHING if scheme == "light" else COLOURS, 120)
    return [f"{scheme} {width}: {what}" for what in found]


def picture(page, name, width, scheme):
    page.size(width, min(2600, page.evaluate("document.documentElement.scrollHeight")), mobile=width < 500)
    page.screenshot(os.path.join(FOLDER, f"view-{name}-{width}-{scheme}.png"))
    page.size(width, 900, mobile=width < 500)


def test_views():
    axe = read_axe()
    with running(BINARY, "accessible", feed=True) as daemon, browser() as page:
        topic = fill(daemon)
        alert = daemon.get("/v1/alerts?state=firing")["items"][0]["id"]
        wrong = []
        for name, (address, shown) in VIEWS.items():
            for width in WIDTHS:
                page.size(width, 900, mobile=width < 500)
                page.open(daemon.url(address.format(topic=topic, alert=alert)))
                page.wait_for(shown, f"{name} at {width}")
                page.wait_for(f"document.documentElement.scrollWidth <= {width}", f"no sideways scrolling: {name} at {width}", 10)
                if width == 390 and name != "alert":
                    check(page.evaluate("['h1', '.controls'].every((one) => document.querySelector(one).getBoundingClientRect().bottom"
                                        " <= document.querySelector('.status').getBoundingClientRect().top)"), f"{name}: the status has a row of its own")
                for scheme in PAPER:
                    wrong += [f"{name} {what}" for what in audit(page, axe, width, scheme)]
                    if FOLDER:
                        picture(page, name, width, scheme)
        check(not wrong, "\n".join(wrong))


def test_stale():
    """What is old, because the daemon does not answer, can still be read."""
    axe = read_axe()
    with running(BINARY, "unread") as daemon, browser() as page:
        fill(daemon)
        page.open(daemon.url("/?view=companies"))
        page.wait_for(VIEWS["companies"][1], "the companies")
        daemon.kill()
        page.wait_for("!document.querySelector('#stale').hidden", "the banner")
        wrong = [what for scheme in PAPER for what in audit(page, axe, 1440, scheme)]
        check(not wrong, "\n".join(wrong))


def test_keyboard():
    """From the top of the page to the list of a topic and back without a pointer."""
    with running(BINARY, "keyboard") as daemon, browser() as page:
        fill(daemon)
        page.open(daemon.url("/"))
        page.wait_for("document.querySelectorAll('.topic').length > 1", "the overview")
        page.tab()
        check(page.evaluate("document.activeElement.className") == "skip", "the first stop skips what repeats")
        page.press("Enter")
        page.wait_for("location.hash === '#content'", "to the content", 5)
        for _ in range(200):
            page.tab()
            if page.evaluate("document.activeElement.classList.contains('topic')"):
                break
        check(page.evaluate("document.activeElement.classList.contains('topic')"), "a topic is reached by the tabulator")
        check(page.evaluate("getComputedStyle(document.activeElement).outlineStyle") != "none", "one sees where one is")
        page.press("Enter")
        page.wait_for("document.activeElement.id === 'selection-title'", "the heading of the topic is read")
        page.wait_for("document.querySelectorAll('#documents .headline').length > 0", "with its list")
        page.evaluate("document.querySelector('#selection-chart').focus()")
        page.press("ArrowLeft")
        page.wait_text("#selection-readout", "document")


def test_weight():
    with running(BINARY, "weight") as daemon:
        def size(path):
            with urllib.request.urlopen(daemon.url(path), timeout=20) as response:
                return len(response.read())
        page = daemon.request("/")[1]
        check(not re.search(r"\sstyle=|<style|\son[a-z]+=|<script(?! type=\"module\" src)", page), "nothing inline: the policy forbids it")
        paths, todo = {"/"}, set(re.findall(r'(?:src|href)="(/[\w]+\.(?:js|css|svg))"', page))
        while todo:
            path = todo.pop()
            paths.add(path)
            text = daemon.request(path)[1]
            todo |= {"/" + name for name in re.findall(r'from "\./([\w.]+)"', text)} - paths
            check(not path.endswith(".js") or "innerHTML" not in text, f"{path} sets no HTML")
        total = sum(size(path) for path in paths)
        check(len(paths) > 20 and total <= 300_000, f"{total} bytes in {len(paths)} files")


# Machado, Oliveira and Fernandes 2009, severity 1.0: what is seen of a colour, in linear light.
VISION = {"deuteranopia": ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.011820, 0.042940, 0.968881)),
          "protanopia": ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998)),
          "tritanopia": ((1.255528, -0.076749, -0.178779), (-0.078411, 0.930809, 0.147602), (0.004733, 0.691367, 0.303900)),
          "usual": ((1, 0, 0), (0, 1, 0), (0, 0, 1))}
FILLS = """(() => { const fill = (kind) => { const node = document.querySelector(`#selection-chart .counts .${kind}`);
  return node && getComputedStyle(node).fill.match(/\\d+/g).map(Number); }; return ['negative', 'neutral', 'positive'].map(fill); })()"""


def linear(colour):
    return [v / 255 / 12.92 if v <= 10.3 else ((v / 255 + 0.055) / 1.055) ** 2.4 for v in colour]


def luminance(light):
    return 0.2126 * light[0] + 0.7152 * light[1] + 0.0722 * light[2]


def lab(light):
    """CIE 1976, with which a distance of 2 is just seen."""
    x, y, z = (0.4124 * light[0] + 0.3576 * light[1] + 0.1805 * light[2]) / 0.95047, luminance(light), (0.0193 * light[0] + 0.1192 * light[1] + 0.9505 * light[2]) / 1.08883
    x, y, z = (v ** (1 / 3) if v > 0.008856 else 7.787 * v + 16 / 116 for v in (x, y, z))
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


def test_colours():
    """Negative, neutral and positive as they are drawn differ for everybody, in hue and in lightness."""
    with running(BINARY, "colours") as daemon, browser() as page:
        fill(daemon)
        for scheme in ("light", "dark"):
            page.prefer(scheme)
            page.open(daemon.url("/?behind=documents&range=24h"))
            page.wait_for(f"{FILLS}.every(Boolean)", "bars of the three")
            colours = dict(zip(("negative", "neutral", "positive"), page.evaluate(FILLS)))
            for one, other in itertools.combinations(colours, 2):
                pair = f"{one} and {other}, {scheme}: {colours[one]}, {colours[other]}"
                for name, matrix in VISION.items():
                    seen = [[min(1, max(0, sum(a * b for a, b in zip(row, linear(colours[kind]))))) for row in matrix] for kind in (one, other)]
                    apart = math.dist(lab(seen[0]), lab(seen[1]))
                    check(apart >= 25, f"{name}: {pair}: {apart:.1f}")
                darker, lighter = sorted(luminance(linear(colours[kind])) for kind in (one, other))
                check((lighter + 0.05) / (darker + 0.05) >= 1.3, f"without any colour: {pair}")
            if FOLDER:
                for kind in ("deuteranopia", "protanopia", "tritanopia", "achromatopsia", "none"):
                    page.call("Emulation.setEmulatedVisionDeficiency", {"type": kind})
                    if kind != "none":
                        page.screenshot(os.path.join(FOLDER, f"vision-{kind}-{scheme}.png"))


skip_without_browser()
run_tests([("axe, contrast, names, widths of every view", test_views),
           ("keyboard", test_keyboard),
           ("weight", test_weight),
           ("colours that everybody tells apart", test_colours),
           ("the same of what is stale", test_stale)])
