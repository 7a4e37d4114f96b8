// Alerts with their evidence and their stories.
import {acknowledgementText, actions} from "./actions.js";
import {age, byId, element, formatDayClock, getJson, signed, titleNode, tone} from "./dom.js";

function fact(name, value) {
  return element("div", {}, element("dt", {}, name), element("dd", {}, value));
}

function probability(p) {
  if (p === null || p === undefined) return "–";
  return p < 0.001 ? p.toExponential(1).replace("e-", " × 10⁻").replace(/⁻(\d+)$/, (_, digits) => "⁻" + [...digits].map((d) => "⁰¹²³⁴⁵⁶⁷⁸⁹"[d]).join("")) : p.toPrecision(2);
}

function evidenceFacts(evidence) {
  const list = element("dl", {class: "facts"});
  const told = evidence.expected === null;  // a grave story: nothing was expected
  if (evidence.observed !== undefined && !told) list.append(fact("observed", `${evidence.observed} in ${evidence.window}`));
  if (evidence.stories !== undefined) list.append(fact("mean of", `${evidence.stories} stories`));
  if (evidence.expected !== undefined && !told) list.append(fact("expected", Number(evidence.expected).toPrecision(2)));
  if (Array.isArray(evidence.interval)) list.append(fact("usual range", `${evidence.interval[0]} to ${evidence.interval[1]}`));
  if (evidence.p_value !== undefined && evidence.p_value !== null) list.append(fact("chance", probability(evidence.p_value)));
  if (evidence.calendar) list.append(fact("calendar", evidence.calendar.map((entry) => `${entry.name} (${entry.day})`).join(", ")));
  if (evidence.story_count !== undefined) list.append(fact("stories", `${evidence.story_count} in ${evidence.document_count} documents`));
  return list;
}

function stories(evidence) {
  const list = element("ol", {class: "stories"});
  for (const story of evidence.top_stories || []) {
    list.append(element("li", {},
      element("span", {class: `score ${tone(story.sentiment)}`}, signed(story.sentiment)),
      element("span", {class: "story"}, titleNode(story.title, story.url),
        element("span", {class: "source"}, story.documents > 1 ? ` ${story.source} and ${story.documents - 1} more` : ` ${story.source}`))));
  }
  return list;
}

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

export class Alerts {
  constructor(onLoaded) {
    this.onLoaded = onLoaded;
    this.items = [];
    this.rules = [];
    this.actions = new Map();  // by alert
    setInterval(() => this.tick(), 1000);
  }

  async refresh() {
    const [page, rules] = await Promise.all([getJson("/v1/alerts?limit=20"), getJson("/v1/rules")]);
    this.items = page.items;
    this.rules = rules.items;
    this.draw();
    this.onLoaded(this.items);
  }

  draw() {
    const shown = this.items.filter((alert) => alert.state !== "pending" && !(alert.state === "resolved" && alert.reason === "not confirmed"));
    const firing = shown.filter((alert) => alert.state === "firing");
    byId("alerts-note").textContent = firing.length > 0 ? `${firing.length} firing` : shown.length > 0 ? "none firing" : "";
    document.title = firing.length > 0 ? `(${firing.length}) tapewatch` : "tapewatch";
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
    const details = element("details", {class: "evidence", open: firing || open.has(id)}, element("summary", {}, "Evidence and stories"), evidenceFacts(evidence), stories(evidence));
    const when = element("p", {class: "when"},
      element("span", {class: `state ${alert.state}`}, alert.state),
      element("span", {class: "severity"}, alert.severity),
      element("span", {}, alert.rule),
      element("span", {"data-from": alert.started_at, "data-to": alert.ended_at || ""}));
    if (alert.late) when.append(element("span", {}, "late: no notification was sent"));
    if (alert.suppressed_by) when.append(element("span", {}, `suppressed by ${alert.suppressed_by}`));
    if (alert.acknowledgement) when.append(element("span", {class: "acknowledged"}, acknowledgementText(alert.acknowledgement)));
    return element("article", {class: `alert ${alert.state} ${alert.severity}`, id, tabindex: "-1"},
      element("h3", {}, alert.summary || evidence.summary || alert.rule), when, details, this.actions.get(alert.id));
  }

  tick() {
    for (const node of document.querySelectorAll(".alert [data-from]")) {
      const from = Date.parse(node.dataset.from);
      const to = node.dataset.to ? Date.parse(node.dataset.to) : null;
      node.textContent = to === null ? `since ${formatDayClock(from)}, ${age(from)}` : `${formatDayClock(from)}, for ${age(from, to)}`;
    }
  }
}
