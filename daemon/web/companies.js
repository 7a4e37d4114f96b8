// The companies of the watch list: which have moved the most, how each went over time, and the way to the page of each.
import {viewAddress} from "./address.js";
import {catalogue, names} from "./catalogue.js";
import {byId, element, formatCount, signed, tone} from "./dom.js";
import {heatMap} from "./heatmap.js";
import {readSentiment, toPoints, totals} from "./series.js";
import {coarseBucket, withEarlier} from "./span.js";

const fewest = 3;      // scored stories in each half: below, a mean says little
const shownMovers = 6;
const shownRows = 15;

const score = (mean) => element("span", {class: `score ${tone(mean)}`}, mean === null ? "no data" : signed(mean));
const link = (id) => element("a", {href: viewAddress({entity: id})}, names.entity(id));

/** Companies by the change of their mean against as much time before. */
function movers(series, middle) {
  const halves = series.map(({id, points}) => ({id, before: totals(points.filter((p) => p.t < middle)), now: totals(points.filter((p) => p.t >= middle))}));
  const judged = halves.filter(({before, now}) => before.scored >= fewest && now.scored >= fewest);
  const moved = judged.map((one) => ({...one, change: one.now.mean - one.before.mean}));
  return moved.sort((a, b) => Math.abs(b.change) - Math.abs(a.change) || a.id.localeCompare(b.id)).slice(0, shownMovers);
}

function moverRow({id, before, now, change}) {
  return element("li", {}, element("span", {class: "mover-name"}, link(id)),
    element("span", {class: `change ${change < 0 ? "falls" : "rises"}`}, `${change < 0 ? "▼" : "▲"} ${signed(change)}`),
    element("span", {class: "source"}, `from ${signed(before.mean)} (n = ${before.scored}) to ${signed(now.mean)} (n = ${now.scored})`));
}

export class Companies {
  constructor() {
    byId("company-search").addEventListener("input", () => this.drawList());
    new ResizeObserver(() => this.drawMap()).observe(byId("heat-map"));
  }

  async show(span) {
    const wide = withEarlier(span);
    const [bucket, size] = coarseBucket(span.length, 48);
    const answer = await readSentiment({from: wide.from, to: wide.to, bucket, group_by: "entity", fill: "none"});
    this.span = span;
    this.size = size;
    this.end = Date.parse(answer.to);
    this.middle = this.end - Math.ceil(span.length / size) * size;
    const series = answer.series.filter((one) => one.key.entity).map((one) => ({id: one.key.entity, points: toPoints(one)}));
    this.now = series.map(({id, points}) => ({id, points: points.filter((p) => p.t >= this.middle)})).map((one) => ({...one, total: totals(one.points)}));
    this.now.sort((a, b) => b.total.stories - a.total.stories || a.id.localeCompare(b.id));
    const moved = movers(series, this.middle);
    byId("movers-note").textContent = `Mean of the ${span.words} against as long before; companies with ${fewest} scored stories in both.`;
    byId("movers").replaceChildren(...moved.map(moverRow));
    if (moved.length === 0) byId("movers").append(element("li", {class: "empty"}, `No company has ${fewest} scored stories in both.`));
    byId("map-note").textContent = `${span.words}; the ${shownRows} companies with the most stories. Empty: no scored story.`;
    this.drawMap();
    this.drawList();
  }

  drawMap() {
    if (!this.now) return;
    const rows = this.now.filter((one) => one.total.stories > 0).slice(0, shownRows);
    const width = byId("heat-map").clientWidth;
    const columns = width > 640 ? 24 : 8;
    byId("heat-map").replaceChildren(rows.length > 0 ? heatMap(rows, {from: this.middle, to: this.end, bucket: this.size, columns}, link) : element("p", {class: "empty"}, "No story about a company in this time."));
  }

  drawList() {
    if (!this.now) return;
    const wanted = byId("company-search").value.trim().toLowerCase();
    const known = new Map(this.now.map((one) => [one.id, one.total]));
    const found = catalogue.entities.filter((one) => [one.name, one.id, one.ticker || "", ...one.tags].some((words) => words.toLowerCase().includes(wanted)));
    found.sort((a, b) => (known.get(b.id)?.stories || 0) - (known.get(a.id)?.stories || 0) || a.name.localeCompare(b.name));
    const rows = found.slice(0, 200).map((one) => {
      const total = known.get(one.id);
      return element("tr", {}, element("th", {scope: "row"}, link(one.id), one.ticker ? element("span", {class: "source"}, ` ${one.ticker}`) : null, one.watched ? null : element("span", {class: "source"}, " no longer watched")),
        element("td", {}, formatCount(total?.stories || 0)), element("td", {}, formatCount(total?.negative_stories || 0)),
        element("td", {}, score(total ? total.mean : null)));
    });
    byId("company-list").replaceChildren(...rows);
    byId("company-note").textContent = found.length === 0 ? (catalogue.entities.length === 0 ? "No watch list is configured (ingest.entities.watchlist)." : "No company matches.")
      : found.length > rows.length ? `the first ${rows.length} of ${formatCount(found.length)}` : `${formatCount(found.length)} companies, ${this.span.words}`;
  }
}
