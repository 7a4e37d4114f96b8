#!/usr/bin/env python3
"""What the dashboard says of sources, webhooks, and of itself: who is refused is named, what is old says so within ten
seconds, times are in the zone that was chosen; in a real browser."""

import datetime
import signal
import sys
import time

from desk import Receiver, browser, check, document, push, role_line, run_tests, running, sign_in, skip_without_browser, test_secret, wait_for

BINARY = sys.argv[1]


def test_sources():
    with running(BINARY, "sources", feed=True) as daemon, browser() as page:
        push(daemon, [document(1, "Halden Bank opens a branch", 5)])
        wait_for("a refused poll", lambda: any(one["health"]["errors"] > 0 for one in daemon.get("/v1/sources")["items"]))
        page.open(daemon.url("/"))
        page.wait_text("#readiness", "gazette is not reached")
        check(page.evaluate("document.querySelector('#readiness').classList.contains('degraded')"), "and it is not green")
        page.click("#readiness")
        page.wait_text("[data-source=gazette] .trouble", "never reached")
        check("refused" in page.text("[data-source=gazette] .trouble"), page.text("[data-source=gazette] .trouble"))
        facts = page.text("[data-source=gazette] .facts")
        for name in ("last success\nnever", "next poll", "errors", "reached, last 24 h"):
            check(name in facts, f"{name}: {facts}")
        check(page.texts(".source-row h3 a")[0] == "gazette", "what is in trouble is first")
        check(page.count("[data-source=wire] .trouble") == 0, "a source that nothing polls is in no trouble")
        page.wait_text("#incidents [data-kind=source_down]", "gazette: not reached and still is", 90)
        check(page.text("#incidents-note").startswith("1, at any time"), page.text("#incidents-note"))
        page.open(daemon.url("/?view=sources&from=2020-01-01&to=2020-01-02"))
        page.wait_text("#incidents-note", "None, ")
        page.open(daemon.url("/?source=gazette&range=1h"))
        page.wait_for("document.querySelectorAll('#selection-chart .uncovered').length > 0", "the time without it is marked")
        page.wait_for("document.querySelector('#selection-chart .incident title')?.textContent === 'gazette: not reached'", "and named")
        page.evaluate("document.querySelector('#selection-chart').focus()")
        page.press("End")
        page.wait_text("#selection-readout", "no data")
        check("sources reached 0 % of the time" in page.text("#selection-readout"), page.text("#selection-readout"))
        check("gazette: not reached" in page.text("#selection-readout"), page.text("#selection-readout"))
        legend = page.text("#selection-panel .legend")
        check("sources not reached" in legend and "incident" in legend, "the legend says what it means")
        check("no data (n = 0)" in page.text("#numbers"), page.text("#numbers"))
    with running(BINARY, "no-sources") as daemon, browser() as page:
        page.open(daemon.url("/"))
        page.wait_for("document.querySelector('#readiness').innerText === 'ready'", "ready, where nothing is wrong")


def test_webhooks():
    with running(BINARY, "webhooks", tokens=role_line("reader", "read") + role_line("operator", "operate")) as daemon, browser() as page:
        page.open(daemon.url("/?view=sources"))
        sign_in(page, "reader")
        page.wait_text("#webhooks-note", "role operate")
        check(page.count("#webhooks button, #undelivered button") == 0, "a reader is offered nothing that is refused")
        page.click("#sign-out")
        sign_in(page, "operator")
        page.wait_text("[data-webhook=desk]", "pending")
        check("nothing sent yet" in page.text("[data-webhook=desk]"), page.text("[data-webhook=desk]"))
        page.click("[data-webhook=desk] button")
        page.wait_text("[data-webhook=desk] output", "on its way")
        page.wait_text("#undelivered", "to desk: ")
        page.wait_text("[data-webhook=desk]", "refused")
        check(page.count("#undelivered button") == 0, "what is pending is tried again by itself")


def test_switched_off():
    """A receiver that has gone: what it did not get can be sent again, and it can be switched on."""
    answers = {"desk": 410}
    with Receiver(test_secret(), answer=lambda n: answers["desk"]) as desk, \
            running(BINARY, "switched-off", webhook=desk.url) as daemon, browser() as page:
        page.open(daemon.url("/?view=sources"))
        page.click("[data-webhook=desk] button")
        page.wait_text("[data-webhook=desk] .trouble", "switched off")
        check("410" in page.text("[data-webhook=desk]"), page.text("[data-webhook=desk]"))
        page.click("#undelivered button")
        page.wait_text("#undelivered output", "tried again")
        answers["desk"] = 200
        page.evaluate("[...document.querySelectorAll('[data-webhook=desk] button')].find((one) => one.innerText === 'Switch on').click()")
        wait_for("the test", lambda: any(one["status"] == 200 for one in desk.received))
        page.wait_text("[data-webhook=desk]", "delivered (200)")
        page.wait_for("document.querySelector('#undelivered-title').hidden", "nothing is left to be told")


