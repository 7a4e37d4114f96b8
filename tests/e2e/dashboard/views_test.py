#!/usr/bin/env python3
"""The dashboard's views as addresses, and the complete list behind every number, in a real browser."""

import datetime
import sys

from desk import browser, check, document, news, now, push, run_tests, running, skip_without_browser

BINARY = sys.argv[1]

LOADED = "/^(all \\d+ documents|1 document)/.test(document.querySelector('#documents-note').innerText)"
# A hundred and thirty stories of one source, of which no two resemble each other, and some of another.
CALM = [document(i, f"{one['title'].split(':')[0]}: Halden Bank opens branch number {i}", 20 + 3 * i)
        for i, one in enumerate(news.grave(130, "calm", news.datetime.datetime.now(news.datetime.timezone.utc)))]


def open_filled(page, daemon, address):
    push(daemon, CALM)
    push(daemon, [document(i, title, 10 + i, "herald") for i, title in enumerate(news.BAD)])
    page.open(daemon.url(address))


def test_addresses():
    with running(BINARY, "views") as daemon, browser() as page:
        open_filled(page, daemon, "/")
        page.wait_for("document.querySelectorAll('.topic').length > 1", "cards of topics")
        name = page.text(".topic .topic-name")
        page.click(".topic")
        page.wait_text("#selection-title", name)
        topic = page.address()
        check(topic.startswith("/?topic="), f"the topic is in the address: {topic}")
        page.choose("#range", "7d")
        page.wait_text("#selection-note", "7 days")
        check(page.address() == topic + "&range=7d", f"so is the range: {page.address()}")
        page.choose("#source-filter", "herald")
        page.wait_text("#selection-title", "herald")
        page.choose("#label-filter", "negative")
        page.wait_for("location.search.includes('label=negative')", "and the label", 10)
        whole = page.address()
        page.wait_for(LOADED, "the list")
        before = page.texts("#documents .title")
        page.call("Page.reload")
        page.wait_for(LOADED, "the list after a reload")
        check(page.address() == whole and page.texts("#documents .title") == before, "a reload shows the same")
        for _ in range(3):
            page.evaluate("history.back()")
        page.wait_for(f"location.search === {topic[1:]!r}", "back to the topic", 10)
        page.wait_for("document.querySelector('#range').value === '48h' && document.querySelector('#source-filter').value === ''",
                      "the controls say so", 10)
        page.evaluate("history.back()")
        page.wait_for("!document.querySelector('#overview').hidden && location.search === ''", "back to the overview", 10)
        page.evaluate("history.go(4)")
        page.wait_for(f"location.search === {whole[1:]!r} && document.querySelector('#label-filter').value === 'negative'", "forward", 10)
        page.wait_for(LOADED, "the list again")
        check(page.texts("#documents .title") == before, "and again the same")
        check(not page.complaints, "; ".join(page.complaints))


def test_bad_values():
    with running(BINARY, "bad-values") as daemon, browser() as page:
        open_filled(page, daemon, "/?topic=nonsense&range=7x&from=yesterday&label=bad&colour=red&source=herald")
        page.wait_text("#selection-title", "herald")
        page.wait_for(LOADED, "the rest is shown")
        told = page.texts("#problems li")
        for parameter in ("topic", "range", "from", "label", "colour"):
            check(any(line.startswith(f"{parameter}: ") for line in told), f"{parameter} is named: {told}")
        check(page.count("#documents .headline") > 0 and page.text("#selection-title") == "herald", "the view goes on")
        page.choose("#range", "24h")
        page.wait_for("document.querySelector('#problems-panel').hidden", "a new choice has no errors")
        page.open(daemon.url("/?source=herald&q=%22bank"))
        page.wait_text("#problems", "q: ")
        check("quotation mark" in page.text("#problems"), page.text("#problems"))
        page.wait_for("document.querySelectorAll('#selection-chart .counts rect').length > 0", "the chart goes on")
        page.open(daemon.url("/?view=alerts&state=asleep&range=1y"))
        page.wait_text("#problems", "state: ")
        page.wait_text("#history-note", "1 year")


