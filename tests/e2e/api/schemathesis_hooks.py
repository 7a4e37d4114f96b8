"""What OpenAPI cannot express, for schemathesis: how the formats are written, and which parameters exclude each other."""

import json
import os

import schemathesis
from hypothesis import strategies as st
from schemathesis import GenerationMode

schemathesis.openapi.format("point-in-time", st.sampled_from(
    ["now", "-1h", "-24h", "-3d", "2026-01-01T00:00:00Z", "2026-01-01T01:00:00.5+01:00", "1767225600000"]))
schemathesis.openapi.format("moment-of-knowledge", st.sampled_from(["0", "1", "now", "-1h", "2026-01-01T00:00:00Z"]))
schemathesis.openapi.format("topic-id", st.sampled_from(os.environ["TAPEWATCH_TOPICS"].split(",")))
schemathesis.openapi.format("entity-id", st.just("halden"))  # of the watch list
schemathesis.openapi.format("source-name", st.sampled_from(os.environ["TAPEWATCH_SOURCES"].split(",")))
schemathesis.openapi.format("rule-name", st.just("negative-burst"))
schemathesis.openapi.format("risk-event", st.sampled_from(["fraud", "insolvency", "lay-offs", "recall"]))
schemathesis.openapi.format("model-version", st.just(os.environ["TAPEWATCH_MODEL"]))
schemathesis.openapi.format("time-zone", st.sampled_from(["UTC", "Europe/London", "Asia/Kolkata", "America/New_York"]))
schemathesis.openapi.format("length-of-time", st.sampled_from(["5m", "15m", "30m", "1h"]))
schemathesis.openapi.format("alarm-budget", st.sampled_from(["1 per week", "0.5 per day", "2 per year"]))
schemathesis.openapi.format("alert-limit", st.sampled_from(["5 per day", "1 per hour", "20 per week"]))
schemathesis.openapi.format("mute-time", st.sampled_from(["22:00-06:00", "sat,sun", "mon-fri", "sat 00:00-12:00"]))
schemathesis.openapi.format("one-line", st.sampled_from(["Ana Lopez", "night desk", "Zoë 李"]))
schemathesis.openapi.format("plain-text", st.sampled_from(["", "results day", "two\nlines"]))
schemathesis.openapi.format("web-address", st.sampled_from(["https://wiki.example.com/burst", "http://127.0.0.1:1/"]))
schemathesis.openapi.format("cursor", st.just(""))  # any other belongs to one query and cannot be made up


@schemathesis.serializer("application/x-ndjson")
def lines(context, value):
    return (value if isinstance(value, str) else json.dumps(value)).encode("utf-8", "surrogatepass")


@schemathesis.hook
def before_call(context, case, kwargs):
    """Conditions of a valid request: `from` lies before `to` and not too many buckets before it, `after_seq` comes
    without another order, `as_of` and the time of scoring exclude what they cannot be asked for with, `entity_label` needs
    `entity`, and a rule names companies and tags of the watch list and calendars of the configuration, which
    are not known here; what depends on other keys of a rule is left out."""
    if case.meta is None or case.meta.generation.mode is not GenerationMode.POSITIVE:
        return
    body = kwargs.get("json", case.body)
    if case.operation.path == "/v1/rescore" and isinstance(body, dict) and body.get("from") is not None:
        body["to"] = None
    if case.operation.path == "/v1/backtest" and isinstance(body, dict):
        if body.get("from") == "now" or body.get("to", "now") != "now":
            body.update({"from": "-3d", "to": "now"})
        for name in ("entity", "tag"):
            body.get("rule", {}).get("where", {}).pop(name, None)
        body.get("rule", {}).pop("calendar", None)
        body.get("rule", {}).pop("escalate", None)  # its severity depends on the rule's
        body.get("rule", {}).pop("mute", None)  # a list may cover the whole week
    if case.operation.path == "/v1/silences" and isinstance(body, dict):  # one end, which lies ahead
        body.pop("to", None)
        body.update({"from": "now", "duration": "1h"})
    query = case.query
    if not query:
        return
    if case.operation.path == "/v1/alerts/why-not":  # the series that the rule has
        for name in ("key", "topic", "source"):
            query.pop(name, None)
        query["entity"] = "halden"
    if "from" in query and query.get("to", "now") != "now":
        del query["to"]
    if query.get("from") == "now":
        del query["from"]
    if query.get("bucket", "auto") != "auto" and "from" in query:
        query["from"] = "-1h"
    if query.get("time") == "scored":
        query.pop("as_of", None)
        query.pop("model", None)
    if "entity" not in query:
        query.pop("entity_label", None)
    if "as_of" in query:
        query.pop("model", None)
    if "behind" in query:  # of one series, as it is now
        query.pop("after_seq", None)
        if "entity" in query:
            query["entity"] = "halden"
    if "after_seq" in query:
        query.pop("order", None)
