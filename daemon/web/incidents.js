// When the numbers are not what they seem: the list of it, and the marks on a chart.
import {appendPage, byId, element, getJson, pageWords, plural, withQuery} from "./dom.js";
import {duration, formatDayClock, formatFull} from "./time.js";

const pageSize = 50;
const mostMarks = 1000;

const kinds = {source_down: "not reached", ingestion_paused: "ingestion paused", daemon_down: "tapewatch was stopped", clock_jump: "the clock jumped",
  late_backlog: "came late", model_changed: "another model", rules_changed: "other rules", dead_lettered: "could not be read"};
const wordsOf = ({kind, source}) => `${source ? `${source}: ` : ""}${kinds[kind] || kind}`;

/** The incidents of a chart: [{from, to, words}]; of a source those that concern it. */
export async function readMarks(from, to, source) {
  const query = {from: new Date(from).toISOString(), to: new Date(to).toISOString(), source, limit: mostMarks};
  const page = await getJson(withQuery("/v1/incidents", query));
  return page.items.map((one) => ({from: Date.parse(one.from), to: one.to ? Date.parse(one.to) : Date.now(), words: wordsOf(one)}));
}

/** What lies within a bucket, in words. */
export function marksWithin(marks, from, to) {
  return [...new Set(marks.filter((mark) => mark.from < to && mark.to > from).map((mark) => mark.words))].join("; ");
}

const documents = (n) => (n === null ? "" : ` · ${plural(n, "document")}`);

function row(incident) {
  const from = Date.parse(incident.from);
  const lasted = incident.to ? (Date.parse(incident.to) - from < 1000 ? "" : ` for ${duration(from, Date.parse(incident.to))}`) : " and still is";
  return element("li", {"data-kind": incident.kind},
    element("time", {datetime: incident.from, title: formatFull(from)}, formatDayClock(from)),
    element("span", {}, element("b", {}, wordsOf(incident)), lasted, documents(incident.documents),
      incident.detail ? element("span", {class: "source"}, ` ${incident.detail}`) : null));
}

export class Incidents {
  constructor() {
    this.generation = 0;
    byId("more-incidents").addEventListener("click", () => this.more());
  }

  async show(values, span) {
    const generation = ++this.generation;
    const timed = values.range || values.from || values.to;
    this.query = {from: timed ? span.from : "", to: timed ? span.to : "", limit: pageSize};
    const page = await getJson(withQuery("/v1/incidents", this.query));
    if (generation !== this.generation) return;
    this.time = timed ? span.words : "at any time";
    this.items = page.items;
    this.cursor = page.next_cursor;
    this.draw();
  }

  /** The list from its beginning: what is further down stays until it is asked for again. */
  async refresh(values, span) {
    if (!this.items || this.items.length <= pageSize) await this.show(values, span);
  }

  more() {
    return appendPage(this, "/v1/incidents", {...this.query, cursor: this.cursor}, {button: "more-incidents", title: "incidents-title", note: "incidents-note"});
  }

  draw() {
    byId("incidents").replaceChildren(...this.items.map(row));
    byId("more-incidents").hidden = this.cursor === null;
    byId("incidents-note").textContent = pageWords(this, "None");
  }
}