def stamp(hours):
    return news.stamp(now() - datetime.timedelta(hours=hours, minutes=7)).replace("+00:00", "Z")


def test_words():
    """One of a thing is not several; a mistyped name is told with the nearest; a time is not cut to its largest unit."""
    with running(BINARY, "words") as daemon, browser() as page:
        push(daemon, [document(1, news.BAD[2], 12)])
        for address, shown in (("/", "document.querySelector('.topic') && document.querySelector('#alerts .alert')"),
                               ("/?entity=halden&range=1h", LOADED),
                               ("/?view=companies", "document.querySelector('#company-list tr')"),
                               ("/?view=alerts", "document.querySelector('#alert-history .alert')"), ("/?view=sources", "document.querySelector('#incidents-note').innerText")):
            page.open(daemon.url(address))
            page.wait_for(shown, address)
            page.evaluate("document.querySelectorAll('.chart').forEach((one) => { one.focus(); one.dispatchEvent(new KeyboardEvent('keydown', {key: 'Home'}));"
                          " for (let i = 0; i < 60; ++i) one.dispatchEvent(new KeyboardEvent('keydown', {key: 'ArrowRight'})); })")
            wrong = page.evaluate("(document.body.innerText + [...document.querySelectorAll('[aria-label]')].map((one) => one.ariaLabel))"
                                  ".match(/.{0,30}\\b1 (?:stories|documents|companies|alerts|attempts|days)\\b.{0,10}/g)")
            check(not wrong, f"{address}: {wrong}")
        page.open(daemon.url("/?entity=haldn&source=wir"))
        page.wait_text("#problems", "entity: ")
        told = page.texts("#problems li")
        check(any("halden" in line for line in told) and any("wire" in line for line in told), f"the nearest: {told}")
        words = page.evaluate("""import('/time.js').then(({duration}) => [[47, 55, 0], [48, 0, 0], [23, 59, 50], [1, 30, 0], [0, 12, 5], [0, 0, 7], [0, 0, 0]]
            .map(([h, min, s]) => duration(0, ((h * 60 + min) * 60 + s) * 1000)))""")
        check(words == ["2 d", "2 d", "24 h", "1 h 30 min", "12 min 5 s", "7 s", "0 s"], str(words))


def number(page, name):
    return int(page.evaluate(f"""[...document.querySelectorAll('#numbers div')]
        .find((node) => node.querySelector('dt').innerText === {name!r}).querySelector('dd').innerText.replace(/\\D/g, '')"""))


def test_complete_list():
    """The list has what the number counts, to the last one: page after page."""
    with running(BINARY, "complete") as daemon, browser() as page:
        open_filled(page, daemon, "/?source=wire&range=24h")
        page.wait_for("document.querySelectorAll('#documents .headline').length === 50", "the first page")
        page.wait_text("#documents-note", f"50 of {len(CALM)} documents")
        for shown in (100, len(CALM)):
            page.click("#more")
            page.wait_count("#documents .headline", shown)
        page.wait_for(LOADED, "the last page")
        check(page.evaluate("document.querySelector('#more').hidden"), "there is no more")
        check(sorted(page.texts("#documents .title")) == sorted(one["title"] for one in CALM), "each document once")
        check(number(page, "documents") == len(CALM), "the number is that of the list")
        push(daemon, [document("new", "Halden Bank names a new head of lending", 0)])
        page.wait_count("#documents .headline", len(CALM) + 1)
        status, refusal = daemon.request("/v1/documents?entity_label=negative")
        check(status == 400 and "entity" in refusal, f"a label towards nobody: {status} {refusal}")
        page.open(daemon.url("/?entity=halden&range=24h"))
        page.wait_text("#documents-note", f"50 of {len(CALM) + len(news.BAD) + 1} documents")
        check(number(page, "documents") == len(CALM) + len(news.BAD) + 1, "as the number says")
        n = number(page, "negative")
        check(0 < n < 50, f"some are negative towards the company: {n}")
        page.evaluate("[...document.querySelectorAll('#numbers dt')].find((node) => node.innerText === 'negative').nextSibling.firstChild.click()")
        page.wait_for("location.search.includes('label=negative')", "the number is a link", 10)
        page.wait_text("#documents-note", f"all {n} documents")
        check(page.texts("#documents .label") == ["negative"] * n, f"each is negative: {page.texts('#documents .label')}")


