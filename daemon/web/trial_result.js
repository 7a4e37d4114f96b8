// What a tried rule would have done: its alerts beside the budget and those of a running rule, the chart, and the TOML.
import {changed, go} from "./address.js";
import {difference, seriesId} from "./alert_difference.js";
import {catalogue, names} from "./catalogue.js";
import {ChartPanel} from "./chart_panel.js";
import {byId, element, fact, fillSelect, formatCount, plural} from "./dom.js";
import {toml} from "./rule_text.js";
import {readSentiment, toPoints} from "./series.js";
import {coarseBucket} from "./span.js";
import {duration, formatDayClock, formatFull, timeZone} from "./time.js";

const shownRows = 50;
const mostPoints = 400;
const mostFiltered = 100;   // companies that the API takes in a filter
const marks = {gained: "+", same: "=", lost: "−"};

const perWeek = (rate) => (rate === 0 || rate >= 10 ? formatCount(Math.round(rate)) : rate.toPrecision(2));

/** "Halden Bank · Earnings"; "all together" for the empty key. */
function seriesWords(key) {
  const parts = ["entity", "topic", "source"].filter((name) => key[name]).map((name) => (names[name] ? names[name](key[name]) : key[name]));
  return parts.join(" · ") || "all together";
}

/** What the documents of a series are, for /v1/sentiment, which knows no tags: their companies stand for them. */
function selectionOf(where = {}, key) {
  const tagged = where.tag ? catalogue.entities.filter((one) => one.tags.some((tag) => where.tag.includes(tag))).map((one) => one.id) : null;
  const entities = tagged ? (where.entity || tagged).filter((id) => tagged.includes(id)) : where.entity || [];
  const lists = {topic: where.topic || [], entity: entities.length > mostFiltered ? [] : entities, source: where.source || []};
  for (const name of Object.keys(lists)) {
    if (key[name]) lists[name] = [key[name]];
  }
  return {topic: lists.topic.join(","), entity: lists.entity.join(","), source: lists.source};
}

const words = (alert) => `${formatDayClock(Date.parse(alert.started_at))}: ${alert.summary || alert.rule}`;

export class TrialResult {
  constructor() {
    this.panel = new ChartPanel(byId("try-panel"), "try",
      {lanes: [["tried", "tried: alerts that it would have fired"], ["live", "live: alerts of the running rule"]], zoom: false});
    byId("try-series").addEventListener("change", (event) => go(changed({series: event.target.value})));
    byId("try-all").addEventListener("click", () => {
      this.whole = true;
      this.drawRows();
      byId("try-rows").rows[shownRows]?.querySelector("a").focus();
    });
    byId("try-copy").addEventListener("click", () => this.copy());
  }

  clear() {
    byId("trial-result").hidden = true;
    this.trial = null;
  }

  async show(trial, values) {
    const series = values.series || "";
    if (this.trial === trial && this.zone === timeZone()) {
      if (byId("try-series").value !== series) byId("try-series").focus();   // a link far below it has chosen another one
    } else {
      if (this.trial !== trial) this.whole = false;
      this.trial = trial;
      this.zone = timeZone();
      this.draw();
    }
    await this.drawChart(trial, series);
  }

  draw() {
    const {trial} = this;
    byId("trial-result").hidden = false;
    this.rows = difference(trial.answer.alerts, trial.running, Date.parse(trial.answer.to), trial.rule.measure === "story");
    if (this.isCut()) this.rows = this.rows.filter((row) => row.change !== "lost" || row.from <= Date.parse(trial.answer.alerts.at(-1)?.started_at));
    this.drawFacts();
    this.drawRows();
    byId("try-toml").textContent = toml(trial.rule);
    byId("try-toml-note").textContent = `For the configuration of the daemon${trial.compared === trial.rule.name ? ", in place of the rule of that name" : ""}; tapewatch check reads it, and a reload takes it over.`;
    byId("try-copied").textContent = "";
  }

  /** Only the first of its alerts are listed. */
  isCut() {
    return this.trial.answer.alert_count > this.trial.answer.alerts.length;
  }

  drawFacts() {
    const {answer, took, running, compared, rule} = this.trial;
    const judged = answer.weeks > 0;
    const nodes = [fact("alerts", formatCount(answer.alert_count))];
    if (judged) nodes.push(fact("a week", perWeek(answer.per_week)));
    if (rule.measure !== "story") nodes.push(fact("budget a week", perWeek(answer.budget_per_week)));
    nodes.push(fact("series judged", formatCount(answer.series)), fact("documents", formatCount(answer.documents)), fact("took", `${took.toFixed(1)} s`));
    if (running) {
      const count = (change) => formatCount(this.rows.filter((row) => row.change === change).length);
      nodes.push(fact(`against ${compared}`, `${count("gained")} gained, ${count("same")} same, ${count("lost")} lost`));
    }
    byId("try-facts").replaceChildren(...nodes);
    const [from, to] = [Date.parse(answer.from), Date.parse(answer.to)];
    const length = answer.weeks < 1 ? duration(from, to) : `${answer.weeks.toFixed(1)} weeks`;
    const notes = [judged ? `Judged: ${formatDayClock(from)} to ${formatDayClock(to)}, ${length}, what is stored of it under the present model.`
      : "Nothing is stored in this time under the present model, so nothing was judged."];
    if (answer.skipped > 0) notes.push(`${plural(answer.skipped, "document")} of another model left out: tapewatch rescore scores them anew.`);
    if (rule.measure !== "story" && judged) notes.push("The budget is what chance may raise; alerts of real events come on top.");
    if (this.isCut()) notes.push(`The first ${formatCount(answer.alerts.length)} alerts are listed${running ? " and compared" : ""}.`);
    byId("try-judged").textContent = notes.join(" ");
  }

