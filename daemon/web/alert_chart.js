// The chart of an alert, drawn at the width that there is: what was counted, what its rule expected, how long it lasted.
import {element, getJson, signed, svg} from "./dom.js";
import {formatClock, formatDayClock, timeZone} from "./time.js";

const margin = {left: 38, right: 10, top: 8, bottom: 40};
const height = 230;
const letter = 7;   // pixels, of the labels; somewhat more than most take

/** The least round number that is not below. */
function roundUp(value) {
  const power = 10 ** Math.floor(Math.log10(value));
  return [1, 2, 3, 4, 5, 6, 8, 10].map((step) => step * power).find((one) => one >= value - 1e-9);
}

const number = (value, mean) => (mean ? signed(value) : String(Number(value.toPrecision(3))));

function layout(width, {points, from, to, mean}) {
  const begin = Date.parse(from);
  const end = Date.parse(to);
  const inner = width - margin.left - margin.right;
  const lowest = mean ? -1 : 0;
  const highest = mean ? 1 : roundUp(Math.max(4, ...points.flatMap((p) => [p.value ?? 0, p.high ?? 0, p.expected ?? 0])));
  const bottom = height - margin.bottom;
  const clamp = (value) => Math.min(highest, Math.max(lowest, value));
  return {width, bottom, lowest, highest, step: inner / Math.max(1, points.length),
    x: (index) => margin.left + (index * inner) / Math.max(1, points.length),
    time: (t) => margin.left + (Math.min(end, Math.max(begin, t)) - begin) / (end - begin) * inner,
    y: (value) => bottom - (clamp(value) - lowest) / (highest - lowest) * (bottom - margin.top)};
}

function axes(at, {points, from, to, mean}) {
  const group = svg("g", {class: "axes"});
  const middle = (at.lowest + at.highest) / 2;
  for (const value of [at.lowest, at.highest, ...(mean || Number.isInteger(middle) ? [middle] : [])]) {
    group.append(svg("line", {class: value === 0 && mean ? "zero" : "grid", x1: margin.left, x2: at.width - margin.right, y1: at.y(value), y2: at.y(value)}),
      svg("text", {x: margin.left - 6, y: at.y(value) + 4, "text-anchor": "end"}, mean && value !== 0 ? signed(value, 0) : String(value)));
  }
  const days = Date.parse(to) - Date.parse(from) > 20 * 3600e3;
  const every = Math.max(1, Math.ceil(points.length / Math.max(2, Math.floor(at.width / (days ? 120 : 75)))));
  let taken = 0;   // up to here there is a label
  for (let i = 0; i < points.length; i += every) {
    const words = i === 0 || days ? formatDayClock(Date.parse(points[i].t)) : formatClock(Date.parse(points[i].t));
    const width = words.length * letter;
    const from = i === 0 ? at.x(i) : at.x(i) - width / 2;
    if (from < taken || from + width > at.width) continue;
    taken = from + width + letter;
    group.append(svg("line", {class: "grid", x1: at.x(i), x2: at.x(i), y1: at.bottom, y2: at.bottom + 4}),
      svg("text", {x: at.x(i), y: at.bottom + 18, "text-anchor": i === 0 ? "start" : "middle"}, words));
  }
  group.append(svg("text", {class: "zone", x: at.width - margin.right, y: height - 4, "text-anchor": "end"}, timeZone()));
  return group;
}

/** The band as one shape for each run of stretches in which it is known; the expected level as steps. */
function expectation(at, points) {
  const group = svg("g", {class: "expectation"});
  let upper = "";
  let lower = "";
  let line = "";
  const close = () => {
    if (upper) group.append(svg("path", {class: "usual-band", d: `${upper}${lower}Z`}));
    upper = lower = "";
  };
  points.forEach((p, i) => {
    const [from, to] = [at.x(i).toFixed(1), at.x(i + 1).toFixed(1)];
    if (p.expected !== null) line += `M${from} ${at.y(p.expected).toFixed(1)}H${to}`;
    if (p.low === null || p.high === null) return close();
    upper += `${upper ? "L" : "M"}${from} ${at.y(p.high).toFixed(1)}H${to}`;
    lower = `L${to} ${at.y(p.low).toFixed(1)}H${from}${lower}`;
  });
  close();
  group.append(svg("path", {class: "expected", d: line}));
  return group;
}

