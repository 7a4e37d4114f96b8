// The companies of the watch list: which have moved the most, how each went over time, and the way to the page of each.
import {addressOf, viewAddress} from "./address.js";
import {catalogue, names} from "./catalogue.js";
import {byId, element, formatCount, plural, signed, tone} from "./dom.js";
import {heatMap} from "./heatmap.js";
import {readSentiment, toPoints, totals} from "./series.js";
import {sharedBucket, withEarlier} from "./span.js";

const fewest = 3;      // scored stories in each half: below, a mean says little
const shownMovers = 6;
const firstRows = 15;
const moreRows = 500;  // with each click: a table of more is slow to draw

const listed = (entity, from, to, behind) => addressOf({entity, from: new Date(from).toISOString(), to: to ? new Date(to).toISOString() : "", behind});
const score = (mean) => element("span", {class: `score ${tone(mean)}`}, mean === null ? "no data" : signed(mean));
const columnsOf = (place) => (place.clientWidth > 640 ? 24 : 8);
const link = (id) => element("a", {href: viewAddress({entity: id})}, names.entity(id));
const counted = (href, what, words) => element("a", {href, "aria-label": what}, words);

/** Companies by the change of their mean against as much time before. */
function movers(series, middle) {
  const halves = series.map(({id, points}) => ({id, before: totals(points.filter((p) => p.t < middle)), now: totals(points.filter((p) => p.t >= middle))}));
  const judged = halves.filter(({before, now}) => before.scored >= fewest && now.scored >= fewest);
  const moved = judged.map((one) => ({...one, change: one.now.mean - one.before.mean}));
  return moved.sort((a, b) => Math.abs(b.change) - Math.abs(a.change) || a.id.localeCompare(b.id)).slice(0, shownMovers);
}

/** `start`, `middle`, `end`: of the two times that are compared. */
function moverRow({id, before, now, change}, start, middle, end) {
  const n = (total, from, to) => counted(listed(id, from, to, "scored"), `${names.entity(id)}: n = ${total.scored}, their list`, `n = ${total.scored}`);
  return element("li", {}, element("span", {class: "mover-name"}, link(id)),
    element("span", {class: `change ${change < 0 ? "falls" : "rises"}`}, `${change < 0 ? "▼" : "▲"} ${signed(change)}`),
    element("span", {class: "source"}, 
      `from ${signed(before.mean)} (`, n(before, start, middle), `) to ${signed(now.mean)} (`, n(now, middle, end), ")"));
}

export class Companies {
  constructor() {
    this.rows = firstRows;
    this.kept = new Map();   // rows of the map
    byId("map-more").addEventListener("click", () => this.showMore());
    byId("company-search").addEventListener("input", () => this.drawList());
    new ResizeObserver(() => this.columns !== columnsOf(byId("heat-map")) && this.drawMap()).observe(byId("heat-map"));
  }

  /** What has come since; of a long watch list not so often that the page does nothing else. */
  async refresh(span) {
    const wait = this.next - performance.now();
    if (wait <= 0) return this.show(span);
    clearTimeout(this.later);
    this.later = setTimeout(() => this.show(span).catch(() => {}), wait);   // the next refresh tries again
  }

  async show(span) {
    clearTimeout(this.later);
    const begun = performance.now();
    const wide = withEarlier(span);
    const [bucket, size] = sharedBucket(span.length);
    const answer = await readSentiment({from: wide.from, to: wide.to, bucket, group_by: "entity", fill: "none"});
    this.span = span;
    this.size = size;
    this.end = Date.parse(answer.to);
    this.middle = Date.parse(span.from);
    const series = answer.series.filter((one) => one.key.entity).map((one) => ({id: one.key.entity, points: toPoints(one)}));
    this.now = series.map(({id, points}) => ({id, points: points.filter((p) => p.t >= this.middle)})).map((one) => ({...one, total: totals(one.points)}));
    this.now.sort((a, b) => b.total.stories - a.total.stories || a.id.localeCompare(b.id));
    const moved = movers(series, this.middle);
    byId("movers-note").textContent = `Mean of the ${span.words} against as long before; companies with ${fewest} scored stories in both.`;
    byId("movers").replaceChildren(...moved.map((one) => moverRow(one, Date.parse(answer.from), this.middle, span.live ? 0 : this.end)));
    if (moved.length === 0) byId("movers").append(element("li", {class: "empty"}, `No company has ${fewest} scored stories in both.`));
    this.drawMap();
    this.drawList();
    this.next = performance.now() + 10 * (performance.now() - begun);
  }

