#!/usr/bin/env python3
"""A rule is tried on the dashboard before it is written: the form and its address, the alerts that it would have fired
beside those of a running rule, what is refused at its field, and the TOML, which `tapewatch check` reads; in a real browser."""

import hashlib
import json
import subprocess
import sys
import tomllib

from desk import browser, check, document, news, now, push, run_tests, running, skip_without_browser, wait_for

BINARY = sys.argv[1]

STORY = "/?view=try&rule=bad-story&name=worse-story&measure=story&group_by=entity&min_negative=0.3&resolve_after=30m&severity=error&range=48h"


def fill(daemon):
    """Quiet news, then bad stories, each of which is an alert of the running rule `bad-story`."""
    push(daemon, [document(i, f"{one['title'].split(':')[0]}: Halden Bank opens branch number {i}", 1200 - 15 * i)
                  for i, one in enumerate(news.grave(40, "calm", now()))])
    push(daemon, news.grave(20, "bad", now()))
    return wait_for("alerts", lambda: daemon.get("/v1/alerts?rule=bad-story&limit=1000")["items"])


def type_in(page, name, text):
    page.evaluate(f"""(() => {{ const node = document.querySelector('#try-{name}'); node.value = {json.dumps(text)};
        node.dispatchEvent(new Event('change', {{bubbles: true}})); }})()""")


def facts(page):
    return dict(page.evaluate("[...document.querySelectorAll('#try-facts div')].map((node) => [...node.children].map((one) => one.innerText))"))


def result(page):
    page.wait_for("!document.querySelector('#trial-result').hidden && document.querySelectorAll('#try-facts div').length > 0", "the result")
    return facts(page)


def form(page):
    return page.evaluate("""Object.fromEntries([...document.querySelectorAll('#try-fields [data-field]')].filter((node) => !node.hidden)
        .map((node) => [node.dataset.field, [...node.querySelectorAll('.chip')].map((chip) => chip.innerText).join() || node.querySelector('input, select').value]))""")


def checked(daemon, toml):
    """What `tapewatch check` makes of the daemon's configuration with the rule added."""
    with open(daemon.folder.file("tapewatch.toml"), encoding="utf-8") as file:
        path = daemon.folder.file("tried.toml", file.read() + "\n" + toml)
    done = subprocess.run([BINARY, "check", "--config", path], capture_output=True, text=True, timeout=120)
    return done.returncode, done.stdout + done.stderr


def test_from_a_page():
    """From the page of a company to the alerts that a rule on it would have fired, and to its TOML."""
    with running(BINARY, "trial") as daemon, browser() as page:
        told = fill(daemon)
        page.open(daemon.url("/?entity=halden&range=6h"))
        page.wait_for("document.querySelectorAll('#numbers div').length > 0", "the page of a company")
        page.click("#selection-try")
        page.wait_for("!document.querySelector('#trial').hidden", "the form")
        page.wait_for("document.activeElement.id === 'trial-title'", "its heading is read", 10)
        page.wait_text("[data-field=entity] .chips", "Halden Bank")
        check(form(page)["group_by"] == "entity" and page.count("#trial-result[hidden]") == 1, f"filled in, and nothing is tried yet: {form(page)}")
        page.choose("#try-measure", "story")
        check("false_alarms" not in form(page) and "min_gravity" in form(page), f"the fields of the measure: {form(page)}")
        type_in(page, "min_negative", "0.3")
        type_in(page, "max_alerts", "5 per day")
        page.choose("#try-rule", "bad-story")
        page.choose("#try-range", "48h")
        page.click("#try-run")
        found = result(page)
        n = len(told)
        check(found["alerts"] == str(n) and found["against bad-story"] == f"0 gained, {n} same, 0 lost", f"as the running rule, {n} times: {found}")
        check("budget a week" not in found and "s" in found["took"], f"{found}")
        page.wait_for("document.querySelectorAll('#try-chart .span.tried').length > 0", "its alerts are drawn")
        check(page.count("#try-chart .span.tried") == n and page.count("#try-chart .span.live") == n, "in a lane, and those of the running rule in another")
        check(page.count("#try-rows tr.same") == n and "Halden Bank" in page.text("#try-rows"), page.text("#try-rows"))
        page.evaluate("document.querySelector('#try-chart').focus()")
        page.press("End")
        page.wait_text("#try-readout", "tried: ")
        toml = page.evaluate("document.querySelector('#try-toml').textContent")
        check(tomllib.loads(toml)["alerts"]["rule"] == [{"name": "new-rule", "where": {"entity": ["halden"]}, "group_by": ["entity"], "measure": "story",
                                                         "min_negative": 0.3, "resolve_after": "30m", "severity": "critical", "max_alerts": "5 per day"}], toml)
        check(checked(daemon, toml)[0] == 0, f"check reads it: {checked(daemon, toml)}")
        page.evaluate("navigator.clipboard.writeText = async (text) => { window.copied = text; }")
        page.click("#try-copy")
        page.wait_text("#try-copied", "Copied.")
        check(page.evaluate("window.copied") == toml, "what is copied")
        type_in(page, "min_negative", "1")
        page.click("#try-run")
        page.wait_text("#try-facts", f"0 gained, 0 same, {n} lost")
        check(page.count("#try-rows tr.lost a[href^='/alerts/']") == n, "what would be lost, with the page of each")
        check(checked(daemon, page.evaluate("document.querySelector('#try-toml').textContent"))[0] == 0, "a whole number is a number too")
        check(not page.complaints, "; ".join(page.complaints))


