"""What Slack, Teams, PagerDuty and receivers of Alertmanager take, as JSON schemas written from their documentation:

Slack: docs.slack.dev, "Sending messages using incoming webhooks", "Block Kit reference", "Secondary message attachments".
Teams: learn.microsoft.com, "Create incoming webhooks with Workflows"; adaptivecards.io/explorer, version 1.4.
PagerDuty: developer.pagerduty.com, "Send an alert event" (Events API v2).
Alertmanager: prometheus.io/docs/alerting/latest/configuration, "webhook_config".

Stricter than they are where a member is not documented: it is refused, because it would be a mistake.
"""


def fields(required, **properties):
    return {"type": "object", "required": required, "properties": properties, "additionalProperties": False}


def text(least=0, most=None, **more):
    return {"type": "string", "minLength": least, **({"maxLength": most} if most else {}), **more}


def one_of(*values):
    return {"enum": list(values)}


def many(items, most=None, least=0):
    return {"type": "array", "items": items, "minItems": least, **({"maxItems": most} if most else {})}


WEB = text(1, 2000, pattern="^https?://[^\\s]+$")
TIME = text(pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$")
TEXTS = {"type": "object", "additionalProperties": text()}

SLACK_TEXT = fields(["type", "text"], type=one_of("mrkdwn", "plain_text"), text=text(1, 3000))
SLACK_IMAGE = fields(["type", "image_url", "alt_text"], type=one_of("image"), image_url=text(1, 3000, pattern="^https?://"),
                     alt_text=text(1, 2000), title=SLACK_TEXT)
SLACK_BLOCK = {"anyOf": [
    fields(["type", "text"], type=one_of("section"), text=SLACK_TEXT, fields=many(SLACK_TEXT, 10)),
    fields(["type", "elements"], type=one_of("context"), elements=many({"anyOf": [SLACK_TEXT, SLACK_IMAGE]}, 10, 1)),
    fields(["type"], type=one_of("divider")),
    SLACK_IMAGE]}
SLACK = fields(["text"], text=text(1, 40000), unfurl_links={"type": "boolean"}, blocks=many(SLACK_BLOCK, 50),
               attachments=many(fields([], color=text(pattern="^#[0-9a-f]{6}$"), fallback=text(1), image_url=WEB,
                                       blocks=many(SLACK_BLOCK, 50, 1)), 100))

CARD_COLOUR = one_of("default", "dark", "light", "accent", "good", "warning", "attention")
CARD_SPACING = one_of("default", "none", "small", "medium", "large", "extraLarge", "padding")
CARD_TEXT = fields(["type", "text"], type=one_of("TextBlock"), text=text(1), wrap={"type": "boolean"}, color=CARD_COLOUR,
                   weight=one_of("default", "lighter", "bolder"), spacing=CARD_SPACING, isSubtle={"type": "boolean"},
                   size=one_of("default", "small", "medium", "large", "extraLarge"), separator={"type": "boolean"})
CARD_IMAGE = fields(["type", "url"], type=one_of("Image"), url=WEB, altText=text(1), spacing=CARD_SPACING,
                    size=one_of("auto", "stretch", "small", "medium", "large"))
CARD_BOX = fields(["type", "items"], type=one_of("Container"), items=many({"anyOf": [CARD_TEXT, CARD_IMAGE]}, least=1),
                  separator={"type": "boolean"}, spacing=CARD_SPACING, style=one_of("default", "emphasis", "good", "attention",
                                                                                   "warning", "accent"))
CARD = fields(["type", "version", "body"], **{"$schema": one_of("http://adaptivecards.io/schemas/adaptive-card.json")},
              type=one_of("AdaptiveCard"), version=one_of("1.0", "1.1", "1.2", "1.3", "1.4"),
              body=many({"anyOf": [CARD_BOX, CARD_TEXT, CARD_IMAGE]}, least=1))
TEAMS = fields(["type", "attachments"], type=one_of("message"), attachments=many(
    fields(["contentType", "content"], contentType=one_of("application/vnd.microsoft.card.adaptive"),
           contentUrl={"type": "null"}, content=CARD), 1, 1))

PAGERDUTY_PAYLOAD = fields(
    ["summary", "source", "severity"], summary=text(1, 1024), source=text(1), component=text(), group=text(),
    severity=one_of("critical", "error", "warning", "info"), timestamp=TIME, custom_details={"type": "object"},
    **{"class": text()})
PAGERDUTY = fields(
    ["routing_key", "event_action", "dedup_key"], routing_key=text(1, 32), event_action=one_of("trigger", "acknowledge", "resolve"),
    dedup_key=text(1, 255), payload=PAGERDUTY_PAYLOAD, client=text(1), client_url=WEB,
    links=many(fields(["href", "text"], href=WEB, text=text(1))),
    images=many(fields(["src"], src=text(pattern="^https://"), href=WEB, alt=text(1))))
PAGERDUTY["if"] = {"properties": {"event_action": {"const": "trigger"}}}
PAGERDUTY["then"] = {"required": ["payload"]}

LABELS = {"type": "object", "additionalProperties": text(1), "propertyNames": {"pattern": "^[a-zA-Z_][a-zA-Z0-9_]*$"}}
ALERTMANAGER_WEBHOOK = fields(
    ["version", "groupKey", "status", "receiver", "groupLabels", "commonLabels", "commonAnnotations", "externalURL", "alerts"],
    version=one_of("4"), groupKey=text(1), truncatedAlerts={"type": "integer"}, status=one_of("firing", "resolved"),
    receiver=text(1), groupLabels=LABELS, commonLabels=LABELS, commonAnnotations=TEXTS, externalURL=text(),
    alerts=many(fields(["status", "labels", "annotations", "startsAt", "endsAt", "generatorURL", "fingerprint"],
                       status=one_of("firing", "resolved"), labels=LABELS, annotations=TEXTS, startsAt=TIME, endsAt=TIME,
                       generatorURL=text(), fingerprint=text(1)), least=1))

MOST_BYTES = {"slack": 256 * 1024, "teams": 28 * 1024, "pagerduty": 512 * 1024, "alertmanager_webhook": 1024 * 1024}
SCHEMAS = {"slack": SLACK, "teams": TEAMS, "pagerduty": PAGERDUTY, "alertmanager_webhook": ALERTMANAGER_WEBHOOK}
# What each answers when it takes a message, when it cannot read one, and when there are too many.
ANSWERS = {"slack": ((200, "ok"), (400, "invalid_payload"), (429, "rate_limited")),
           "teams": ((202, ""), (400, '{"error":{"code":"TriggerInputSchemaMismatch"}}'), (429, "")),
           "pagerduty": ((202, '{"status":"success"}'), (400, '{"status":"invalid event"}'), (429, "")),
           "alertmanager_webhook": ((200, ""), (400, ""), (429, ""))}
