// Where the news of a selection comes from and what it is about: its sources, topics and companies, the most first.
import {behind, changed} from "./address.js";
import {names} from "./catalogue.js";
import {element, formatCount, plural, signed, tone} from "./dom.js";
import {readSentiment, totals} from "./series.js";
import {fineBucket} from "./span.js";

const dimensions = [["source", "Top sources", (id) => id], ["topic", "Top topics", names.topic], ["entity", "Top companies", names.entity]];
const shown = 8;

function row(parameter, id, name, total) {
  const list = (changes, what, words) => element("a", {href: behind({[parameter]: id, ...changes}), "aria-label": `${name}: ${what}`}, words);
  return element("tr", {},
    element("th", {scope: "row"}, element("a", {href: changed({[parameter]: id})}, name)),
    element("td", {}, list({}, plural(total.documents, "document"), formatCount(total.documents))),
    element("td", {}, list({label: "negative"}, plural(total.negative, "negative document"), formatCount(total.negative))),
    element("td", {}, total.mean === null ? element("span", {class: "score"}, "no data")
      : list({behind: "scored"}, `mean ${signed(total.mean)} of ${plural(total.scored, "story", "stories")}`, element("span", {class: `score ${tone(total.mean)}`}, signed(total.mean)))));
}

const whole = new Set();   // the tables of which somebody wants to see all

function showAll(parameter, rows, body) {
  if (rows.length <= shown || whole.has(parameter)) return null;
  const button = element("button", {type: "button"}, `Show all ${rows.length}`);
  button.addEventListener("click", () => {
    whole.add(parameter);
    body.append(...rows.slice(shown));
    rows[shown].querySelector("a").focus();
    button.remove();
  });
  return button;
}

function table(parameter, title, nameOf, series) {
  const all = series.filter((one) => one.key[parameter]).map((one) => ({id: one.key[parameter], total: totals(one.points)})).filter((one) => one.total.documents > 0);
  all.sort((a, b) => b.total.documents - a.total.documents || a.id.localeCompare(b.id));
  if (all.length === 0) return null;
  const heads = ["", "documents", "negative", "mean"].map((words) => (words ? element("th", {scope: "col"}, words) : element("td", {})));
  const rows = all.map(({id, total}) => row(parameter, id, nameOf(id), total));
  const body = element("tbody", {}, ...(whole.has(parameter) ? rows : rows.slice(0, shown)));
  return element("div", {class: "panel"}, element("h3", {}, title),
    element("table", {class: "figures-table", "data-of": parameter}, element("thead", {}, element("tr", {}, ...heads)), body), showAll(parameter, rows, body));
}

export class Breakdown {
  constructor(place) {
    this.place = place;
  }

  /** series: the topic, company and source of the selection; what is chosen already is not broken down. */
  async read(series, span) {
    const open = dimensions.filter(([parameter]) => !series[parameter]);
    const query = {...series, from: span.from, to: span.to, bucket: fineBucket(span.length)[0], fill: "none"};
    const answers = await Promise.all(open.map(([parameter]) => readSentiment({...query, group_by: parameter})));
    this.place.replaceChildren(...open.map(([parameter, title, nameOf], i) => table(parameter, title, nameOf, answers[i].series)).filter(Boolean));
  }

  clear() {
    this.place.replaceChildren();
  }
}