  drawRows() {
    const rows = this.whole ? this.rows : this.rows.slice(0, shownRows);
    byId("try-rows").replaceChildren(...rows.map((row) => this.row(row)));
    byId("try-all").hidden = rows.length === this.rows.length;
    byId("try-all").textContent = `Show all ${formatCount(this.rows.length)}`;
    byId("try-table").hidden = this.rows.length === 0;
    byId("try-table").classList.toggle("compared", this.trial.running !== null);
    byId("try-none").textContent = this.rows.length === 0 ? "No alert in this time." : "";
  }

  row({change, alert, running, series, from, to}) {
    const summary = alert.summary || alert.rule;
    const link = running ? element("a", {href: `/alerts/${encodeURIComponent(running.id)}`}, summary) : summary;
    const cell = (name, ...content) => element("td", {class: name, role: "cell"}, ...content);   // said outright: on a telephone it is no table to CSS
    return element("tr", {class: change, role: "row"},
      element("th", {scope: "row", role: "rowheader"}, element("time", {datetime: alert.started_at, title: formatFull(from)}, formatDayClock(from))),
      cell("mark", ...(change ? [element("span", {"aria-hidden": "true"}, marks[change]), element("span", {class: "mark-word"}, ` ${change}`)] : [])),
      cell("of", element("a", {href: changed({series})}, seriesWords(alert.key))),
      cell("lasted", alert.ended_at ? duration(from, to) : "still open"),
      cell("what", link));
  }

  /** The series of the chart; its alerts alone are drawn, or those of all. */
  async drawChart(trial, chosen) {
    const series = new Map([["", {}], ...this.rows.map((row) => [row.series, row.alert.key])]);
    const key = series.get(chosen) || Object.fromEntries(new URLSearchParams(chosen));
    const known = [...series].map(([id, one]) => [id, id === "" ? "all series together" : seriesWords(one)]).sort((a, b) => (a[0] === "" ? -1 : b[0] === "" ? 1 : a[1].localeCompare(b[1])));
    fillSelect(byId("try-series"), known, chosen);
    const {answer, rule, running, compared} = trial;
    const judged = answer.weeks > 0;
    byId("try-charted").hidden = !judged;
    if (!judged) return;
    const [bucket] = coarseBucket(Date.parse(answer.to) - Date.parse(answer.from), mostPoints);
    const found = await readSentiment({...selectionOf(rule.where, key), from: answer.from, to: answer.to, bucket});
    if (this.trial !== trial || byId("try-series").value !== chosen) return;
    const spans = (of) => this.rows.filter((row) => of(row) && (chosen === "" || row.series === chosen)).map((row) => ({from: row.from, to: row.to, words: words(row.alert)}));
    const tried = spans((row) => row.change !== "lost");
    const lanes = [{name: "tried", kind: "tried", spans: tried}];
    if (running) {
      const live = running.filter((alert) => chosen === "" || seriesId(alert.key) === chosen);
      lanes.push({name: "live", kind: "live", spans: live.map((alert) => ({from: Date.parse(alert.started_at), to: alert.ended_at ? Date.parse(alert.ended_at) : Date.parse(answer.to), words: words(alert)}))});
    }
    const counts = lanes.map((lane) => `${lane.name}: ${plural(lane.spans.length, "alert")}`).join(", ");
    this.panel.show({label: `Sentiment of ${chosen === "" ? "all series together" : seriesWords(key)}; ${counts}${running ? ` of ${compared}` : ""}; arrow keys read it point by point`,
      points: found.series.length > 0 ? toPoints(found.series[0]) : [], end: Date.parse(found.to), alerts: tried, lanes});
  }

  /** A page that came over plain HTTP from elsewhere has no clipboard of its own: then what is selected is copied. */
  async copy() {
    const text = byId("try-toml").textContent;
    const copied = navigator.clipboard ? await navigator.clipboard.writeText(text).then(() => true, () => false) : false;
    if (!copied) getSelection().selectAllChildren(byId("try-toml"));
    byId("try-copied").textContent = copied || document.execCommand("copy") ? "Copied." : "It is selected: copy it with the keyboard.";
  }
}