function values(at, {points, mean}) {
  const group = svg("g", {class: mean ? "mean" : "bars"});
  let line = "";
  points.forEach((p, i) => {
    if (p.value === null) return;
    const x = at.x(i) + at.step / 2;
    if (mean) {
      line += `${line && points[i - 1]?.value !== null ? "L" : "M"}${x.toFixed(1)} ${at.y(p.value).toFixed(1)}`;
      group.append(svg("circle", {cx: x.toFixed(1), cy: at.y(p.value).toFixed(1), r: 2}));
    } else if (p.value > 0) {
      const width = Math.max(1, at.step * 0.72);
      const top = at.y(p.value);
      group.append(svg("rect", {class: p.high !== null && p.value > p.high ? "beyond" : "usual", x: (x - width / 2).toFixed(1), y: top.toFixed(1), width: width.toFixed(1), height: (at.bottom - top).toFixed(1)}));
    }
  });
  if (mean) group.append(svg("path", {d: line}));
  return group;
}

function pointWords(p, {mean}) {
  const usual = p.low === null ? "" : `, usual ${number(p.low, mean)} to ${number(p.high, mean)}`;
  const expected = p.expected === null ? "" : `, expected ${number(p.expected, mean)}`;
  return `${formatDayClock(Date.parse(p.t))}: ${p.value === null ? "no data" : `${mean ? "mean " : ""}${number(p.value, mean)}`}${expected}${usual}`;
}

class AlertChart {
  constructor(place, readout) {
    this.place = place;
    this.readout = readout;
    new ResizeObserver(() => this.draw()).observe(place);
    place.addEventListener("pointermove", (event) => this.at && this.select(Math.floor((event.clientX - place.getBoundingClientRect().left - margin.left) / this.at.step)));
    place.addEventListener("pointerleave", () => this.select(null));
    place.addEventListener("keydown", (event) => this.key(event));
  }

  show(series) {
    this.series = series;
    this.draw();
  }

  draw() {
    const width = Math.floor(this.place.clientWidth);
    if (!this.series || width < 80) return;
    const {points, started_at: started, ended_at: ended} = this.series;
    const at = this.at = layout(width, this.series);
    const root = svg("svg", {viewBox: `0 0 ${width} ${height}`, width, height, "aria-hidden": "true"});
    const from = at.time(Date.parse(started));
    const to = ended ? at.time(Date.parse(ended)) : width - margin.right;
    root.append(svg("rect", {class: "alerted", x: from, y: margin.top, width: Math.max(2, to - from), height: at.bottom - margin.top}),
      axes(at, this.series), expectation(at, points), values(at, this.series));
    this.mark = svg("line", {class: "cursor", y1: margin.top, y2: at.bottom, visibility: "hidden"});
    root.append(this.mark);
    this.place.replaceChildren(root);
  }

  key(event) {
    if (!this.series) return;
    const last = this.series.points.length - 1;
    const now = this.cursor ?? last + 1;
    const next = {ArrowLeft: now - 1, ArrowRight: now + 1, Home: 0, End: last}[event.key];
    if (next === undefined) return;
    event.preventDefault();
    this.select(Math.min(last, Math.max(0, next)));
  }

  select(index) {
    const point = this.series?.points[index];
    this.cursor = point ? index : null;
    this.readout.textContent = point ? pointWords(point, this.series) : this.series?.caption || "";
    if (!this.mark) return;
    this.mark.setAttribute("visibility", point ? "visible" : "hidden");
    for (const name of ["x1", "x2"]) this.mark.setAttribute(name, point ? this.at.x(index) + this.at.step / 2 : 0);
  }
}

/** A figure that reads its numbers once it is seen. `pass`: what a signed link carries. */
export function alertChart(alert, pass = "") {
  const id = `chart-${alert.id}`;
  const place = element("div", {class: "chart", tabindex: "0", role: "img", "aria-describedby": id, "aria-label": `Chart: ${alert.summary || alert.rule}; arrow keys read it`});
  const readout = element("span", {id, role: "status"});
  const chart = new AlertChart(place, readout);
  const seen = new IntersectionObserver(async (entries) => {
    if (!entries.some((entry) => entry.isIntersecting)) return;
    seen.disconnect();
    try {
      chart.show(await getJson(`/v1/alerts/${encodeURIComponent(alert.id)}/chart.json${pass}`));
      chart.select(null);
    } catch (error) {
      readout.textContent = `The chart could not be read: ${error.message}`;
    }
  });
  seen.observe(place);
  return element("figure", {class: "alert-chart"}, place, element("figcaption", {class: "readout"}, readout));
}
