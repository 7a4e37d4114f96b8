"""Feeds over real TLS into the real executable: the good ones stored once, the bad ones named, everything else continues."""

import datetime
import email.utils
import json
import os
import re
import shutil
import sys
from xml.sax.saxutils import escape

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "support"))
import news  # noqa: E402
from feed_server import Authority, Page, Pouring, Publisher, bomb, redirect, status, trickling  # noqa: E402
from tapewatch_process import Folder, Receiver, Tapewatch, free_port, run_tests, test_secret, wait_for  # noqa: E402

BINARY = sys.argv[1]


def ago(**delta):
    return datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(**delta)


def rss_item(number, title, at, extra=""):
    return (f"<item><guid isPermaLink='false'>{number}</guid><title>{escape(title)}</title>"
            f"<link>https://news.example/{number}</link><pubDate>{email.utils.format_datetime(at)}</pubDate>{extra}</item>")


def rss(items):
    return "<?xml version='1.0'?><rss version='2.0'><channel><title>t</title><language>en</language>" + \
        "".join(items) + "</channel></rss>"


def atom(entries):
    return "<?xml version='1.0'?><feed xmlns='http://www.w3.org/2005/Atom' xml:lang='en'><title>t</title>" + "".join(
        f"<entry><id>urn:{n}</id><title>{escape(title)}</title><link href='https://agency.example/{n}'/>"
        f"<updated>{at.isoformat()}</updated></entry>" for n, title, at in entries) + "</feed>"


def rdf(items):
    return "<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#' xmlns='http://purl.org/rss/1.0/' " \
        "xmlns:dc='http://purl.org/dc/elements/1.1/'><channel rdf:about='x'><title>t</title></channel>" + "".join(
            f"<item rdf:about='https://bank.example/{n}'><title>{escape(title)}</title><dc:date>{at.isoformat()}</dc:date></item>"
            for n, title, at in items) + "</rdf:RDF>"


def json_feed(items):
    return json.dumps({"version": "https://jsonfeed.org/version/1.1", "title": "t", "language": "en", "items": [
        {"id": n, "title": title, "content_html": "<p>More of it.</p>", "date_published": at.isoformat()}
        for n, title, at in items]})


def feed_block(name, url, ca_file, **more):
    settings = {"name": name, "url": url, "interval": "1s", "timeout": "15s", "max_backoff": "2s", "max_hint": "1s",
                "host_spacing": "10ms", **({"ca_file": ca_file} if ca_file else {}), **more}
    return "[[ingest.feed]]\n" + "".join(f"{key} = {json.dumps(value)}\n" for key, value in settings.items())


def config(folder, port, feeds, more=""):
    folder.file("watchlist.csv", news.WATCHLIST)
    return f'''
[daemon]
data_dir = "{folder.path}"
listen = ["127.0.0.1:{port}"]
[storage]
min_free = "1MiB"
[ingest.entities]
watchlist = "watchlist.csv"
{more}
''' + "".join(feeds)


def documents(daemon):
    items, cursor = [], ""
    while True:
        page = daemon.get(f"/v1/documents?from=-30d&limit=1000{cursor}")
        items += page["items"]
        if not page["next_cursor"]:
            return items
        cursor = "&cursor=" + page["next_cursor"]


def per_source(daemon):
    counts = {}
    for document in documents(daemon):
        counts[document["source"]] = counts.get(document["source"], 0) + 1
    return counts


def rolled_up(daemon):
    series = daemon.get("/v1/sentiment?from=-30d&bucket=1d")["series"]
    return sum(point["documents"] or 0 for line in series for point in line["points"])


def coverage(daemon, source=""):
    """The coverage of the current hour: of one source, or of all polled sources."""
    answer = daemon.get("/v1/sentiment?from=-1m&bucket=1h" + (f"&source={source}" if source else ""))
    return answer["series"][0]["points"][-1]["coverage"]


def sources(daemon):
    return {source["name"]: source["health"] for source in daemon.get("/v1/sources")["items"]}


def counted(metrics, metric, **labels):
    """The value of the sample with these labels; 0 when there is none."""
    for line in metrics.splitlines():
        if line.startswith(f"tapewatch_{metric}{{") and all(f'{k}="{v}"' in line for k, v in labels.items()):
            return float(line.split()[-1])
    return 0.0


