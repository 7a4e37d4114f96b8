#!/usr/bin/env python3
"""The time of a chart is chosen on the chart: by dragging, by keys, by buttons; each is an address. In any time zone."""

import datetime
import sys
import urllib.parse

from desk import browser, check, document, news, now, push, run_tests, running, skip_without_browser

BINARY = sys.argv[1]
CHART = "#selection-chart"
DRAWN = f"document.querySelectorAll('{CHART} .counts rect').length > 0"


def fill(daemon):
    push(daemon, [document(i, f"{one['title'].split(':')[0]}: Halden Bank opens branch number {i}", 30 + 20 * i)
                  for i, one in enumerate(news.grave(60, "calm", now()))])


def span(page):
    """From, to and their distance in minutes, as the address has them."""
    given = urllib.parse.parse_qs(urllib.parse.urlsplit(page.address()).query)
    start, end = (datetime.datetime.fromisoformat(given[name][0]) for name in ("from", "to"))
    return start, end, (end - start).total_seconds() / 60


def opened(page, daemon, address):
    page.open(daemon.url(address))
    page.wait_for(f"location.search === {address[1:]!r} && {DRAWN}", "the chart")


def change(page, action, chart=CHART):
    """What an action makes of the address, once the chart shows it; back and forward are actions too."""
    label = f"document.querySelector({chart!r}).getAttribute('aria-label')"
    before, drawn = page.address(), page.evaluate(label)
    action()
    page.wait_for(f"location.pathname + location.search !== {before!r} && {label} !== {drawn!r}", f"another time than {before}", 20)
    return page.address()


def drag(page, left, right):
    """Over the chart between two shares of its width, with the button held."""
    page.evaluate(f"document.querySelector('{CHART}').scrollIntoView({{block: 'center'}})")
    box = page.evaluate(f"(() => {{ const b = document.querySelector('{CHART} svg').getBoundingClientRect(); return [b.left + 40, b.width - 52, b.top + 80]; }})()")
    at = [box[0] + box[1] * share for share in (left, (left + right) / 2, right)]
    for kind, x, buttons in (("mouseMoved", at[0], 0), ("mousePressed", at[0], 1), ("mouseMoved", at[1], 1), ("mouseMoved", at[2], 1), ("mouseReleased", at[2], 0)):
        page.call("Input.dispatchMouseEvent", {"type": kind, "x": x, "y": box[2], "button": "left" if kind != "mouseMoved" or buttons else "none",
                                               "buttons": buttons, "clickCount": 1})
        if kind == "mouseMoved" and x == at[2]:
            check(page.evaluate("document.querySelector('.part').getAttribute('visibility')") == "visible", "what is chosen is shown")


def test_drag():
    with running(BINARY, "drag") as daemon, browser() as page:
        fill(daemon)
        whole = "/?entity=halden&range=24h"
        opened(page, daemon, whole)
        chosen = change(page, lambda: drag(page, 0.5, 0.75))
        start, end, minutes = span(page)
        ago = (now() - end).total_seconds() / 60
        check(330 <= minutes <= 390 and 340 <= ago <= 390, f"the third quarter of a day: {start} to {end}")
        check(page.evaluate("document.querySelector('#range').value === 'between' && document.querySelector('#from').value !== ''"), "the controls say so")
        stories = int(page.texts("#numbers dd")[1])
        check(15 <= stories <= 21, f"the numbers are those of that part: {stories}")
        check(change(page, lambda: page.evaluate("history.back()")) == whole, "back")
        check(change(page, lambda: page.evaluate("history.forward()")) == chosen, "and forward")
        change(page, lambda: page.click("[aria-label=Wider]"))
        check(abs(span(page)[2] - 2 * minutes) <= 2, f"wider is twice as long: {span(page)}")
        for _ in range(4):
            change(page, lambda: drag(page, 0.4, 0.6))
        check(span(page)[2] <= 30, f"down to minutes: {span(page)}")
        before = page.address()
        drag(page, 0.5, 0.501)
        check(page.address() == before, "a click chooses nothing")
        check(not page.complaints, "; ".join(page.complaints))


def press(page, *keys, shift=False):
    for key in keys:
        for kind in ("keyDown", "keyUp"):
            page.call("Input.dispatchKeyEvent", {"type": kind, "key": key, "code": key, "modifiers": 8 if shift else 0})


def test_keys():
    with running(BINARY, "zoom-keys") as daemon, browser() as page:
        fill(daemon)
        opened(page, daemon, "/?entity=halden&range=24h")
        page.evaluate(f"document.querySelector('{CHART}').focus()")
        check(change(page, lambda: press(page, "-")) == "/?entity=halden&range=48h", "− shows more")
        check(change(page, lambda: press(page, "+")) == "/?entity=halden&range=24h", "+ shows less")
        press(page, "End", *["ArrowLeft"] * 60)
        press(page, *["ArrowLeft"] * 11, shift=True)
        page.wait_text("#selection-readout", "Enter shows it")
        change(page, lambda: press(page, "Enter"))
        first = span(page)
        check(first[2] == 60, f"twelve buckets of five minutes, which Shift and the arrows chose: {first}")
        check(page.evaluate("document.activeElement.id") == CHART[1:], "the focus stays on the chart")
        change(page, lambda: press(page, "+"))
        check(span(page)[2] <= 32 and span(page)[0] >= first[0], f"closer, within it: {span(page)}")
        change(page, lambda: press(page, "-"))
        middle = span(page)
        change(page, lambda: page.click("[aria-label=Earlier]"))
        check(span(page)[0] < middle[0] and abs(span(page)[2] - middle[2]) <= 2, f"as long, but earlier: {span(page)}")
        change(page, lambda: page.click("[aria-label=Later]"))
        check(abs((span(page)[0] - middle[0]).total_seconds()) <= 120, f"and there again: {span(page)}")
        page.open(daemon.url("/?range=24h"))
        page.wait_for("document.querySelectorAll('#detail-chart .counts rect').length > 0", "the overview")
        check(change(page, lambda: page.click("#detail-panel [aria-label=Closer]"), "#detail-chart") == "/?range=6h", "the chart of all topics too")
        check(change(page, lambda: page.click("#detail-panel [aria-label=Wider]"), "#detail-chart") == "/?range=24h", "and wider")


skip_without_browser()
run_tests([("dragging over a chart shows that time", test_drag), ("keys and buttons do the same", test_keys)])
