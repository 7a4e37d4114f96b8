#!/usr/bin/env bash
# An event's time is optional in CloudEvents. PyPI's cloudevents 2.2.0 (both of its APIs) and npm's cloudevents 10.0.0 put
# in the reader's clock when an event without one is read, over HTTP as over Kafka, and nothing marks it as invented. npm's
# also takes data that is 0, false or "" for no data in structured mode; in binary mode it keeps it.
#   seen: the same stored event read twice has two times, both of today. "data":0 is gone, the body 0 is 0.
# A replayed topic is then fresh news on every replay, and a score of 0, which says something, becomes nothing. Look for
# the attribute in the message itself, headers or JSON, before the SDK's object is asked for its time.
. "$(dirname "${BASH_SOURCE[0]}")/packages.sh"
with_node cloudevents@10.0.0
with_python cloudevents==2.2.0 deprecation==2.1.0 packaging==26.4 python-dateutil==2.9.0.post0 six==1.17.0
cat >"$scratch/read.js" <<'JS'
const { HTTP, Kafka } = require("cloudevents");
const attributes = { id: "1", source: "/wire", type: "news", specversion: "1.0" };
const headers = (mark) => Object.fromEntries([["content-type", "application/json"],
                                              ...Object.entries(attributes).map(([name, value]) => [mark + name, value])]);
const http = () => HTTP.toEvent({ headers: headers("ce-"), body: "0" });
const kafka = () => Kafka.toEvent({ headers: headers("ce_"), value: "0" });
const structured = () => HTTP.toEvent({ headers: { "content-type": "application/cloudevents+json" },
                                        body: JSON.stringify({ ...attributes, data: 0 }) });
const today = new Date().toISOString().slice(0, 10);
const times = [http, kafka, structured].map((read) => read().time >= today ? "today" : read().time);
console.log(times.join(" "), "data:", http().data, structured().data);
JS
cat >"$scratch/read.py" <<'PY'
import datetime, json
from cloudevents.core.bindings import http, kafka
from cloudevents.v1 import http as v1
attributes = {"id": "1", "source": "/wire", "type": "news", "specversion": "1.0"}
json_type = "application/json"
binary = {"content-type": json_type, **{f"ce-{name}": value for name, value in attributes.items()}}
record = {"content-type": json_type.encode(), **{f"ce_{name}": value.encode() for name, value in attributes.items()}}
text = json.dumps({**attributes, "data": 0}).encode()
readers = [lambda: http.from_http_event(http.HTTPMessage(binary, b"0")).get_time(),
           lambda: kafka.from_kafka_event(kafka.KafkaMessage(record, None, b"0")).get_time(),
           lambda: http.from_http_event(http.HTTPMessage({"content-type": "application/cloudevents+json"}, text)).get_time(),
           lambda: datetime.datetime.fromisoformat(v1.from_http(binary, b"0")["time"]),
           lambda: datetime.datetime.fromisoformat(v1.from_json(text)["time"])]
start = datetime.datetime.now(datetime.timezone.utc)
twice = [(read(), read()) for read in readers]
print(*("now, now" if start <= first < second else f"{first}, {second}" for first, second in twice), sep="; ")
PY
expect "npm: HTTP, Kafka, structured" "$(timeout 60 node "$scratch/read.js")" "today today today data: 0 undefined"
expect "PyPI: HTTP, Kafka, structured; v1 HTTP, structured; twice each" "$(timeout 60 python3 "$scratch/read.py")" \
  "now, now; now, now; now, now; now, now; now, now"