def test_difference():
    """Same series and a moment in common; of grave stories the same story."""
    with running(BINARY, "trial-difference") as daemon, browser() as page:
        page.open(daemon.url("/"))
        found = page.evaluate("""import('/alert_difference.js').then(({difference}) => {
            const at = (hour) => new Date(Date.UTC(2026, 2, 1, hour)).toISOString();
            const alert = (key, from, to, title, measure) => ({key, started_at: at(from), ended_at: to === null ? null : at(to), measure, evidence: {top_stories: [{title}]}});
            const marks = (rows) => rows.map((row) => row.change).join();
            const here = {entity: 'halden'}, there = {entity: 'ostra'}, end = Date.parse(at(20));
            return [marks(difference([alert(here, 1, 3), alert(here, 8, 9)], [alert(here, 3, 5), alert(there, 8, null)], end)),
                marks(difference([alert(here, 1, null)], [alert(here, 20, 21)], end)),
                marks(difference([alert(here, 1, 3, 'a')], [alert(here, 1, 3, 'b', 'story'), alert(here, 1, 3, 'a', 'story')], end, true)),
                marks(difference([alert({topic: 'x', entity: 'y'}, 1, 3)], [alert({entity: 'y', topic: 'x'}, 1, 3)], end)),
                marks(difference([alert(here, 1, 3)], null, end))]; })""")
        check(found == ["gained,lost,same", "same", "same,lost", "same", ""], f"{found}")


def test_address():
    """A reload, and a way back, show the same form and the same result; a series of the chart is in the address too."""
    with running(BINARY, "trial-address") as daemon, browser() as page:
        fill(daemon)
        page.open(daemon.url(STORY))
        before = result(page)
        shown = form(page)
        check(shown["min_negative"] == "0.3" and shown["range"] == "48h" and shown["name"] == "worse-story", f"{shown}")
        page.click("#try-rows tr a[href*='series=']")
        page.wait_for("location.search.includes('series=entity%3Dhalden')", "the series is in the address", 10)
        page.wait_for("document.querySelector('#try-series').value === 'entity=halden'", "and chosen", 10)
        page.call("Page.reload")
        page.wait_for("document.querySelector('#try-series')?.value === 'entity=halden' && !document.querySelector('#trial-result').hidden", "after a reload")
        after = result(page)
        check({**before, "took": ""} == {**after, "took": ""} and form(page) == shown, f"the same: {after} {form(page)}")
        type_in(page, "min_negative", "0.5")
        page.click("#try-run")
        page.wait_for("location.search.includes('min_negative=0.5')", "another setting, another address", 10)
        page.evaluate("history.back()")
        page.wait_for("document.querySelector('#try-min_negative').value === '0.3'", "back")
        page.open(daemon.url("/?view=try&range=7x&measure=loud&colour=red&name=x"))
        page.wait_for("document.querySelectorAll('#problems li').length === 3", "what is wrong in an address is told")


def test_refusals():
    """What the server says of a value stands at its field."""
    with running(BINARY, "trial-refusals") as daemon, browser() as page:
        fill(daemon)
        page.open(daemon.url("/?view=try"))
        page.wait_for("document.querySelector('#try-name').value === 'new-rule'", "the form")
        type_in(page, "false_alarms", "often")
        type_in(page, "entity", "haldn")
        page.click("#try-run")
        page.wait_text("[data-field=false_alarms] .field-error", "such as \"1 per week\"")
        check("halden" in page.text("[data-field=entity] .field-error"), page.text("[data-field=entity]"))
        check(page.evaluate("document.querySelector('#try-false_alarms').getAttribute('aria-invalid')") == "true", "and for a screen reader")
        check(page.evaluate("document.activeElement.id") == "try-entity", "the first of them has the focus")
        check("refused" in page.text("#try-said") and page.count("#trial-result[hidden]") == 1, page.text("#try-said"))
        page.click("[data-field=entity] .chip")
        type_in(page, "false_alarms", "2 per week")
        page.click("#try-run")
        check(result(page)["budget a week"] == "2.0", f"then it is tried: {facts(page)}")
        check(page.count("[aria-invalid]") == 0 and page.text("#try-said") == "", "and nothing is marked any more")
        hostile = "wire \"a\" \\ 'b'\t<b>"
        type_in(page, "source", hostile)
        page.click("#try-run")
        page.wait_for("document.querySelector('#try-toml').textContent.includes('source')", "a name with every quote")
        toml = page.evaluate("document.querySelector('#try-toml').textContent")
        check(tomllib.loads(toml)["alerts"]["rule"][0]["where"] == {"source": [hostile]} and checked(daemon, toml)[0] == 0, toml)


