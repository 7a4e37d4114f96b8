#!/usr/bin/env bash
# Standard Webhooks' own Python library, PyPI's standardwebhooks 1.1.0, signs another instant than the one it is given,
# unless that is in UTC: sign() replaces the time zone of an aware datetime where it ought to convert it. PyPI's svix hands
# its signing to this library.
#   seen: the same instant in UTC, Berlin and New York, with its Unix seconds in webhook-timestamp: the library verifies its
#   own signature in the first case and finds "No matching signature" in the two others.
# A sender that keeps local times is refused by every receiver, and the secret is suspected. Convert to UTC before sign(); a
# receiver that sees a fresh timestamp and a wrong signature off by whole hours has found this.
. "$(dirname "${BASH_SOURCE[0]}")/packages.sh"
with_python standardwebhooks==1.1.0 tzdata==2026.6
cat >"$scratch/sign.py" <<'PY'
import datetime, zoneinfo
from standardwebhooks import Webhook, WebhookVerificationError
webhook = Webhook("whsec_" + "c2VjcmV0IG9mIHRoZSBuZXdzIGRlc2s=")
now = datetime.datetime.now(datetime.timezone.utc).replace(microsecond=0)
for zone in ("UTC", "Europe/Berlin", "America/New_York"):
    instant = now.astimezone(zoneinfo.ZoneInfo(zone))
    assert instant == now
    headers = {"webhook-id": "msg_1", "webhook-timestamp": str(int(instant.timestamp())),
               "webhook-signature": webhook.sign("msg_1", instant, "{}")}
    try:
        webhook.verify("{}", headers)
        print(zone, "verified")
    except WebhookVerificationError as error:
        print(zone, error)
PY
timeout 60 python3 "$scratch/sign.py" >"$scratch/seen"
seen() { sed -n "s,^$1 ,,p" "$scratch/seen"; }
expect "signed at an instant in UTC" "$(seen UTC)" "verified"
expect "the same instant in Berlin" "$(seen Europe/Berlin)" "No matching signature found"
expect "the same instant in New York" "$(seen America/New_York)" "No matching signature found"