def test_search_and_rows():
    with running(BINARY, "search") as daemon, browser() as page:
        open_filled(page, daemon, "/")
        page.wait_for("document.querySelectorAll('.topic').length > 1", "the overview")
        page.evaluate("document.querySelector('#q').value = 'fraud OR plunge'; document.querySelector('#filters').requestSubmit()")
        page.wait_for(LOADED, "the search")
        check(page.address() == "/?q=fraud+OR+plunge", page.address())
        expected = [one for one in news.BAD if "fraud" in one or "plunge" in one]
        check(sorted(page.texts("#documents .title")) == sorted(expected), page.texts("#documents .title"))
        row = page.evaluate("""(() => { const row = document.querySelector('#documents .headline'); return {
            at: row.querySelector('time').innerText, source: row.querySelector('.source').innerText, company: row.querySelector('.company').innerText,
            bar: row.querySelector('.probabilities').getAttribute('aria-label'), risk: row.querySelector('.risk')?.innerText ?? ''}; })()""")
        check(":" in row["at"] and row["source"] == "herald" and row["company"] == "Halden Bank", str(row))
        check("negative" in row["bar"] and "%" in row["bar"], str(row))
        check(any(": " in words for words in page.texts("#documents .risk")), "an event with its gravity")
        wrong = page.evaluate("""[...document.querySelectorAll('#documents .headline')].filter((row) => {
            const label = row.querySelector('.label').innerText; const score = row.querySelector('.score');
            return label === 'negative' ? !/neg|neu/.test(score.className) || score.innerText.startsWith('+')
              : label === 'positive' ? score.innerText.startsWith('−') : /neg|pos/.test(score.className); }).length""")
        check(wrong == 0, "no label contradicts its number")
        tones = page.evaluate("import('/dom.js').then(({tone}) => [tone(-0.4, 'neutral'), tone(0.4, 'abstained'), tone(-0.4, 'negative')])")
        check(tones == ["neu", "neu", "neg1"], f"a neutral text is grey, however it leans: {tones}")


def test_stories_fold():
    with running(BINARY, "fold") as daemon, browser() as page:
        title = "Ostra Steel furnace explosion injures nine workers"
        push(daemon, [document(1, title, 30), document(2, f"UPDATE 1-{title}", 20, "herald"), document(3, title, 10, "tribune")])
        push(daemon, [document(4, "Halden Bank opens a branch in the harbour district", 5)])
        page.open(daemon.url("/?topic=" + daemon.get("/v1/documents?source=tribune")["items"][0]["topic"] + "&entity=ostra"))
        page.wait_for(LOADED, "the list")
        page.wait_count("#documents > .headline", 1)
        check("all 3 documents, of 1 story" in page.text("#documents-note"), page.text("#documents-note"))
        check(page.text("#documents summary") == "2 more of this story", page.text("#documents summary"))
        page.evaluate("document.querySelector('#documents details').open = true")
        check(page.texts("#documents .reprints .source") == ["herald", "wire"], str(page.texts("#documents .reprints .source")))
        page.click("#unfold")
        page.wait_count("#documents > .headline", 3, 5)
        page.open(daemon.url("/?source=wire&entity=ostra"))
        page.wait_text("#documents .whole-story", "all 3 documents of the story")
        page.click("#documents .whole-story")
        page.wait_text("#documents-note", "all 3 documents")
        check("story=" in page.address(), page.address())


def test_many_visits():
    """Pages that were left hold no connection: a browser has six for a server."""
    with running(BINARY, "visits") as daemon, browser() as page:
        push(daemon, [document(1, "Halden Bank opens a branch", 5)])
        for visit in range(9):
            page.open(daemon.url(f"/?source=wire&range={visit + 1}h"))
            page.wait_for("document.querySelector('#connection.live')", f"visit {visit}: the stream", 20)
            page.wait_for(LOADED, f"visit {visit}: the list", 20)
        page.evaluate("history.back()")
        page.wait_for("location.search.includes('range=8h')", "back", 20)
        page.wait_for("document.querySelector('#connection.live')", "the stream of a page that one comes back to", 20)
        push(daemon, [document(2, "Ostra Steel names new head of logistics", 0)])
        page.wait_count("#documents .headline", 2)


