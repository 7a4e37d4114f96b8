#!/usr/bin/env python3
"""The dashboard's list of every alert there was, the mark of those that nobody was told of, the alerts on the chart of a
topic, sound and notification; in a real browser."""

import datetime
import json
import sys

from desk import browser, check, document, news, now, push, role_line, run_tests, running, sign_in, skip_without_browser, wait_for

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


def fill_form(page, button, **values):
    """Fills in the form with that button and sends it."""
    page.evaluate(f"""(() => {{ const form = [...document.querySelectorAll('form.action')].find((one) => one.querySelector('button[type=submit]')?.innerText === {button!r});
        for (const [name, value] of Object.entries({json.dumps(values)})) form.elements[name].value = value; form.requestSubmit(); }})()""")


def test_alert_page():
    """The page of an alert: why-not, acknowledgement, silence and its end, the way to the other views."""
    with running(BINARY, "alert-page") as daemon, browser() as page:
        push(daemon, [document("calm", "Halden Bank opens a branch", 200)])
        alert = fire(daemon, 1)[0]
        page.open(daemon.url(f"/alerts/{alert['id']}"))
        page.wait_text("#why .reason", "is open since")
        check(page.texts("nav a") == ["Overview", "Companies", "Alerts", "Sources", "Try a rule"], f"{page.texts('nav a')}")
        check(page.text("nav [aria-current]") == "Alerts" and page.evaluate("document.querySelector('#silence').hidden"), "nothing is silenced")
        fill_form(page, "Acknowledge", by="ana", comment="seen", verdict="useful")
        page.wait_text("#acknowledged", "acknowledged by ana: useful")
        fill_form(page, "Silence", by="ben", comment="known for long", duration="1h")
        page.wait_text("#silence", "Silenced: nobody is notified.")
        check("by ben: known for long" in page.text("#silence"), page.text("#silence"))
        page.wait_text("#when .suppressed", "suppressed by a silence")
        stored = daemon.get(f"/v1/alerts/{alert['id']}")
        check(stored["suppressed_by"].startswith("silence:"), f"as the API tells it: {stored['suppressed_by']}")
        fill_form(page, "Ask", at="-1h")
        page.wait_for("document.querySelector('#why .reason') && !document.querySelector('#why .reason').innerText.includes('is open since')", "an hour ago it was not")
        fill_form(page, "Ask", at="yesterday")
        page.wait_text("#why [role=status]", "at: ")
        fill_form(page, "Ask", at="")
        page.wait_text("#why .reason", "a silence by ben is in force")
        page.click("#silence button")
        page.wait_for("document.querySelector('#silence').hidden", "it is ended from there")
        check(daemon.get("/v1/silences?state=active")["items"] == [], "and in the database")
        page.evaluate("document.querySelectorAll('nav a')[2].click()")
        page.wait_for("location.search === '?view=alerts' && document.querySelector('#alert-history .alert')", "the navigation leads to the views")


def test_silences():
    """Those in force and to come, with who made them; each can be ended, by those who may."""
    with running(BINARY, "silences", tokens=role_line("reader", "read") + role_line("operator", "operate")) as daemon, browser() as page:
        as_operator = {"Authorization": "Bearer operator", "Content-Type": "application/json"}
        later = news.stamp(now() + datetime.timedelta(hours=5))
        for body in ({"match": {"rule": ["bad-story"], "entity": ["halden"]}, "by": "ana", "comment": "known", "duration": "2h"},
                     {"match": {"rule": ["negative-burst"]}, "by": "ben", "from": later, "duration": "1h"}):
            status, answer = daemon.request("/v1/silences", json.dumps(body), headers=as_operator)
            check(status == 201, f"{status} {answer}")
        page.open(daemon.url("/alerts/none"))
        page.wait_text("#note", "requires a token")
        check(page.evaluate("document.querySelector('#alert').hidden"), "whoever may not read sees nothing")
        page.open(daemon.url("/?view=alerts"))
        sign_in(page, "reader")
        page.wait_text("#silences-note", "role operate")
        check(page.count("#silences li") == 0, "a reader is offered nothing that is refused")
        page.click("#sign-out")
        sign_in(page, "operator")
        page.wait_count("#silences li", 2)
        told = page.texts("#silences li")
        check("entity halden, rule bad-story until " in told[0] and "by ana: known" in told[0] and "by ben" in told[1], f"{told}")
        page.evaluate("document.querySelector('#silences button').click()")
        page.wait_count("#silences li", 1)
        check("ben" in page.text("#silences") and page.text("#silences-note") == "1 silence in force or to come", page.text("#silences-note"))
        check(page.evaluate("document.activeElement.id") == "silences-title", "the keyboard keeps its place")
        ended = json.loads(daemon.request("/v1/silences?state=expired", headers=as_operator)[1])["items"]
        check([one["ended_by"] for one in ended] == ["operator"], f"{ended}")


def test_chart_is_readable():
    """The chart of an alert is drawn for the width there is: its letters have the size of the page's, and none overlap."""
    with running(BINARY, "alert-chart") as daemon, browser() as page:
        push(daemon, [document("calm", "Halden Bank opens a branch", 200)])
        alert = fire(daemon, 1)[0]
        served = daemon.get(f"/v1/alerts/{alert['id']}/chart.json")
        for address, inside in ((f"/alerts/{alert['id']}", "#chart"), ("/", ".alert.firing")):
            for width in (390, 1440):
                page.size(width, 900, mobile=width < 500)
                page.open(daemon.url(address))
                page.wait_for(f"document.querySelector('{inside} .alert-chart svg text')", f"the chart at {width}")
                seen = page.evaluate(f"""(() => {{ const svg = document.querySelector('{inside} .alert-chart svg');
                    const boxes = [...svg.querySelectorAll('text')].map((node) => node.getBoundingClientRect()); const all = svg.getBoundingClientRect();
                    const meet = (a, b) => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
                    return {{low: Math.min(...boxes.map((box) => box.height)), width: all.width, place: svg.parentElement.clientWidth, texts: boxes.length,
                      out: boxes.filter((box) => box.left < all.left - 1 || box.right > all.right + 1).length,
                      overlaps: boxes.filter((a, i) => boxes.some((b, j) => j > i && meet(a, b))).length,
                      bars: svg.querySelectorAll('.bars rect').length, span: svg.querySelectorAll('.alerted').length}}; }})()""")
                check(seen["low"] >= 11 and seen["out"] == 0 and seen["overlaps"] == 0 and seen["texts"] >= 4, f"{address} at {width}: {seen}")
                check(seen["width"] == seen["place"] and seen["span"] == 1, f"{seen}")
                check(seen["bars"] == sum(1 for one in served["points"] if one["value"]), f"a bar for each stretch with a story: {seen}")
                check(page.text(f"{inside} .alert-chart figcaption") == served["caption"], "what it shows is said in words")
        page.evaluate("document.querySelector('.alert-chart .chart').focus()")
        page.press("End")
        page.wait_text(".alert-chart figcaption", ": ")
        check("per" not in page.text(".alert-chart figcaption"), "arrow keys read it")


skip_without_browser()
run_tests([("every alert there was, filtered and paged", test_history),
           ("an alert that nobody was told of is marked", test_undelivered),
           ("the alerts of a series are on its chart", test_on_the_chart),
           ("sound and notification, only when asked for", test_notices),
           ("the page of an alert: why-not, acknowledgement, silence", test_alert_page),
           ("silences are listed and can be ended", test_silences),
           ("the chart of an alert can be read on a telephone", test_chart_is_readable)])