def test_stale():
    """A page must not look alive when nothing behind it is."""
    with running(BINARY, "stale") as daemon, browser() as page:
        page.open(daemon.url("/"))
        page.wait_for("document.querySelector('#connection.live')", "the stream")
        page.wait_for("/^\\d\\d:\\d\\d:\\d\\d$/.test(document.querySelector('#heard').innerText)", "when it was heard last")
        check(page.evaluate("document.querySelector('#stale').hidden"), "no banner while all is well")
        daemon.process.send_signal(signal.SIGSTOP)   # it holds its connections and says nothing
        stopped = time.monotonic()
        page.wait_for("!document.querySelector('#stale').hidden", "the banner", 10)
        check(time.monotonic() - stopped < 10, "within ten seconds")
        heard = page.text("#heard")
        check(f"Last update {heard}" in page.text("#stale"), page.text("#stale"))
        check(page.text("#readiness") == "unreachable", page.text("#readiness"))
        daemon.process.send_signal(signal.SIGCONT)
        page.wait_for("document.querySelector('#stale').hidden", "it goes when the daemon is back")
        page.wait_for("document.querySelector('#readiness').innerText === 'ready'", "ready again")
        daemon.kill()
        page.wait_for("!document.querySelector('#stale').hidden", "the banner after its end", 10)


def test_zone():
    with running(BINARY, "zone") as daemon, browser() as page:
        page.call("Emulation.setTimezoneOverride", {"timezoneId": "Asia/Tokyo"})
        push(daemon, [document(1, "Halden Bank opens a branch", 30)])
        at = datetime.datetime.fromisoformat(daemon.get("/v1/documents")["items"][0]["published_at"].replace("Z", "+00:00"))

        def shown(hours):
            return (at + datetime.timedelta(hours=hours)).strftime("%H:%M")
        page.open(daemon.url("/?source=wire&range=6h"))
        page.wait_text("#documents time", shown(9))
        page.wait_for("document.querySelector('#selection-chart .zone').textContent === 'Asia/Tokyo'", "the axis names the zone")
        page.choose("#zone", "UTC")
        page.wait_text("#documents time", shown(0))
        page.wait_for("document.querySelector('#selection-chart .zone').textContent === 'UTC'", "the axis follows")
        page.call("Page.reload")
        page.wait_text("#documents time", shown(0))
        check(page.evaluate("document.querySelector('#zone').value") == "UTC", "the choice is kept")
        page.choose("#range", "between")
        page.evaluate(f"""document.querySelector('#from').value = '{(at - datetime.timedelta(minutes=5)).strftime("%Y-%m-%dT%H:%M")}';
            document.querySelector('#to').value = '{(at + datetime.timedelta(minutes=5)).strftime("%Y-%m-%dT%H:%M")}';
            document.querySelector('#between').requestSubmit()""")
        page.wait_for("location.search.includes('from=') && location.search.includes('to=')", "two times are an address", 10)
        page.wait_text("#documents-note", "1 document")
        page.evaluate("document.querySelector('.settings').open = true; document.querySelector('#zone').focus()")
        check(page.count("#zones option") > 300, "every zone is in the list")
        page.choose("#zone", "Middle/Earth")
        page.wait_text("#zone-note", "There is no time zone “Middle/Earth”")
        check(page.evaluate("document.querySelector('#zone').getAttribute('aria-invalid')") == "true", "the field says so")
        page.choose("#zone", "asia/kathmandu")
        page.wait_text("#documents time", shown(5.75))
        page.wait_for("document.querySelector('#selection-chart .zone').textContent.startsWith('Asia/Kat')", "as typed, spelt as it is")
        page.wait_for(f"document.querySelector('#from').value === '{(at + datetime.timedelta(hours=5, minutes=40)).strftime('%Y-%m-%dT%H:%M')}'",
                      "two times of the address are written in it", 10)
        page.choose("#zone", "America/New York")
        page.wait_for("document.querySelector('#selection-chart .zone').textContent === 'America/New_York'", "a blank will do")
        instants = page.evaluate("""import('/time.js').then(({instantOf}) => [[10, 1, 1, 30], [2, 8, 2, 30], [6, 1, 12, 0]]
            .map(([month, day, hour, minute]) => new Date(instantOf(Date.UTC(2026, month, day, hour, minute))).toISOString()))""")
        check(instants == ["2026-11-01T05:30:00.000Z", "2026-03-08T07:30:00.000Z", "2026-07-01T16:00:00.000Z"],
              f"clock times that come twice, not at all, and once: {instants}")
        page.choose("#zone", "")
        page.wait_text("#documents time", shown(9))
        check(page.evaluate("document.querySelector('#zone').placeholder") == "Asia/Tokyo", "nothing is the browser's zone")


skip_without_browser()
run_tests([("a source that is refused is named", test_sources),
           ("webhooks: what waits, the last answer, a test; readers are told", test_webhooks),
           ("a webhook that is switched off", test_switched_off),
           ("what is old says so within ten seconds", test_stale),
           ("times are in the chosen zone", test_zone)])
