// Alerts of several rules above a chart: a lane for each rule, so that one sees where they agree.
import {plural, svg} from "./dom.js";

export const laneHeight = 17;
const spanHeight = 9;

/** lanes: [{name, kind, spans: [{from, to, words}]}]; `x` places a time; from `left` to `right`, the first at `top`. */
export function laneRows(lanes, {x, left, right, top}) {
  const group = svg("g", {class: "lanes"});
  lanes.forEach(({name, kind, spans}, i) => {
    const y = top + i * laneHeight;
    group.append(svg("rect", {class: "lane", x: left, y, width: right - left, height: spanHeight}));
    group.append(svg("text", {x: left - 7, y: y + spanHeight, "text-anchor": "end"}, name));
    for (const {from, to, words} of spans) {
      if (x(to) < left || x(from) > right) continue;
      const begin = Math.max(left, x(from));
      const bar = svg("rect", {class: `span ${kind}`, x: begin.toFixed(1), y, width: Math.max(3, Math.min(right, x(to)) - begin).toFixed(1), height: spanHeight});
      bar.append(svg("title", {}, words));
      group.append(bar);
    }
  });
  return group;
}

/** What of the lanes lies between two times, in words. */
export function laneWords(lanes, from, to) {
  return lanes.map(({name, spans}) => [name, spans.filter((span) => span.from < to && span.to >= from).length]).filter(([, n]) => n > 0)
    .map(([name, n]) => ` · ${name}: ${plural(n, "alert")}`).join("");
}