  drawMap() {
    if (!this.now) return;
    const all = this.mapped();
    const rows = this.rows === firstRows ? this.now.filter((one) => one.total.stories > 0).slice(0, firstRows) : all.slice(0, this.rows);
    const columns = this.columns = columnsOf(byId("heat-map"));
    const focused = byId("heat-map").contains(document.activeElement) ? document.activeElement : null;
    byId("heat-map").replaceChildren(rows.length > 0 ? heatMap(rows, {from: this.middle, to: this.end, bucket: this.size, columns}, link, this.kept,
      (id, from, to) => listed(id, from, to, "scored")) : element("p", {class: "empty"}, "No story about a company in this time."));
    focused?.focus({preventScroll: true});
    const which = rows.length === all.length ? `${all.length === 1 ? "" : "all "}${plural(all.length, "company", "companies")}` : `${formatCount(rows.length)} of ${formatCount(all.length)} companies, those with the most stories first`;
    byId("map-note").textContent = `${this.span.words}${rows.length > 0 ? `; ${which}` : ""}. Empty: no scored story.`;
    const next = this.nextRows();
    byId("map-more").hidden = this.rows === firstRows && rows.length === all.length;
    byId("map-more").textContent = next === firstRows ? "Show fewer" : next >= all.length ? `Show all ${formatCount(all.length)}` : `Show ${formatCount(next - rows.length)} more`;
  }

  /** The companies of the map: those with stories, the most first, then the rest of the watch list. */
  mapped() {
    const told = this.now.filter((one) => one.total.stories > 0);
    const known = new Set(told.map((one) => one.id));
    const silent = catalogue.entities.filter((one) => one.watched && !known.has(one.id)).sort((a, b) => a.name.localeCompare(b.name));
    return [...told, ...silent.map(({id}) => ({id, points: []}))];
  }

  /** How many rows of the map there are after a click; in the end the first ones again. */
  nextRows() {
    if (this.rows === firstRows) return moreRows;
    return this.rows < this.mapped().length ? this.rows + moreRows : firstRows;
  }

  showMore() {
    const before = byId("heat-map").querySelectorAll("tbody tr").length;
    this.rows = this.nextRows();
    this.drawMap();
    if (this.rows > firstRows) byId("heat-map").querySelectorAll("tbody a")[before]?.focus();
  }

  drawList() {
    if (!this.now) return;
    const wanted = byId("company-search").value.trim().toLowerCase();
    const known = new Map(this.now.map((one) => [one.id, one.total]));
    const found = catalogue.entities.filter((one) => [one.name, one.id, one.ticker || "", ...one.tags].some((words) => words.toLowerCase().includes(wanted)));
    found.sort((a, b) => (known.get(b.id)?.stories || 0) - (known.get(a.id)?.stories || 0) || a.name.localeCompare(b.name));
    const rows = found.slice(0, 200).map((one) => {
      const total = known.get(one.id);
      const list = (behind, what, words) => (total ? counted(listed(one.id, this.middle, this.span.live ? 0 : this.end, behind), `${one.name}: ${what}`, words) : words);
      return element("tr", {}, element("th", {scope: "row"}, link(one.id), one.ticker ? element("span", {class: "source"}, ` ${one.ticker}`) : null, one.watched ? null : element("span", {class: "source"}, " no longer watched")),
        element("td", {}, list("stories", plural(total?.stories || 0, "story", "stories"), formatCount(total?.stories || 0))),
        element("td", {}, list("negative_stories", plural(total?.negative_stories || 0, "negative story", "negative stories"), formatCount(total?.negative_stories || 0))),
        element("td", {}, list("scored", `mean ${signed(total?.mean)} of ${plural(total?.scored || 0, "story", "stories")}`, score(total ? total.mean : null))));
    });
    byId("company-list").replaceChildren(...rows);
    byId("company-note").textContent = found.length === 0 ? (catalogue.entities.length === 0 ? "No watch list is configured (ingest.entities.watchlist)." : "No company matches.")
      : found.length > rows.length ? `the first ${rows.length} of ${formatCount(found.length)}` : `${plural(found.length, "company", "companies")}, ${this.span.words}`;
  }
}
