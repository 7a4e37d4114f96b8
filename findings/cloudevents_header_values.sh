#!/usr/bin/env bash
# CloudEvents' HTTP binding 1.0.2 (3.1.3.2) has senders percent-encode spaces, quotes, percent signs and everything outside
# ASCII in ce- headers, and receivers decode them. Of its own SDKs only one of the two APIs in PyPI's cloudevents 2.2.0 does
# (cloudevents.core); the other (cloudevents.v1), npm's cloudevents 10.0.0 and Go's sdk-go v2.16.2 do neither.
#   seen: "Nestlé up 5%" goes out as Nestl%C3%A9%20up%205%25 from one of the four and raw from three; the encoded form is
#   decoded by one and read as those letters by three. No error on either side.
# So a subject or an id changes with the pair of programs that carries it. Decode as the binding says, keep ids to letters
# and digits of ASCII, and prefer structured mode, where JSON carries the values.
. "$(dirname "${BASH_SOURCE[0]}")/packages.sh"
with_node cloudevents@10.0.0
with_python cloudevents==2.2.0 deprecation==2.1.0 packaging==26.4 python-dateutil==2.9.0.post0 six==1.17.0
build_go go_sdk github.com/cloudevents/sdk-go/v2@v2.16.2 <<'GO'
package main

import (
	"context"
	"fmt"
	"net/http"
	"os"

	sdk "github.com/cloudevents/sdk-go/v2"
	"github.com/cloudevents/sdk-go/v2/binding"
	binding_http "github.com/cloudevents/sdk-go/v2/protocol/http"
)

func main() {
	event := sdk.NewEvent()
	event.SetID("1")
	event.SetSource("/wire")
	event.SetType("news")
	event.SetSubject(os.Args[1])
	request, _ := http.NewRequest("POST", "http://localhost/", nil)
	if err := binding_http.WriteRequest(context.Background(), (*binding.EventMessage)(&event), request); err != nil {
		panic(err)
	}
	fmt.Println(request.Header.Get("ce-subject"))
	request.Header.Set("ce-subject", os.Args[2])
	read, err := binding.ToEvent(context.Background(), binding_http.NewMessageFromHttpRequest(request))
	if err != nil {
		panic(err)
	}
	fmt.Println(read.Subject())
}
GO
cat >"$scratch/sdk.js" <<'JS'
const { CloudEvent, HTTP } = require("cloudevents");
const [subject, encoded] = process.argv.slice(2);
const message = HTTP.binary(new CloudEvent({ id: "1", source: "/wire", type: "news", subject }));
console.log(message.headers["ce-subject"]);
message.headers["ce-subject"] = encoded;
console.log(HTTP.toEvent(message).subject);
JS
cat >"$scratch/sdk.py" <<'PY'
import sys
from cloudevents.core.bindings import http as core
from cloudevents.core.v1.event import CloudEvent
from cloudevents.v1 import conversion, http as v1
api, subject, encoded = sys.argv[1:]
attributes = {"id": "1", "source": "/wire", "type": "news", "specversion": "1.0", "subject": subject}
if api == "core":
    message = core.to_binary_event(CloudEvent(attributes, {}))
    print(message.headers["ce-subject"])
    message.headers["ce-subject"] = encoded
    print(core.from_binary_event(message).get_subject())
else:
    headers, body = conversion.to_binary(v1.CloudEvent(attributes, {}))
    print(headers["ce-subject"])
    headers["ce-subject"] = encoded
    print(v1.from_http(headers, body)["subject"])
PY
plain='Nestlé up 5%' encoded='Nestl%C3%A9%20up%205%25'
sent_and_read() { timeout 60 "$@" "$plain" "$encoded" | paste -sd'|'; }
expect "cloudevents.core sends and reads" "$(sent_and_read python3 "$scratch/sdk.py" core)" "$encoded|$plain"
expect "cloudevents.v1 sends and reads" "$(sent_and_read python3 "$scratch/sdk.py" v1)" "$plain|$encoded"
expect "npm's cloudevents sends and reads" "$(sent_and_read node "$scratch/sdk.js")" "$plain|$encoded"
expect "Go's sdk-go sends and reads" "$(sent_and_read "$scratch/go_sdk")" "$plain|$encoded"
