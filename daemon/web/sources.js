// How each source is doing: when it was last reached, what went wrong, when it is asked next.
import {viewAddress} from "./address.js";
import {catalogue} from "./catalogue.js";
import {byId, element, fact, formatCount} from "./dom.js";
import {readSentiment} from "./series.js";
import {age, formatFull, formatSeconds} from "./time.js";

const polled = (source) => source.kind === "feed" || source.kind === "kafka";

/** Why a source that is polled gives nothing, or "": it was refused, falls silent, or was never reached. */
export function troubleOf(source) {
  const {state, last_success: success, last_attempt: attempt, last_error: error} = source.health;
  if (!polled(source)) return "";
  const why = error ? `: ${error}` : "";
  if (!success && (attempt || error)) return `never reached${why}`;
  if (state === "backing_off") return `not reached${why}`;
  if (state === "silent") return `answers without an item that can be read${why}`;
  if (state === "stopped") return `stopped${why}`;
  return success ? "" : "not reached yet";
}

const when = (text, ahead = false) => (text ? element("time", {datetime: text, title: formatFull(Date.parse(text))}, ahead ? formatSeconds(Date.parse(text)) : `${age(Date.parse(text))} ago`) : "never");

function coverageOf(points) {
  const known = points.filter((point) => point.coverage !== null);
  return known.length > 0 ? known.reduce((sum, point) => sum + point.coverage, 0) / known.length : null;
}

const percent = (share) => (share === null ? "–" : share === 1 ? "100 %" : `${Math.floor(share * 1000) / 10} %`);

function node(source, coverage) {
  const health = source.health;
  const trouble = troubleOf(source);
  const facts = element("dl", {class: "facts"});
  if (polled(source)) {
    facts.append(fact("last success", when(health.last_success)), fact("reached, last 24 h", percent(coverage)),
      fact(health.lag_records === null ? "next poll" : "records behind", health.lag_records === null ? when(health.next_poll, true) : formatCount(health.lag_records)));
  }
  facts.append(fact("errors", formatCount(health.errors)), fact("documents", formatCount(source.documents)), fact("last document", when(source.last_seen)));
  if (health.dead_letters > 0) facts.append(fact("dead letters", formatCount(health.dead_letters)));
  const words = [];
  if (trouble) words.push(element("p", {class: "trouble"}, trouble));
  else if (health.last_error) words.push(element("p", {class: "note"}, `last error ${health.last_error_at ? `${age(Date.parse(health.last_error_at))} ago` : ""}: ${health.last_error}`));
  words.push(...health.warnings.map((warning) => element("p", {class: "note"}, `warning: ${warning}`)));
  if (health.item_identity) words.push(element("p", {class: "note"}, `items are told apart by ${health.item_identity}`));
  const state = trouble ? "failed" : health.state === "running" ? "ok" : "";
  return element("li", {class: `source-row ${trouble ? "bad" : ""}`, "data-source": source.id},
    element("h3", {}, element("a", {href: viewAddress({source: source.id})}, source.name), " ", element("span", {class: "source"}, source.kind), " ",
      polled(source) ? element("span", {class: `chip ${state}`}, health.state.replace("_", " ")) : null), facts, ...words);
}

export class Sources {
  async show() {
    if (!this.coverage || Date.now() - this.read > 60000) await this.readCoverage();
    this.draw();
  }

  async readCoverage() {
    this.read = Date.now();
    const asked = catalogue.sources.filter(polled);
    const read = asked.slice(0, 40).map((source) => readSentiment({source: source.id, from: "-24h", bucket: "1h"}));
    const answers = await Promise.all(read);
    this.coverage = new Map(answers.map((answer, i) => [asked[i].id, answer.series.length > 0 ? coverageOf(answer.series[0].points) : null]));
  }

  /** Those that are polled first, and of these what is in trouble. */
  draw() {
    const rank = (source) => (troubleOf(source) ? 0 : polled(source) ? 1 : 2);
    const order = [...catalogue.sources].sort((a, b) => rank(a) - rank(b) || b.documents - a.documents || a.id.localeCompare(b.id));
    const bad = order.filter((source) => troubleOf(source)).length;
    const reached = catalogue.sources.filter(polled).length - bad;
    byId("sources-note").textContent = order.length === 0 ? "No source is configured, and no document has come." : `${reached} reached, ${bad} not; ${order.length - reached - bad} known from their documents only`;
    byId("sources").replaceChildren(...order.map((source) => node(source, this.coverage.get(source.id) ?? null)));
  }
}
