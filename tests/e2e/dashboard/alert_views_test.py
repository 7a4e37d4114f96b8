#!/usr/bin/env python3
"""The dashboard's list of every alert there was, the mark of those that nobody was told of, the alerts on the chart of a
topic, sound and notification; in a real browser."""

import sys

from desk import browser, check, document, news, now, push, run_tests, running, skip_without_browser, wait_for

BINARY = sys.argv[1]
STORIES = 70


def fired(daemon):
    return daemon.get("/v1/alerts?rule=bad-story&limit=1000")["items"]


def fire(daemon, stories, least=1, tag="bad"):
    """Bad stories; not each is bad enough for the rule. The alerts, once there are as many more as wanted."""
    before = len(fired(daemon))
    push(daemon, news.grave(stories, tag, now()))
    return wait_for(f"{least} alerts", lambda: len(fired(daemon)) >= before + least and fired(daemon))


def test_history():
    with running(BINARY, "history") as daemon, browser() as page:
        push(daemon, [document("calm", "Halden Bank opens a branch", 200)])
        n = len(fire(daemon, STORIES, least=51))
        page.open(daemon.url("/?view=alerts&rule=bad-story"))
        page.wait_count("#alert-history > .alert", 50)
        check("the newest 50" in page.text("#history-note"), page.text("#history-note"))
        page.click("#more-alerts")
        page.wait_count("#alert-history > .alert", n)
        ids = page.evaluate("[...document.querySelectorAll('#alert-history h3 a')].map((link) => link.getAttribute('href'))")
        check(sorted(ids) == sorted(f"/alerts/{one['id']}" for one in fired(daemon)), "each of them once, with its page")
        check(daemon.request("/v1/alerts?severity=loud")[0] == 400, "a severity that there is not is refused")
        page.choose("#severity-filter", "critical")
        page.wait_text("#history-note", "No alert matches")
        check("severity=critical" in page.address(), page.address())
        page.choose("#severity-filter", "error")
        page.wait_count("#alert-history > .alert", 50)
        page.choose("#state-filter", "resolved")
        page.wait_text("#history-note", "No alert matches")
        page.choose("#state-filter", "")
        page.wait_count("#alert-history > .alert", 50)
        page.choose("#range", "15m")
        page.wait_text("#history-note", "15 minutes")
        page.wait_count("#alert-history > .alert", 50)
        page.evaluate("history.back()")
        page.wait_text("#history-note", "at any time")
        page.click("#alert-history h3 a")
        page.wait_for("location.pathname.startsWith('/alerts/') && document.querySelector('#summary').textContent !== ''", "the page of the alert")


def test_undelivered():
    """The webhook refuses: that stands beside the alert, on the overview and in the list."""
    with running(BINARY, "undelivered") as daemon, browser() as page:
        fire(daemon, 1)
        wait_for("a failed attempt", lambda: any(one["attempts"] > 0 for one in daemon.get("/v1/deliveries")["items"]))
        page.open(daemon.url("/"))
        page.wait_text(".alert.firing .undelivered", "not delivered to desk")
        page.open(daemon.url("/?view=alerts"))
        page.wait_text("#alert-history .undelivered", "not delivered to desk")
    with running(BINARY, "nobody-to-tell", webhook=False) as daemon, browser() as page:
        fire(daemon, 1)
        page.open(daemon.url("/?view=alerts"))
        page.wait_count("#alert-history > .alert", 1)
        check(page.count(".undelivered") == 0, "without a webhook nothing is marked")


def test_on_the_chart():
    with running(BINARY, "series-alerts") as daemon, browser() as page:
        push(daemon, [document("calm", "Halden Bank opens a branch in the harbour district", 200)])
        fire(daemon, 1)
        page.open(daemon.url("/?entity=halden&range=6h"))
        page.wait_count("#selection-chart .alerted", 1)
        page.wait_text("#selection-alerts", "Halden Bank")
        page.open(daemon.url("/?entity=ostra&range=6h"))
        page.wait_for("document.querySelectorAll('#numbers div').length > 0", "another company")
        check(page.count("#selection-chart .alerted") == 0, "its chart has no alert of another one")


def test_notices():
    """Nobody is disturbed who has not asked for it."""
    with running(BINARY, "notices") as daemon, browser() as page:
        page.open(daemon.url("/"))
        page.wait_for("document.querySelector('#connection.live')", "the stream")
        page.evaluate("""window.told = []; window.tones = 0;
            window.Notification = class extends EventTarget { constructor(title, options) { super(); told.push(options.body); }
              static permission = 'default'; static async requestPermission() { return (this.permission = 'granted'); } };
            const start = OscillatorNode.prototype.start;
            OscillatorNode.prototype.start = function (...when) { tones++; return start.apply(this, when); };""")
        fire(daemon, 1, tag="unasked")
        page.wait_count("#alerts .alert.firing", 1)
        check(page.evaluate("told.length + tones") == 0, "neither sound nor notification")
        page.evaluate("document.querySelector('.settings').open = true")
        page.click("#notice")
        page.wait_for("Notification.permission === 'granted'", "the browser is asked", 10)
        page.click("#sound")
        page.wait_for("tones === 2", "how it sounds", 10)
        fire(daemon, 1, tag="asked")
        page.wait_for("told.length === 1 && tones === 4", "a sound and a notification for the new alert")
        check("Halden Bank" in page.evaluate("told[0]"), page.evaluate("told[0]"))


skip_without_browser()
run_tests([("every alert there was, filtered and paged", test_history),
           ("an alert that nobody was told of is marked", test_undelivered),
           ("the alerts of a series are on its chart", test_on_the_chart),
           ("sound and notification, only when asked for", test_notices)])
