// The large chart with its legend, and what the cursor is on in words.
import {SeriesChart} from "./chart.js";
import {laneWords} from "./chart_lanes.js";
import {element, plural, signed} from "./dom.js";
import {marksWithin, readMarks} from "./incidents.js";
import {formatClock, formatDayClock} from "./time.js";
import {showBetween, zoomButtons, zoomByKey} from "./zoom.js";

const legend = [["line", "mean sentiment of stories, ± standard error"], ["positive", "positive"], ["neutral", "neutral"],
  ["negative", "negative documents"], ["alerted", "alert open"], ["uncovered", "sources not reached"], ["incident", "incident"]];

function coverageWords(point) {
  if (point.coverage === null || point.coverage > 0.99) return "";
  return ` · sources reached ${Math.floor(point.coverage * 100)} % of the time`;
}

export class ChartPanel {
  /** `name`: ids begin with it; `lanes`: [kind, words] of those that the chart has, for the legend; `zoom`: another time can
   * be chosen on it. */
  constructor(container, name, {lanes = [], zoom = true} = {}) {
    this.place = element("div", {class: `chart ${zoom ? "zoomed" : ""}`, id: `${name}-chart`, tabindex: "0", role: "img", "aria-describedby": `${name}-readout`});
    this.readout = element("p", {class: "readout", id: `${name}-readout`, role: "status"});
    const keys = [...legend, ...lanes].map(([kind, words]) => element("li", {}, element("span", {class: `key ${kind}`, "aria-hidden": "true"}), words));
    container.append(this.place, this.readout, element("ul", {class: "legend", "aria-label": "Legend"}, ...keys));
    this.chart = new SeriesChart(this.place, (point) => this.describe(point), zoom ? showBetween : null);
    if (zoom) this.addZoom();
  }

  addZoom() {
    const cursor = () => (this.chart.cursor === null ? null : this.series?.points[this.chart.cursor]?.t ?? null);
    this.readout.after(zoomButtons(cursor));
    this.place.addEventListener("keydown", (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey) return;   // the browser's own zoom
      if (zoomByKey(event.key, cursor())) event.preventDefault();
    });
  }

  /** As SeriesChart has it; `source`: the one that it is about. Incidents are marked once they are read. */
  show(series) {
    this.series = {...series, incidents: this.series?.incidents || []};
    this.chart.show(this.series);
    this.mark(this.series);
  }

  async mark(series) {
    const {points, end, source} = series;
    if (points.length === 0) return;
    series.incidents = await readMarks(points[0].t, end, source).catch(() => []);   // the chart is drawn without them
    if (series === this.series) this.chart.show(series);
  }

  describe(point) {
    if (!point) {
      this.readout.textContent = " ";
      return;
    }
    const {points, end, incidents = [], lanes = []} = this.series;
    const part = this.chart.chosen();
    if (part && part.first !== part.last) {
      this.readout.textContent = `${formatDayClock(part.from)} to ${formatDayClock(part.to)} · ${this.chart.pressed === undefined ? "Enter shows it" : "let go to see it"}`;
      return;
    }
    const within = marksWithin(incidents, point.t, points[point.index + 1]?.t ?? end);
    const from = end - points[0].t <= 12 * 3600e3 ? formatClock(point.t) : formatDayClock(point.t);
    const error = point.stderr === null ? "" : ` ± ${point.stderr.toFixed(2)}`;
    const mean = point.mean === null ? "no data" : `mean ${signed(point.mean)}${error} (n = ${point.scored})`;
    const open = point.complete ? "" : " · still open";
    const model = point.models ? ` · model ${point.models.join(" and ")}` : "";
    const told = laneWords(lanes, point.t, points[point.index + 1]?.t ?? end);
    const counts = point.documents === null ? "not watched then" : `${plural(point.documents, "document")}, ${plural(point.stories, "story", "stories")}, ${point.negative_stories} of them negative`;
    this.readout.textContent = `${from} · ${mean} · ${counts}${told}${open}${coverageWords(point)}${model}${within ? ` · ${within}` : ""}`;
  }
}
