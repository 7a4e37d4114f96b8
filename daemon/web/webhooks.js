// Where alerts are sent: what waits for each webhook, its last answer, and what an operator can do about it.
import {answerWords, readUndelivered, stateWords} from "./deliveries.js";
import {byId, element, fact, formatCount, getJson, sendJson, withQuery} from "./dom.js";
import {age, formatDayClock} from "./time.js";

/** A button that asks for something once and says what came of it. */
function button(words, path, done, after) {
  const said = element("output", {});
  const node = element("button", {type: "button"}, words);
  node.addEventListener("click", async () => {
    node.disabled = true;
    try {
      await sendJson(path);
      said.textContent = done;
      after();
    } catch (error) {
      said.textContent = error.message;
    } finally {
      node.disabled = false;
    }
  });
  return [node, said];
}

function lastAnswer(delivery) {
  if (!delivery) return "nothing sent yet";
  const at = delivery.last_attempt_at ? `, ${age(Date.parse(delivery.last_attempt_at))} ago` : "";
  if (delivery.state === "pending" && delivery.attempts === 0) return "waiting for its first attempt";
  return `${delivery.state === "delivered" ? `delivered (${delivery.last_status})` : answerWords(delivery)}${at}`;
}

export class Webhooks {
  constructor() {
    this.nodes = new Map();   // by webhook, with its buttons, so that what they say outlives a refresh
    this.messages = new Map();
  }

  async show(mayOperate) {
    this.mayOperate = mayOperate;
    const undelivered = await readUndelivered();
    const names = [...new Set(undelivered.map((one) => one.webhook))];
    const list = mayOperate ? (await getJson("/v1/webhooks")).items : names.map((name) => ({name}));
    const last = await Promise.all(list.map((webhook) => getJson(withQuery("/v1/deliveries", {webhook: webhook.name, limit: 1}))));
    byId("webhooks-note").textContent = mayOperate ? (list.length === 0 ? "No webhook is configured: nobody is told of an alert." : "")
      : "Your token has the role read. The list of webhooks, tests and retries need the role operate; messages that have not arrived are below.";
    byId("webhooks").replaceChildren(...list.map((webhook, i) => this.webhook(webhook, last[i].items[0], undelivered)));
    byId("undelivered-title").hidden = undelivered.length === 0;
    byId("undelivered").replaceChildren(...undelivered.slice(0, 50).map((one) => this.message(one)));
  }

  /** `last`: the newest message to it. */
  webhook(webhook, last, undelivered) {
    const failing = undelivered.some((one) => one.webhook === webhook.name) || webhook.enabled === false;
    const facts = element("dl", {class: "facts"});
    if (webhook.host) facts.append(fact("to", webhook.host), fact("pending", formatCount(webhook.pending)));
    facts.append(fact("last answer", lastAnswer(last)));
    const words = webhook.enabled === false ? [element("p", {class: "trouble"}, `switched off: ${webhook.reason}`)] : [];
    return element("li", {class: `source-row ${failing ? "bad" : ""}`, "data-webhook": webhook.name},
      element("h3", {}, webhook.name, " ", element("span", {class: "source"}, webhook.format || "")), facts, ...words, this.buttons(webhook));
  }

  buttons(webhook) {
    if (!this.mayOperate) return null;
    const key = `${webhook.name} ${webhook.enabled}`;
    if (!this.nodes.has(key)) {
      const path = `/v1/webhooks/${encodeURIComponent(webhook.name)}`;
      const again = () => this.show(this.mayOperate).catch(() => {});
      this.nodes.set(key, element("p", {class: "buttons"}, ...(webhook.enabled ? button("Send a test", `${path}/test`, "A test is on its way.", again) : button("Switch on", `${path}/enable`, "Switched on.", again))));
    }
    return this.nodes.get(key);
  }

  /** What is pending is tried again by itself. */
  message(one) {
    const retry = () => {
      if (!this.mayOperate || one.state === "pending") return null;
      if (!this.messages.has(one.id)) this.messages.set(one.id, element("span", {class: "buttons"}, ...button("Retry", `/v1/deliveries/${one.id}/retry`, "It is tried again.", () => this.show(this.mayOperate).catch(() => {}))));
      return this.messages.get(one.id);
    };
    const about = one.alert ? element("a", {href: `/alerts/${encodeURIComponent(one.alert)}`}, one.type) : one.type;
    return element("li", {}, element("time", {datetime: one.created_at}, formatDayClock(Date.parse(one.created_at))),
      element("span", {}, about, ` to ${one.webhook}: ${answerWords(one)} (${stateWords(one)}) `, retry()));
  }
}