def test_good_feeds_beside_bad_ones():
    with Folder("feeds") as folder:
        authority = Authority(folder.file("ca"))
        good = authority.certificate("good", ["localhost"])
        expired = authority.certificate("expired", ["localhost"], end="20200102000000Z")
        stranger = authority.certificate("stranger", ["feeds.example.com"])
        with Publisher(good) as site, Publisher(expired) as late_site, Publisher(stranger) as other_site:
            titles = [f"Regional bank number {i} reports steady deposits" for i in range(12)]
            stories = [rss_item(i, title, ago(minutes=60 - i)) for i, title in enumerate(titles)]
            page = Page(rss(stories))
            pouring = Pouring(300_000_000)
            site.pages = {
                "/rss.xml": page,
                "/atom.xml": Page(atom([(i, f"Agency story {i} on cotton exports", ago(minutes=i)) for i in range(5)])),
                "/rdf.xml": Page(rdf([(i, f"Central bank paper {i} on wages", ago(hours=i)) for i in range(4)]), "text/html"),
                "/feed.json": Page(json_feed([(f"j{i}", f"Shipping note {i} for the week", ago(minutes=i)) for i in range(3)]),
                                   "application/json", compress=False),
                "/old.xml": redirect(301, "/moved.xml"),
                "/moved.xml": Page(rss([rss_item("m", "Exchange extends opening hours", ago(minutes=3))])),
                "/mixed.xml": Page(rss([rss_item("empty", " ", ago(minutes=5)),
                                        rss_item("long", "x" * 1_000_000, ago(minutes=4)),
                                        rss_item("fine", "Insurer lifts payout", ago(minutes=3))])),
                "/latin.xml": Page(rss([rss_item("l", "Züricher Börse öffnet später", ago(minutes=2))])
                                   .encode("latin-1"), "text/xml; charset=utf-8"),
                "/error.xml": status(500), "/page.html": Page("<!doctype html><html><body>Welcome</body></html>", "text/html"),
                "/huge.xml": pouring, "/endless.xml": trickling, "/bomb.xml": bomb(),
                "/gone.xml": status(410), "/loop.xml": redirect(302, "/loop.xml"),
            }
            late_site.pages = other_site.pages = site.pages
            port, ca = free_port(), authority.file
            feeds = [feed_block(name, site.url(path), ca) for name, path in (
                ("wire", "/rss.xml"), ("agency", "/atom.xml"), ("bank", "/rdf.xml"), ("ships", "/feed.json"),
                ("moved", "/old.xml"), ("mixed", "/mixed.xml"), ("latin", "/latin.xml"), ("error", "/error.xml"),
                ("page", "/page.html"), ("huge", "/huge.xml"), ("bomb", "/bomb.xml"),
                ("gone", "/gone.xml"), ("loop", "/loop.xml"), ("missing", "/missing.xml"))]
            feeds += [feed_block("endless", site.url("/endless.xml"), ca, timeout="2s"),
                      feed_block("expired", late_site.url("/rss.xml"), ca),
                      feed_block("stranger", other_site.url("/rss.xml"), ca),
                      feed_block("untrusted", site.url("/rss.xml"), ""),
                      feed_block("closed", f"https://localhost:{free_port()}/", ca),
                      feed_block("nowhere", "https://no-such-name.invalid/feed.xml", ca)]
            expected = {"wire": 12, "agency": 5, "bank": 4, "ships": 3, "moved": 1, "mixed": 1, "latin": 1}
            with Tapewatch(BINARY, folder, config(folder, port, feeds), port) as daemon:
                daemon.ready()
                wait_for("all good items", lambda: per_source(daemon) == expected)

                # Every bad feed is named: in /v1/sources with its reason, in the metrics, in the log.
                bad = {"error": "http_status", "page": "html", "huge": "too_large", "endless": "timeout",
                       "bomb": "too_large", "gone": "gone", "loop": "redirect", "missing": "http_status",
                       "expired": "tls", "stranger": "tls", "untrusted": "tls", "closed": "connect"}

                def all_counted():
                    metrics = daemon.request("/metrics")[1]
                    return all(counted(metrics, "source_errors_total", source=name, kind=kind) > 0
                               for name, kind in bad.items()) and sources(daemon)["nowhere"]["last_error"]
                wait_for("an error for every bad feed", all_counted)
                known, metrics, log = sources(daemon), daemon.request("/metrics")[1], daemon.log()
                for name, kind in bad.items():
                    assert re.search(rf"feed {name}: {kind}: ", log), f"{name} is not in the log"
                    assert known[name]["last_error"], known[name]
                assert "expired on 2020-01-02" in known["expired"]["last_error"], known["expired"]
                assert "feeds.example.com" in known["stranger"]["last_error"], known["stranger"]
                assert known["gone"]["state"] == "stopped", known["gone"]
                assert known["wire"]["state"] == "running" and known["wire"]["last_success"], known["wire"]
                assert any("charset" in w for w in known["latin"]["warnings"]), known["latin"]
                for name in expected:
                    assert counted(metrics, "source_last_success_timestamp_seconds", source=name) > 0, name
                    assert counted(metrics, "source_errors_total", source=name) == 0, name
                assert counted(metrics, "dead_letters_total", source="mixed") == 2, metrics
                assert pouring.most < 60_000_000, f"{pouring.most} bytes of a 300 MB answer were taken"

                # A dead feed is no quiet hour: what never answered is missed, what is pushed is not claimed to be heard.
                daemon.post("/v1/documents", {"source": "my-desk", "title": "Port reopens after the storm"})
                expected["my-desk"] = 1
                wait_for("coverage", lambda: coverage(daemon, "wire") == 1.0 and coverage(daemon, "error") == 0.0)
                assert 0.0 < coverage(daemon) < 1.0, coverage(daemon)
                assert coverage(daemon, "my-desk") is None

                # Conditional: further polls are 304 and change nothing.
                seen = page.not_modified
                wait_for("304 answers", lambda: page.not_modified >= seen + 2)
                assert per_source(daemon) == expected
                assert rolled_up(daemon) == sum(expected.values())

                # A new item and a correction: one document more, one revised, nothing counted twice.
                corrected = rss_item(3, "Regional bank number 3 corrects its deposits", ago(minutes=57))
                page.set(rss([rss_item("new", "Regional bank number 99 joins the index", ago(seconds=1))] +
                             stories[:3] + [corrected] + stories[4:]))
                expected["wire"] = 13
                wait_for("the new item", lambda: per_source(daemon) == expected)
                wait_for("the correction", lambda: any("corrects" in d["title"] for d in documents(daemon)))
                assert rolled_up(daemon) == sum(expected.values())

                code, seconds = daemon.terminate()
                assert code == 0 and seconds < 5, (code, seconds)

            # A restart asks with the validators that were committed, and stores nothing again.
            before = len(site.asked("/rss.xml"))
            with Tapewatch(BINARY, folder, config(folder, port, feeds), port) as daemon:
                daemon.ready()
                wait_for("polls after the restart", lambda: len(site.asked("/rss.xml")) > before + 2)
                # "untrusted" asks for the same page but never gets as far as a request.
                assert all("If-None-Match" in headers for headers in site.asked("/rss.xml")[before:])
                assert per_source(daemon) == expected
                assert rolled_up(daemon) == sum(expected.values())
                assert daemon.terminate()[0] == 0


