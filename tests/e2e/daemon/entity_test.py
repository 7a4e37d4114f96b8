"""One headline, two answers: what is good for one company and bad for another counts for each with its own sign, in the
document, in the series by entity and in the alerts. Runs on the built-in weights."""

import datetime
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import news  # noqa: E402
from spine import RULE, config, now, push, quiet  # noqa: E402
from tapewatch_process import Folder, Receiver, Tapewatch, free_port, run_tests, test_secret, wait_for  # noqa: E402

BINARY = sys.argv[1]
SECRET = test_secret()
# Twelve stories: each is bad for Halden Bank and good for Ostra Steel, for reasons of its own.
SPLIT = ["Halden Bank tumbles on a profit warning while Ostra Steel soars on a record order",
         "Ostra Steel rallies after a takeover bid; Halden Bank slumps on a fraud probe",
         "Halden Bank plunges on a rating downgrade as Ostra Steel jumps on a higher dividend",
         "Ostra Steel gains with its new plant, Halden Bank falls after a data breach",
         "Halden Bank slides as a regulator opens an inquiry while Ostra Steel climbs on an upgrade",
         "Ostra Steel surges on an export licence, Halden Bank sinks on loan losses",
         "Halden Bank drops after its chief resigns, Ostra Steel rises on a raised forecast",
         "Ostra Steel advances on a buyback while Halden Bank tumbles on a bond default",
         "Halden Bank crashes after failing a stress test, Ostra Steel up on strong sales",
         "Ostra Steel climbs on a subsidy as Halden Bank dives on a money laundering fine",
         "Halden Bank down on branch closures; Ostra Steel leads gainers on tariff relief",
         "Ostra Steel leaps on a contract win as Halden Bank loses depositors"]


def split_news():
    start = now() - datetime.timedelta(minutes=7)
    return [{"source": "wire", "id": f"split-{i}", "title": title,
             "published_at": news.stamp(start + datetime.timedelta(seconds=30 * i))} for i, title in enumerate(SPLIT)]


def test_two_answers():
    with Folder("entity") as folder, Receiver(SECRET) as receiver:
        port = free_port()
        with Tapewatch(BINARY, folder, config(folder, port, SECRET, receiver.url, RULE), port) as daemon:
            daemon.ready()
            assert set(push(daemon, quiet())) == {"stored"}
            assert set(push(daemon, split_news())) == {"stored"}
            fired = wait_for("the alert", lambda: receiver.of_type("alert.firing"))
            assert [r["message"]["data"]["key"] for r in fired] == [{"entity": "halden"}], fired
            document = daemon.get("/v1/documents?from=-1h&entity=ostra")["items"][0]
            found = {e["id"]: e for e in daemon.get(f"/v1/documents/{document['id']}")["entities"]}
            assert "halden" in found, found
            assert found["halden"]["entity_method"] == found["ostra"]["entity_method"] == "attention", found
            assert found["halden"]["label"] == "negative" and found["ostra"]["label"] == "positive", found
            series = daemon.get("/v1/sentiment?from=-15m&bucket=15m&group_by=entity")["series"]
            totals = {s["key"]["entity"]: [sum(p[kind] or 0 for p in s["points"]) for kind in ("positive", "negative")]
                      for s in series}
            # Two thirds right at the least: it is a model.
            assert totals["halden"][1] >= 8 and totals["ostra"][0] >= 8, totals
            assert totals["halden"][0] <= 2 and totals["ostra"][1] <= 2, totals
            assert len(receiver.of_type("alert.firing")) == 1, "good news of Ostra Steel raised an alert"
            assert daemon.terminate()[0] == 0


run_tests([("a headline good for one and bad for another has two answers", test_two_answers)])
