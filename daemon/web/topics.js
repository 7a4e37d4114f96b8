// The topics: a card with a small chart for each, and the large chart of the selected one.
import {SeriesChart, sparkline} from "./chart.js";
import {byId, element, formatClock, formatCount, formatDayClock, getJson, signed, tone} from "./dom.js";

const ranges = [
  {id: "6h", words: "6 h", bucket: "15m"},
  {id: "24h", words: "24 h", bucket: "1h"},
  {id: "48h", words: "48 h", bucket: "1h"},
  {id: "7d", words: "7 d", bucket: "1h"},
];

/** The points of one series as needed by the charts. */
function toPoints(series) {
  return series.points.map((point, index) => ({...point, index, t: Date.parse(point.t)}));
}

/** Documents and the mean over all stories of a series; sums are exact, so the mean of the whole is too. */
function totals(points) {
  const total = {documents: 0, stories: 0, negative_stories: 0, scored: 0, sum: 0};
  for (const point of points) {
    for (const name of Object.keys(total)) total[name] += point[name];
  }
  return {...total, mean: total.scored > 0 ? total.sum / total.scored : null};
}

export class Topics {
  constructor(onSelect) {
    this.onSelect = onSelect;
    this.names = new Map();
    this.series = new Map();
    this.alerts = [];
    this.selected = "";
    this.zone = Intl.DateTimeFormat().resolvedOptions().timeZone || "UTC";
    this.range = ranges.find((range) => range.id === localStorage.getItem("range")) || ranges[2];
    this.chart = new SeriesChart(byId("detail-chart"), (point) => this.describe(point));
    this.cards = new Map();
    this.buildRanges();
  }

  name(id) {
    return id ? this.names.get(id) || id : "All topics";
  }

  buildRanges() {
    for (const range of ranges) {
      const input = element("input", {type: "radio", name: "range", value: range.id, checked: range === this.range});
      input.addEventListener("change", () => {
        this.range = range;
        localStorage.setItem("range", range.id);
        this.refresh().catch(() => {});
      });
      byId("range").append(element("label", {}, input, element("span", {}, range.words)));
    }
  }

  async loadNames() {
    const topics = await getJson("/v1/topics?limit=1000");
    this.names = new Map(topics.items.map((topic) => [topic.id, topic.name]));
  }

  async refresh() {
    const [all, grouped] = await this.read().catch((error) => {
      if (error.status !== 400 || this.zone === "UTC") throw error;
      this.zone = "UTC";   // a browser may know a time zone that the server does not
      return this.read();
    });
    this.end = Date.parse(all.to);
    this.series = new Map();
    if (all.series.length > 0) this.series.set("", toPoints(all.series[0]));
    for (const series of grouped.series) {
      if (series.key.topic) this.series.set(series.key.topic, toPoints(series));
    }
    if (!this.series.has(this.selected)) this.selected = "";
    this.drawCards();
    this.drawDetail();
  }

  read() {
    const query = `/v1/sentiment?from=-${this.range.id}&bucket=${this.range.bucket}&tz=${encodeURIComponent(this.zone)}`;
    return Promise.all([getJson(query), getJson(`${query}&group_by=topic`)]);
  }

  /** alerts: the items of /v1/alerts; those about one topic shade its chart. */
  setAlerts(alerts) {
    this.alerts = alerts.filter((alert) => alert.state !== "pending").map((alert) => ({
      topic: alert.key.topic || "",
      from: Date.parse(alert.started_at),
      to: alert.ended_at ? Date.parse(alert.ended_at) : Date.now(),
      open: alert.state === "firing",
    }));
    this.drawCards();
    this.drawDetail();
  }

  drawCards() {
    const order = [...this.series.entries()].map(([id, points]) => ({id, points, total: totals(points)}));
    order.sort((a, b) => (a.id === "" ? -1 : b.id === "" ? 1 : b.total.documents - a.total.documents || a.id.localeCompare(b.id)));
    const grid = byId("topics");
    const wanted = order.map((entry) => this.card(entry));
    if (wanted.some((card, i) => grid.children[i] !== card) || grid.children.length !== wanted.length) {
      const focused = document.activeElement;
      grid.replaceChildren(...wanted);
      if (wanted.includes(focused)) focused.focus();
    }
  }

  card({id, points, total}) {
    let card = this.cards.get(id);
    if (!card) {
      card = element("button", {type: "button", class: "topic", "data-topic": id});
      card.addEventListener("click", () => this.select(id));
      this.cards.set(id, card);
    }
    const open = this.alerts.some((alert) => alert.open && alert.topic === id && id !== "");
    card.classList.toggle("firing", open);
    card.setAttribute("aria-pressed", String(id === this.selected));
    const words = `${this.name(id)}: mean ${signed(total.mean)}, ${total.stories} stories`;
    card.replaceChildren(
      element("span", {class: "topic-head"}, element("span", {class: "topic-name"}, this.name(id)), element("span", {class: `score ${tone(total.mean)}`}, signed(total.mean))),
      sparkline(points, words),
      element("span", {class: "topic-foot"}, `${formatCount(total.stories)} stories · ${formatCount(total.negative_stories)} negative`),
    );
    return card;
  }

  select(id) {
    this.selected = id;
    for (const [key, card] of this.cards) card.setAttribute("aria-pressed", String(key === id));
    this.drawDetail();
    this.onSelect(id);
  }

  drawDetail() {
    const points = this.series.get(this.selected);
    byId("detail-title").textContent = this.name(this.selected);
    if (!points) return;
    const total = totals(points);
    byId("detail-note").textContent = `last ${this.range.words}: mean ${signed(total.mean)} over ${formatCount(total.stories)} stories, ${formatCount(total.documents)} documents`;
    const alerts = this.alerts.filter((alert) => this.selected === "" || alert.topic === this.selected);
    this.chart.show({label: `Sentiment of ${this.name(this.selected)} over the last ${this.range.words}; arrow keys read it point by point`, points, end: this.end, alerts});
  }

  describe(point) {
    const readout = byId("detail-readout");
    if (!point) {
      readout.textContent = " ";
      return;
    }
    const from = this.range.id === "6h" ? formatClock(point.t) : formatDayClock(point.t);
    const error = point.stderr === null ? "" : ` ± ${point.stderr.toFixed(2)}`;
    const mean = point.mean === null ? "no scored story" : `mean ${signed(point.mean)}${error}`;
    const open = point.complete ? "" : " · still open";
    const model = point.models ? ` · model ${point.models.join(" and ")}` : "";
    readout.textContent = `${from} · ${mean} · ${point.documents} documents, ${point.stories} stories, ${point.negative_stories} of them negative${open}${model}`;
  }
}
