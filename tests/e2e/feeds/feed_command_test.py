"""`tapewatch feed`: the real executable shows what a publisher's feed becomes, over real TLS, and stores nothing."""

import datetime
import json
import os
import shutil
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "support"))
from feed_server import Authority, Page, Publisher, redirect, status  # noqa: E402
from tapewatch_process import Folder, run_tests  # noqa: E402

BINARY = sys.argv[1]
WATCHLIST = "id,name,aliases,ticker,mic\norvane,Orvane Group,Orvane,ORVN,XLON\n"
FEED = ("<rss version='2.0'><channel><title>Desk</title><language>en</language>"
        "<item><guid>2</guid><title>Orvane cuts its dividend</title><link>/two</link>"
        "<pubDate>Fri, 27 Nov 2026 14:00:00 GMT</pubDate></item>"
        "<item><guid>1</guid><title>Port reopens</title><pubDate>about noon</pubDate></item></channel></rss>")


def feed(*arguments, **more):
    ran = subprocess.run([BINARY, "feed", *arguments], capture_output=True, text=True, timeout=60, **more)
    return ran.returncode, [json.loads(line) for line in ran.stdout.splitlines()], ran.stderr


def config_for(folder, url, ca_file, more=""):
    return folder.file("tapewatch.toml", f'''
[daemon]
data_dir = "{folder.path}"
[ingest.entities]
watchlist = "watchlist.csv"
[[ingest.feed]]
name = "desk"
url = "{url}"
ca_file = "{ca_file}"
host_spacing = "10ms"
{more}
''')


def test_over_tls_with_conditional_polls():
    with Folder("feed-command") as folder:
        authority = Authority(folder.file("ca"))
        with Publisher(authority.certificate("good", ["localhost"])) as site:
            folder.file("watchlist.csv", WATCHLIST)
            page = Page(FEED)
            site.pages = {"/old.xml": redirect(302, "/feed.xml"), "/feed.xml": page}
            config = config_for(folder, site.url("/old.xml"), authority.file)
            code, documents, errors = feed("desk", "--config", config, "--poll", "2", "--interval", "10ms")
            assert code == 0, errors
            assert [d["id"] for d in documents] == ["2", "1"], documents
            assert documents[0] == {"id": "2", "source": "desk", "title": "Orvane cuts its dividend", "body": "",
                                    "url": site.url("/two"), "published_at": "2026-11-27T14:00:00.000Z",
                                    "language": "en", "entities": ["orvane"]}, documents[0]
            # An unreadable date counts as none: the document is new now, and the command says why.
            seen = datetime.datetime.fromisoformat(documents[1]["published_at"].replace("Z", "+00:00"))
            assert abs((datetime.datetime.now(datetime.timezone.utc) - seen).total_seconds()) < 300, documents[1]
            assert "tapewatch feed: warning: " in errors and "date" in errors, errors
            assert "poll 1: 200: 2 documents, 0 refused" in errors, errors
            assert "poll 2: 304 not modified (sent If-None-Match)" in errors, errors
            assert page.not_modified == 1, page.not_modified
            assert not os.path.exists(os.path.join(folder.path, "tapewatch.db")), "something was stored"


def test_a_feed_that_cannot_be_read():
    with Folder("feed-command-bad") as folder:
        authority = Authority(folder.file("ca"))
        with Publisher(authority.certificate("good", ["localhost"])) as site:
            folder.file("watchlist.csv", WATCHLIST)
            site.pages = {"/page": Page("<!doctype html><html></html>", "text/html"), "/broken": status(500)}
            for path, reason in (("/page", "html: "), ("/broken", "http_status: status 500"),
                                 ("/absent", "http_status: status 404")):
                config = config_for(folder, site.url(path), authority.file)
                code, documents, errors = feed("desk", "--config", config)
                assert code == 1 and not documents, (path, code, documents)
                assert errors.startswith(f"tapewatch feed: {reason}"), errors
            code, documents, errors = feed(site.url("/page"))  # without the test's authority
            assert code == 1 and "tls: localhost: " in errors, errors


def test_credentials_stay_at_home():
    """The token comes from a file, goes to the feed's own origin and nowhere else: not along a redirect, not to stderr."""
    with Folder("feed-command-secret") as folder:
        authority = Authority(folder.file("ca"))
        certificate = authority.certificate("good", ["localhost"])
        with Publisher(certificate) as site, Publisher(certificate) as other:
            folder.file("watchlist.csv", WATCHLIST)
            folder.file("feed.token", "s3cret-token\n")
            site.pages = {"/moved": redirect(302, other.url("/feed.xml")), "/closed": status(401)}
            other.pages = {"/feed.xml": Page(FEED)}
            for path, expected in (("/moved", 0), ("/closed", 1)):
                config = config_for(folder, site.url(path), authority.file, 'auth = { bearer = { file = "feed.token" } }')
                code, documents, errors = feed("desk", "--config", config)
                assert code == expected, errors
                assert "s3cret" not in errors and "s3cret" not in json.dumps(documents), errors
                assert site.asked(path)[0]["Authorization"] == "Bearer s3cret-token", site.asked(path)
            asked = other.asked("/feed.xml")
            assert len(asked) == 1 and "Authorization" not in asked[0], asked


def test_a_busy_host_is_left_alone():
    with Folder("feed-command-busy") as folder:
        authority = Authority(folder.file("ca"))
        with Publisher(authority.certificate("good", ["localhost"])) as site:
            folder.file("watchlist.csv", WATCHLIST)
            site.pages = {"/feed.xml": status(429, Retry_After="120")}
            config = config_for(folder, site.url("/feed.xml"), authority.file)
            code, documents, errors = feed("desk", "--config", config, "--poll", "3", "--interval", "10ms")
            assert code == 1 and not documents, errors
            assert "localhost asks for no request before 20" in errors, errors
            assert len(site.asked("/feed.xml")) == 1, site.asked("/feed.xml")


def test_files_and_wrong_usage():
    with Folder("feed-command-files") as folder:
        path = folder.file("sample.xml", FEED)
        watchlist = folder.file("watchlist.csv", WATCHLIST)
        code, documents, errors = feed(path, "--watchlist", watchlist, "--source", "wire")
        assert code == 0 and len(documents) == 2, errors
        named = {d["id"]: d for d in documents}
        assert named["2"]["entities"] == ["orvane"] and named["2"]["source"] == "wire", documents
        code, piped, errors = feed("-", "--source", "wire", "--watchlist", watchlist, input=FEED)
        assert code == 0 and {d["id"] for d in piped} == {"1", "2"}, errors
        for arguments in ([], ["ftp://example.com/feed"], [path, "--poll", "0"], [path, "--interval", "soon"],
                          [path, "--watchlist", os.path.join(folder.path, "absent.csv")]):
            code, documents, errors = feed(*arguments)
            assert code == 2 and errors and not documents, (arguments, code, errors)


if __name__ == "__main__":
    if not shutil.which("openssl"):
        print("SKIP: openssl is not installed")
        sys.exit(77)
    run_tests([("over TLS, with conditional polls", test_over_tls_with_conditional_polls),
               ("a feed that cannot be read", test_a_feed_that_cannot_be_read),
               ("credentials stay at home", test_credentials_stay_at_home),
               ("a busy host is left alone", test_a_busy_host_is_left_alone),
               ("files and wrong usage", test_files_and_wrong_usage)])