def test_companies():
    """The overview of companies: who has moved, a map over time in which nothing is not zero, the way to each page."""
    with running(BINARY, "companies") as daemon, browser() as page:
        calm = ["wins record order from shipbuilders", "shares jump on upgrade", "raises dividend after strong year", "profit beats forecasts"]
        push(daemon, [document(i, f"Ostra Steel {words}", 200 - i) for i, words in enumerate(calm)])
        push(daemon, [document(i, title.replace("Halden Bank", "Ostra Steel"), 40 - i, "herald") for i, title in enumerate(news.BAD[:5])])
        push(daemon, [document(9, "Halden Bank opens a branch in the harbour district", 30)])
        page.open(daemon.url("/?view=companies&range=2h"))
        page.wait_count("#movers li", 1)
        mover = page.text("#movers li")
        check("Ostra Steel" in mover and "▼ −" in mover and "(n = 4)" in mover and "(n = 5)" in mover, mover)
        check(page.count(".heat tbody tr") == 2, "a row for each company with a story")
        cells = page.evaluate("[...document.querySelectorAll('.heat tbody tr')].map((row) => [...row.querySelectorAll('td')].map((td) => td.textContent))")
        known = [[cell for cell in row if cell != "no data"] for row in cells]
        check(all(len(row) > len(some) > 0 for row, some in zip(cells, known)), f"what has no story says so: {cells}")
        check(sum(int(cell.split("n = ")[1]) for cell in known[0]) == 5 and all("−" in cell for cell in known[0]), str(known))
        page.evaluate("document.querySelector('#company-search').value = 'hld'; document.querySelector('#company-search').dispatchEvent(new Event('input'))")
        page.wait_count("#company-list tr", 1)
        page.click("#company-list a")
        page.wait_text("#selection-title", "Halden Bank")
        check(page.address() == "/?entity=halden&range=2h", page.address())


def test_same_numbers():
    """The same span has the same numbers, whichever view counts: buckets of another length begin at the same instant."""
    with running(BINARY, "same-numbers") as daemon, browser() as page:
        push(daemon, [document(f"{hours}-{i}", f"{one['title'].split(':')[0]}: Halden Bank opens branch number {i}", 60 * hours + 3 * (i - 30))
                      for hours in (6, 24, 48) for i, one in enumerate(news.grave(60, f"at{hours}", now()))])
        topic = daemon.get("/v1/documents?limit=1")["items"][0]["topic"]
        page.open(daemon.url("/"))
        page.wait_for("document.querySelectorAll('.topic').length > 0", "the overview")
        for zone, span in (("UTC", "range=48h"), ("Asia/Kathmandu", "range=24h"), ("Asia/Kathmandu", "range=7d"),
                           ("Asia/Kathmandu", f"from={stamp(24)}&to={stamp(5)}")):
            page.evaluate(f"localStorage.setItem('zone', '{zone}')")
            page.open(daemon.url(f"/?entity=halden&{span}"))
            page.wait_for("/\\d/.test(document.querySelector('#numbers dd')?.innerText)", "the page of the company")
            one = page.texts("#numbers dd")
            mean, n = one[0].split(" ")[0], int(one[1])
            page.open(daemon.url(f"/?view=companies&{span}"))
            page.wait_count("#company-list tr", 2)
            row = page.texts("#company-list tr:first-child td")
            check((row[2], int(row[0])) == (mean, n), f"{zone} {span}: the company's page {one}, the list of companies {row}")
            check(sum(int(word.split("n = ")[1]) for word in page.texts(".heat tbody tr:first-child .hidden") if "n = " in word) == n, f"{zone} {span}: the map")
            page.open(daemon.url(f"/?topic={topic}&{span}"))
            page.wait_for("/\\d/.test(document.querySelector('#numbers dd')?.innerText)", "the page of the topic")
            one = page.texts("#numbers dd")
            page.open(daemon.url(f"/?{span}"))
            page.wait_for(f"document.querySelector('[data-topic={topic}]')", "its card")
            card = page.text(f"[data-topic={topic}]")
            check(one[0].split(" ")[0] in card and f"{one[1]} stories" in card, f"{zone} {span}: the topic's page {one}, its card {card}")