def test_start_from():
    """A running rule fills the form, and what the form does not show is kept in the TOML."""
    with running(BINARY, "trial-start") as daemon, browser() as page:
        fill(daemon)
        page.open(daemon.url("/?view=alerts&rule=negative-burst"))
        page.wait_for("!document.querySelector('#history-try').hidden", "the way from a rule's alerts")
        page.click("#history-try")
        page.wait_for("document.querySelector('#try-name').value === 'negative-burst'", "its settings")
        check(form(page)["false_alarms"] == "1 per week" and form(page)["group_by"] == "topic" and form(page)["min_stories"] == "5", f"{form(page)}")
        page.wait_text("#try-base-words", "windows")
        page.click("#try-run")
        result(page)
        rule = tomllib.loads(page.evaluate("document.querySelector('#try-toml').textContent"))["alerts"]["rule"][0]
        check(rule["windows"][0] == "5m" and rule["cool_down"] == "15m", f"{rule}")
        page.wait_text("#try-toml-note", "in place of the rule of that name")
        page.choose("#try-rule", "bad-story")
        page.click("#try-start-from")
        page.wait_for("document.querySelector('#try-measure').value === 'story' && document.querySelector('#try-min_negative').value === '0.3'", "another rule's")


def test_waiting():
    """While a rule is tried the page says so, and one may abandon it; who is in the way is told."""
    with running(BINARY, "trial-waiting") as daemon, browser() as page:
        fill(daemon)
        page.open(daemon.url("/?view=try"))
        page.wait_for("document.querySelector('#try-name').value === 'new-rule'", "the form")
        page.evaluate("""window.real = fetch; window.fetch = (path, options) => path !== '/v1/backtest' ? real(path, options)
            : new Promise((_, no) => options.signal.addEventListener('abort', () => no(options.signal.reason)))""")
        page.click("#try-run")
        page.wait_text("#try-said", "Trying the rule")
        check(page.count("#try-progress:not([hidden]) progress") == 1 and page.count("#try-run[hidden]") == 1, "that it runs is shown")
        page.click("#try-stop")
        page.wait_text("#try-said", "Abandoned")
        page.evaluate("""window.fetch = (path, options) => path !== '/v1/backtest' ? real(path, options)
            : Promise.resolve(new Response('{"detail": "another backtest is running"}', {status: 503}))""")
        page.click("#try-run")
        page.wait_text("#try-said", "one rule at a time")
        page.evaluate("window.fetch = real")
        page.click("#try-run")
        check(result(page)["alerts"] == "0", "then it is tried")
        page.wait_text("#try-none", "No alert")
        check(page.count("#try-rows tr") == 0 and page.count("#try-table[hidden]") == 1, "no alert, no table")


def test_roles():
    def line(name, role):
        return f"{name} {role} sha256:{hashlib.sha256(name.encode()).hexdigest()}\n"
    with running(BINARY, "trial-roles", tokens=line("reader", "read")) as daemon, browser() as page:
        page.open(daemon.url(STORY))
        page.wait_for("!document.querySelector('#sign-in').hidden", "the form to sign in")
        page.evaluate("document.querySelector('#token').value = 'reader'; document.querySelector('#sign-in').requestSubmit()")
        page.wait_for("!document.querySelector('#desk').hidden && !document.querySelector('#try-role').hidden", "that the role operate is needed")
        check(page.evaluate("document.querySelector('#try-run').disabled") and page.count("#trial-result[hidden]") == 1, "a reader is offered nothing that is refused")
        check(not page.complaints, "; ".join(page.complaints))


skip_without_browser()
run_tests([("from a page to the TOML", test_from_a_page), ("gained, same, lost", test_difference), ("the address", test_address), ("refusals at their fields", test_refusals),
           ("a running rule to start from", test_start_from), ("running, abandoned, busy", test_waiting), ("roles", test_roles)])
