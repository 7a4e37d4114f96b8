// The alerts of now, with their evidence and their stories.
import {acknowledgementText, actions, suppressionText} from "./actions.js";
import {alertChart} from "./alert_chart.js";
import {readUndelivered, undeliveredByAlert} from "./deliveries.js";
import {byId, element, getJson} from "./dom.js";
import {evidenceFacts, stories} from "./evidence.js";
import {wasAlert} from "./series.js";
import {age, duration, formatDayClock} from "./time.js";

function emptyText(rules) {
  if (rules.length === 0) return "No rule is configured, so nothing can alert.";
  if (rules.every((rule) => rule.state === "waiting")) return "No alerts. The rules must see a whole hour of news before they judge any.";
  return "No alerts. What the rules watch for appears here with the reason.";
}

// What is not known yet, and for how long.
function warmingText(rules) {
  const warming = rules.filter((rule) => rule.state !== "warm");
  if (warming.length === 0) return "";
  const days = Math.ceil(Math.max(...warming.map((rule) => rule.warm_hours - rule.watched_hours)) / 24);
  const which = warming.length === rules.length ? "The rules are" : `${warming.map((rule) => rule.name).join(", ")} ${warming.length === 1 ? "is" : "are"}`;
  return `${which} warming up: for ${days} more ${days === 1 ? "day" : "days"} of news, only large surges alert.`;
}

/** Nobody may have been told: that stands beside the alert. */
export function undeliveredMark(words) {
  return words ? [element("span", {class: "undelivered"}, words)] : [];
}

export class Alerts {
  constructor(onLoaded) {
    this.onLoaded = onLoaded;
    this.items = [];
    this.rules = [];
    this.undelivered = new Map();
    this.actions = new Map();  // by alert
    this.charts = new Map();
    setInterval(() => this.tick(), 1000);
  }

  async refresh() {
    const [firing, over, rules, undelivered] = await Promise.all([getJson("/v1/alerts?state=firing&limit=100"), getJson("/v1/alerts?state=resolved&limit=20"),
      getJson("/v1/rules"), readUndelivered()]);
    this.items = [...firing.items, ...over.items];
    this.rules = rules.items;
    this.undelivered = undeliveredByAlert(undelivered);
    this.draw();
    this.onLoaded(this.items);
  }

  draw() {
    const shown = this.items.filter(wasAlert);
    const firing = shown.filter((alert) => alert.state === "firing");
    byId("alerts-note").textContent = firing.length > 0 ? `${firing.length} firing` : shown.length > 0 ? "none firing" : "";
    const order = [...firing, ...shown.filter((alert) => alert.state !== "firing")];
    const list = byId("alerts");
    if (document.activeElement?.form && list.contains(document.activeElement)) return;  // somebody is writing
    const open = new Set([...document.querySelectorAll(".alert details.evidence[open]")].map((node) => node.closest(".alert").id));
    this.actions = new Map(order.map((alert) => [alert.id, this.actions.get(alert.id) || actions(alert)]));
    list.replaceChildren(...order.map((alert) => this.node(alert, open)));
    if (order.length === 0) list.append(element("p", {class: "empty"}, emptyText(this.rules)));
    byId("rules-note").textContent = warmingText(this.rules);
    this.tick();
    this.jump();
  }

  // To the alert, or to the form, that the address names; once.
  jump() {
    if (!/^#(alert|silence)-/.test(location.hash) || this.jumped) return;
    this.jumped = true;
    const target = document.getElementById(location.hash.slice(1));
    if (target instanceof HTMLDetailsElement) target.open = true;
    target?.scrollIntoView({block: "center"});
  }

  node(alert, open) {
    const id = `alert-${alert.id}`;
    const firing = alert.state === "firing";
    const evidence = alert.evidence || {};
    const details = element("details", {class: "evidence", open: firing || open.has(id)}, element("summary", {}, "Chart, evidence and stories"), this.chart(alert), evidenceFacts(evidence), stories(evidence));
    const when = element("p", {class: "when"},
      element("span", {class: `state ${alert.state}`}, alert.state),
      element("span", {class: "severity"}, alert.severity),
      element("span", {}, alert.rule),
      element("span", {"data-from": alert.started_at, "data-to": alert.ended_at || ""}));
    if (alert.late) when.append(element("span", {}, "late: no notification was sent"));
    if (alert.suppressed_by) when.append(element("span", {}, suppressionText(alert.suppressed_by)));
    when.append(...undeliveredMark(this.undelivered.get(alert.id)));
    if (alert.acknowledgement) when.append(element("span", {class: "acknowledged"}, acknowledgementText(alert.acknowledgement)));
    return element("article", {class: `alert ${alert.state} ${alert.severity}`, id, tabindex: "-1"},
      element("h3", {}, element("a", {href: `/alerts/${encodeURIComponent(alert.id)}`}, alert.summary || evidence.summary || alert.rule)), when, details, this.actions.get(alert.id));
  }

  /** The same figure until the alert has changed: drawing the list again does not read it again. */
  chart(alert) {
    const known = this.charts.get(alert.id);
    if (known && known.sequence === alert.sequence) return known.figure;
    const figure = alertChart(alert);
    this.charts.set(alert.id, {sequence: alert.sequence, figure});
    return figure;
  }

  tick() {
    for (const node of document.querySelectorAll(".alert [data-from]")) {
      const from = Date.parse(node.dataset.from);
      const to = node.dataset.to ? Date.parse(node.dataset.to) : null;
      node.textContent = to === null ? `since ${formatDayClock(from)}, ${age(from)}` : `${formatDayClock(from)}, for ${duration(from, to)}`;
    }
  }
}
