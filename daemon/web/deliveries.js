// Messages to webhooks that have not arrived, and what is said of them.
import {getJson, plural} from "./dom.js";
import {formatDayClock, formatSeconds} from "./time.js";

/** Those that were tried and are tried again, that were given up, and that a webhook which is switched off did not get. */
export async function readUndelivered() {
  const pages = await Promise.all([["pending", 1000], ["exhausted", 200], ["disabled", 200]].map(([state, limit]) => getJson(`/v1/deliveries?state=${state}&limit=${limit}`)));
  return pages.flatMap((page) => page.items).filter((one) => one.state !== "pending" || one.attempts > 0);
}

export function answerWords(delivery) {
  return delivery.last_error || (delivery.last_status ? `answer ${delivery.last_status}` : "no answer");
}

const attempts = (n) => plural(n, "attempt");

export function stateWords(delivery) {
  if (delivery.state === "exhausted") return `given up after ${attempts(delivery.attempts)}`;
  if (delivery.state === "disabled") return "the webhook is switched off";
  if (delivery.state === "pending" && delivery.next_attempt_at) return `${attempts(delivery.attempts)}, next ${formatSeconds(Date.parse(delivery.next_attempt_at))}`;
  if (delivery.state === "delivered" && delivery.last_attempt_at) return `delivered ${formatDayClock(Date.parse(delivery.last_attempt_at))}`;
  return delivery.state;
}

/** Of each alert the webhooks that do not have its last message: words by the alert's id. */
export function undeliveredByAlert(undelivered) {
  const found = new Map();
  for (const one of undelivered) {
    if (!one.alert) continue;
    if (!found.has(one.alert)) found.set(one.alert, new Map());
    const webhooks = found.get(one.alert);
    if (!webhooks.has(one.webhook)) webhooks.set(one.webhook, `not delivered to ${one.webhook}: ${answerWords(one)} (${stateWords(one)})`);
  }
  return new Map([...found].map(([alert, webhooks]) => [alert, [...webhooks.values()].join("; ")]));
}
