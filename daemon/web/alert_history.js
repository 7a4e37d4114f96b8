// Every alert that there ever was: filtered, newest first, page after page.
import {acknowledgementText, suppressionText} from "./actions.js";
import {addressOf, changed, go, severities, states} from "./address.js";
import {undeliveredMark} from "./alerts.js";
import {names} from "./catalogue.js";
import {readUndelivered, undeliveredByAlert} from "./deliveries.js";
import {appendPage, byId, element, fillSelect, getJson, pageWords, withQuery} from "./dom.js";
import {age, duration, formatDayClock, formatFull} from "./time.js";

const pageSize = 50;

export class AlertHistory {
  constructor() {
    this.generation = 0;
    byId("more-alerts").addEventListener("click", () => this.more());
    for (const name of ["rule", "state", "severity"]) {
      byId(`${name}-filter`).addEventListener("change", (event) => go(changed({[name]: event.target.value})));
    }
  }

  async show(values, span) {
    const generation = ++this.generation;
    const {rule, state, severity, topic, entity, source} = values;
    const timed = values.range || values.from || values.to;
    const query = {rule, state, severity, topic, entity, source, from: timed ? span.from : "", to: timed ? span.to : "", limit: pageSize};
    fillSelect(byId("state-filter"), [["", "all states"], ...states.map((one) => [one, one])], state || "");
    fillSelect(byId("severity-filter"), [["", "all severities"], ...severities.map((one) => [one, one])], severity || "");
    const [rules, page, undelivered] = await Promise.all([getJson("/v1/rules"), getJson(withQuery("/v1/alerts", query)), readUndelivered()]);
    if (generation !== this.generation) return;
    fillSelect(byId("rule-filter"), [["", "all rules"], ...rules.items.map((one) => [one.name, one.name])], rule || "");
    byId("history-try").hidden = !rules.items.some((one) => one.name === rule);
    byId("history-try").href = addressOf({view: "try", rule, base: rule});
    this.about([["topic", topic && names.topic(topic)], ["entity", entity && names.entity(entity)], ["source", source]]);
    this.query = query;
    this.undelivered = undeliveredByAlert(undelivered);
    this.time = timed ? span.words : "at any time";
    this.items = page.items;
    this.cursor = page.next_cursor;
    this.draw();
  }

  /** What the alerts are about, if the address says so; each can be taken away. */
  about(filters) {
    byId("history-about").replaceChildren(...filters.filter(([, words]) => words).map(([name, words]) =>
      element("a", {class: "chip", href: changed({[name]: ""}), "aria-label": `about ${words}: show all`}, `${words} ✕`)));
  }

  /** The list from its beginning: what is further down stays until it is asked for again. */
  async refresh(values, span) {
    if (byId("more-alerts").disabled) return;   // which is being read
    if (!this.items || this.items.length <= pageSize) await this.show(values, span);
  }

  more() {
    return appendPage(this, "/v1/alerts", {...this.query, cursor: this.cursor}, {button: "more-alerts", title: "history-title", note: "history-note"});
  }

  refused() {
    this.items = null;
    byId("alert-history").replaceChildren();
    byId("more-alerts").hidden = true;
    byId("history-note").textContent = "This cannot be shown: see above.";
  }

  draw() {
    byId("alert-history").replaceChildren(...this.items.map((alert) => this.row(alert)));
    byId("more-alerts").hidden = this.cursor === null;
    byId("history-note").textContent = pageWords(this, "No alert matches");
  }

  row(alert) {
    const from = Date.parse(alert.started_at);
    const lasted = alert.ended_at ? `for ${duration(from, Date.parse(alert.ended_at))}` : `since ${age(from)}`;
    const meta = element("p", {class: "when"},
      element("span", {class: `state ${alert.state}`}, alert.state), element("span", {class: "severity"}, alert.severity),
      element("a", {href: changed({rule: alert.rule})}, alert.rule),
      element("time", {datetime: alert.started_at, title: formatFull(from)}, formatDayClock(from)), element("span", {}, lasted));
    if (alert.reason) meta.append(element("span", {}, alert.reason));
    if (alert.late) meta.append(element("span", {}, "late: no notification was sent"));
    if (alert.suppressed_by) meta.append(element("span", {}, suppressionText(alert.suppressed_by)));
    meta.append(...undeliveredMark(this.undelivered.get(alert.id)));
    if (alert.acknowledgement) meta.append(element("span", {class: "acknowledged"}, acknowledgementText(alert.acknowledgement)));
    return element("li", {class: `alert ${alert.state} ${alert.severity}`},
      element("h3", {}, element("a", {href: `/alerts/${encodeURIComponent(alert.id)}`}, alert.summary || alert.rule)), meta);
  }
}