def test_whole_watch_list():
    """The map has the companies with the most stories, and on demand every one that is watched."""
    lines = "".join(f"c{i},Company{i:03} Holding,,T{i},,,,\n" for i in range(498))
    with running(BINARY, "many-companies", watched=lines) as daemon, browser() as page:
        push(daemon, [document(i, f"Company{i % 20:03} Holding opens branch number {i}", 5 + i) for i in range(40)])
        page.open(daemon.url(f"/?view=companies&from={stamp(2)}&to={stamp(-1)}"))   # a range that ends now moves on
        page.wait_count(".heat tbody tr", 15)
        check("15 of 500 companies" in page.text("#map-note"), page.text("#map-note"))
        check(page.text("#map-more") == "Show all 500", page.text("#map-more"))
        page.click("#map-more")
        page.wait_count(".heat tbody tr", 500)
        check(page.evaluate("document.activeElement === document.querySelectorAll('.heat tbody a')[15]"), "the focus is on the first new row")
        names = page.evaluate("[...document.querySelectorAll('.heat tbody th')].map((node) => node.textContent)")
        check(len(set(names)) == 500 and {"Halden Bank", "Company497 Holding"} <= set(names), "each company once")
        known = page.evaluate("[...document.querySelectorAll('.heat tbody tr')].map((row) => row.querySelectorAll('td:not(.none)').length > 0)")
        check(known == [True] * 20 + [False] * 480, "those with stories first")
        page.evaluate("window.last = document.querySelectorAll('.heat tbody tr')[499]")
        push(daemon, [document(99, "Company497 Holding opens a branch in the harbour district", 3)])
        page.wait_for("[...document.querySelectorAll('.heat tbody tr')].slice(0, 21).some((row) => row.textContent.includes('Company497'))", "news is on the map")
        check(page.evaluate("last.isConnected && last.textContent.includes('Ostra Steel')"), "rows that have not changed are not drawn again")
        page.click("#map-more")
        page.wait_count(".heat tbody tr", 15)


REPORT = ("Tavern Foods quarterly figures", "EPS 0.81 vs 0.95 est, sales hit by record loss at its unit.\nForward-looking statements: This release "
          "contains forward-looking statements that involve risks and uncertainties. Actual results may differ materially.")
DRAWN = """[...document.querySelectorAll('#documents .explained .token')].map((node) => ({text: node.firstChild.data, title: node.title,
    side: node.className, line: getComputedStyle(node).borderBottomStyle, sign: node.querySelector('sup')?.textContent ?? ''}))"""