def test_feed_in_webhook_out():
    secret = test_secret()
    with Folder("feed-alert") as folder, Receiver(secret) as receiver:
        authority = Authority(folder.file("ca"))
        with Publisher(authority.certificate("good", ["localhost"])) as site:
            calm = [rss_item(d["id"], d["title"], datetime.datetime.fromisoformat(d["published_at"].replace("Z", "+00:00")))
                    for d in news.quiet_hours(ago(minutes=10))]
            page = Page(rss(calm))
            site.pages = {"/wire.xml": page}
            port = free_port()
            alerting = f'''
[[alerts.rule]]
name = "negative-burst"
group_by = ["entity"]
false_alarms = "1 per week"
[[alerts.webhook]]
name = "desk"
url = "{receiver.url}"
secret = "{secret}"
'''
            text = config(folder, port, [feed_block("wire", site.url("/wire.xml"), authority.file)], alerting)
            with Tapewatch(BINARY, folder, text, port) as daemon:
                daemon.ready()
                wait_for("the quiet hours", lambda: per_source(daemon) == {"wire": len(calm)})
                bad = [rss_item(d["id"], d["title"],
                                datetime.datetime.fromisoformat(d["published_at"].replace("Z", "+00:00")))
                       for d in news.burst(ago(minutes=7))]
                page.set(rss(bad + calm))  # newest first, as publishers do
                fired = wait_for("the firing webhook", lambda: receiver.of_type("alert.firing"))
                assert len(fired) == 1 and fired[0]["signature_ok"], fired
                assert fired[0]["message"]["data"]["key"] == {"entity": "halden"}, fired
                assert daemon.terminate()[0] == 0


def test_kill_loses_and_repeats_nothing():
    with Folder("feed-kill") as folder:
        authority = Authority(folder.file("ca"))
        with Publisher(authority.certificate("good", ["localhost"])) as site:
            count = 150
            site.pages = {"/wire.xml": Page(rss([rss_item(i, f"Cargo line {i} sails on schedule", ago(minutes=count - i))
                                                 for i in range(count)]))}
            port = free_port()
            text = config(folder, port, [feed_block("wire", site.url("/wire.xml"), authority.file)])
            stored = 0
            for round_number in range(3):
                with Tapewatch(BINARY, folder, text, port) as daemon:
                    daemon.ready()
                    enough = min(count, stored + count // 5)
                    wait_for("some items", lambda: len(documents(daemon)) >= enough)
                    daemon.kill()
                with Tapewatch(BINARY, folder, text, port) as daemon:
                    daemon.ready()
                    stored = len(documents(daemon))
                    daemon.kill()
            with Tapewatch(BINARY, folder, text, port) as daemon:
                daemon.ready()
                wait_for("all items", lambda: len(documents(daemon)) == count)
                polls = len(site.asked("/wire.xml"))
                wait_for("further polls", lambda: len(site.asked("/wire.xml")) > polls + 1)
                ids = [document["id"] for document in documents(daemon)]
                assert len(set(ids)) == len(ids) == count
                assert rolled_up(daemon) == count
                assert daemon.terminate()[0] == 0


if __name__ == "__main__":
    if not shutil.which("openssl"):
        print("SKIP: openssl is not installed")
        sys.exit(77)
    run_tests([("good feeds beside bad ones", test_good_feeds_beside_bad_ones),
               ("feed in, webhook out", test_feed_in_webhook_out),
               ("kill -9 loses and repeats nothing", test_kill_loses_and_repeats_nothing)])