def test_explanation():
    """On demand: the words with their weights, in colour and with a sign; what was left out, what was read by rule."""
    with running(BINARY, "explain") as daemon, browser() as page:
        push(daemon, [document(1, "Ostra Steel wins record order from shipbuilders", 9), document(2, REPORT[0], 5, body=REPORT[1])])
        asked = []
        for number_of in (2, 1):
            one = daemon.get(f"/v1/documents?source_id=wire-{number_of}")["items"][0]
            asked.append(daemon.get(f"/v1/documents/{one['id']}?explain=1"))
        page.open(daemon.url("/?source=wire"))
        page.wait_count("#documents .why", 2)
        check(page.count(".explanation:not([hidden])") == 0, "nothing is explained that nobody asks for")
        page.evaluate("document.querySelector('#documents .why').focus()")
        page.press("Enter")
        page.wait_count("#documents .explained", 1)
        button = page.evaluate("""(() => { const button = document.activeElement; return {name: button.textContent, expanded: button.getAttribute('aria-expanded'),
            panel: document.getElementById(button.getAttribute('aria-controls')).getAttribute('role')}; })()""")
        check(button["expanded"] == "true" and REPORT[0] in button["name"] and button["panel"] == "group", str(button))
        answer = asked[0]
        said = page.text("#documents .explanation [role=status]")
        check(said.startswith(f"{answer['explained']['label']}, {int(answer['explained']['probability'] * 100 + 0.5)} %"), said)
        check(page.text("#documents .explained").count("Forward-looking") == 1 and REPORT[0] in page.evaluate(
            "document.querySelector('#documents .explained').textContent.replace(/[+−]0\\.\\d\\d/g, '')"), page.text("#documents .explained"))
        left_out = "".join(page.evaluate("[...document.querySelectorAll('.left-out')].map((node) => node.lastChild.data)"))
        check(left_out == "".join(one["text"] for one in answer["left_out"]) != "", f"what is not read: {left_out}")
        check("Left out as boilerplate" in page.text("#documents .explanation") and "forward-looking statements" in page.text(".by-rule"), "and why")
        check("“0.81” beside “0.95”: worse" in page.text("#documents .explanation"), page.text("#documents .explanation"))
        page.evaluate("document.querySelectorAll('#documents .why')[1].click()")
        page.wait_count("#documents .explained", 2)
        drawn, weights = page.evaluate(DRAWN), {}
        for token in answer["tokens"] + asked[1]["tokens"]:
            weights.setdefault(token["text"], []).append(token["weight"])
        for token in drawn:
            speaks_for = " for " in token["title"]
            check(any((weight > 0) == speaks_for for weight in weights[token["text"]]), f"{token}")
            check(token["line"] == ("solid" if speaks_for else "dashed"), f"colour is not alone: {token}")
            check(token["sign"] == "" or token["sign"][0] == ("+" if speaks_for else "−"), f"its sign: {token}")
        check(any(token["sign"] for token in drawn), f"the strongest have their number: {drawn}")
        push(daemon, [document(3, "Halden Bank opens a branch", 1)])
        page.wait_count("#documents > .headline", 3)
        check(page.count("#documents .explained") == 2, "what is open outlives a refresh of the list")
        page.evaluate("document.querySelectorAll('#documents .why')[1].click()")
        check(page.count(".explanation:not([hidden])") == 1, "and closes")


def test_novelty():
    """Each row says whether its story was new: in the list, and live."""
    with running(BINARY, "novelty") as daemon, browser() as page:
        title = "Ostra Steel furnace explosion injures nine workers"
        push(daemon, [document(1, title, 150), document(2, title, 30, "herald")])
        page.open(daemon.url("/"))
        page.wait_count("#headlines .novelty", 2)
        push(daemon, [document(3, title, 10, "tribune"), document(4, "Halden Bank opens a branch", 5)])
        page.wait_count("#headlines .novelty", 4)
        told = page.texts("#headlines .novelty")
        check(told == ["first report", "3rd report of this story, first 2 h before by wire", "2nd report of this story, first 2 h before by wire",
                       "first report"], f"{told}")
        page.click("#headlines a.novelty")
        page.wait_text("#documents-note", "all 3 documents")
        page.click("#unfold")
        page.wait_count("#documents > .headline", 3)
        check(page.texts("#documents .novelty") == told[1:], f"{page.texts('#documents .novelty')}")


def check_list(page, daemon, href, n):
    """The list at an address has so many documents, each by itself."""
    page.open(daemon.url(href))
    page.wait_for(f"document.querySelector('#selection-note').innerText !== '' && {LOADED}", href)
    if not page.evaluate("document.querySelector('#unfold').checked"):
        page.click("#unfold")
    page.wait_count("#documents > .headline", n)


def test_every_number():
    """Stories, negative stories, means, and the counts of tables and maps are links to exactly what they count."""
    with running(BINARY, "numbers") as daemon, browser() as page:
        reprints = [document(i, f"{title}", 40 - i, source) for i, title in enumerate(news.BAD[:6]) for source in ("wire", "herald")]
        push(daemon, reprints)
        push(daemon, [document(i, f"Ostra Steel {words}", 30 + i, "tribune") for i, words in enumerate(
            ("wins record order from shipbuilders", "shares jump on upgrade", "names new head of logistics", "cuts output after furnace fire"))])
        for address in ("/?entity=halden&range=6h", "/?source=herald&range=6h", "/?behind=documents&range=6h"):
            page.open(daemon.url(address))
            page.wait_for(LOADED, address)
            numbers = page.evaluate("[...document.querySelectorAll('#numbers div')].map((node) => [node.querySelector('dt').innerText, node.querySelector('dd').innerText, node.querySelector('a')?.getAttribute('href')])")
            check(len(numbers) >= 5 and all(href for _, _, href in numbers), f"each is a link: {numbers}")
            for name, words, href in numbers:
                n = int(words.split("n = ")[-1].rstrip(")").replace(",", ""))
                check_list(page, daemon, href, n)
        page.open(daemon.url("/?entity=halden&range=6h"))
        page.wait_for(LOADED, "the company")
        page.wait_count("[data-of=source] tbody tr", 2)
        cells = page.evaluate("[...document.querySelectorAll('.breakdown td a')].map((link) => [link.getAttribute('aria-label'), link.innerText, link.getAttribute('href')])")
        check(len(cells) >= 6, f"the counts of the tables are links: {cells}")
        for name, _, href in cells[:6]:
            n = int(name.split(" of ")[1].split(" ")[0]) if " mean " in name else int(name.split(": ")[1].split(" ")[0])
            check_list(page, daemon, href, n)
        page.open(daemon.url("/?view=companies&range=2h"))
        page.wait_for("document.querySelectorAll('.heat td a').length > 1", "the cells of the map are links")
        check(page.evaluate("[...document.querySelectorAll('.heat tbody tr')].every((row) => row.querySelectorAll('td a[tabindex=\"0\"]').length === 1)"), "a stop for each row")
        words, href = page.evaluate("(() => { const link = document.querySelector('.heat td a'); link.focus(); return [link.innerText + link.textContent, link.getAttribute('href')]; })()")
        page.press("ArrowDown")
        page.press("ArrowRight")
        check(page.evaluate("document.activeElement.matches('.heat td a')"), "arrow keys go from cell to cell")
        n = int(words.split("n = ")[-1])
        check_list(page, daemon, href, n)
        page.open(daemon.url("/?range=6h"))
        page.wait_count("#detail-note a", 3)
        page.click("#detail-note a:nth-of-type(2)")
        page.wait_text("#documents-title", "The first document of each story")


def test_one_thing_in_a_row():
    """On the page of a company, label, number and bar are towards the company, or there is no bar."""
    with running(BINARY, "row") as daemon, browser() as page:
        push(daemon, [document(1, "Halden Bank wins lawsuit, Ostra Steel shares plunge", 5)])
        page.open(daemon.url("/?source=wire"))
        page.wait_count("#documents .probabilities", 1)
        page.open(daemon.url("/?entity=ostra"))
        page.wait_for(LOADED, "the company's list")
        towards = next(one for one in daemon.get("/v1/documents")["items"][0]["entities"] if one["id"] == "ostra")
        check("probabilities" not in towards and page.count("#documents .probabilities") == 0, "the text's probabilities are not the company's")
        check(page.text("#documents .label") == towards["label"], page.text("#documents .label"))


skip_without_browser()
run_tests([("every view is an address: reload, back and forward", test_addresses),
           ("a bad value is named, and the view goes on", test_bad_values),
           ("the list behind a number is complete", test_complete_list),
           ("a search finds in titles and texts; what a row says", test_search_and_rows),
           ("reprints are under their story", test_stories_fold),
           ("a page that was left holds no connection", test_many_visits),
           ("companies: movers, a map, a list", test_companies),
           ("one span has the same numbers in every view", test_same_numbers),
           ("words: one of a thing, the nearest name, how long", test_words),
           ("companies: the whole watch list on the map", test_whole_watch_list),
           ("why a label, on demand", test_explanation),
           ("how new each report is", test_novelty),
           ("every number is a link to what it counts", test_every_number),
           ("a row says one thing", test_one_thing_in_a_row)])
