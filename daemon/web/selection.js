// The page of a topic, a company, a source, or what a search finds: the chart, the numbers, and every document behind them.
import {addressOf, behind, current, labels, viewAddress} from "./address.js";
import {Breakdown} from "./breakdown.js";
import {names} from "./catalogue.js";
import {ChartPanel} from "./chart_panel.js";
import {DocumentList} from "./documents.js";
import {byId, element, fact, formatCount, getJson, signed, withQuery} from "./dom.js";
import {alertSpan, readSentiment, toPoints, totals, wasAlert} from "./series.js";
import {fineBucket} from "./span.js";
import {formatDayClock} from "./time.js";

const shownAlerts = 5;

function titleOf(values) {
  const parts = [];
  if (values.entity) parts.push(names.entity(values.entity));
  if (values.topic) parts.push(names.topic(values.topic));
  if (values.source) parts.push(values.source);
  if (values.story) parts.push("One story");
  if (values.q) parts.push(`“${values.q}”`);
  if (parts.length === 0) parts.push(values.label ? `${values.label} documents` : "All topics");
  return parts.join(" · ");
}

const listTitles = {stories: "The first document of each story", scored: "The first document of each story with a score",
  negative_stories: "The first document of each negative story"};

const counted = (name, value, href) => fact(name, element("a", {href}, value));

export class Selection {
  constructor() {
    this.panel = new ChartPanel(byId("selection-panel"), "selection");
    this.list = new DocumentList();
    this.breakdown = new Breakdown(byId("breakdown"));
  }

  async show(values, span) {
    const changes = JSON.stringify([values, span.words]) !== this.shown;
    if (changes) this.list.clear("loading");
    this.shown = JSON.stringify([values, span.words]);
    await this.read(values, span, changes);
  }

  async refresh(values, span) {
    if (span.live && this.shown) await this.read(values, span, false);
  }

  async read(values, span, anew) {
    const shown = this.shown;
    const {topic, entity, source} = values;
    const series = {topic, entity, source};
    const charted = !values.story && Boolean(topic || entity || source || !values.q);   // words alone have no series
    const [answer, alerts] = charted
      ? await Promise.all([readSentiment({...series, from: span.from, to: span.to, bucket: fineBucket(span.length)[0]}),
        getJson(withQuery("/v1/alerts", {...series, from: span.from, to: span.to, limit: 200}))])
      : [null, {items: []}];
    if (shown !== this.shown) return;
    const points = answer && answer.series.length > 0 ? toPoints(answer.series[0]) : [];
    const total = totals(points);
    byId("selection-title").textContent = titleOf(values);
    byId("selection-charted").hidden = !charted;
    if (charted) {
      this.drawNumbers(values, span, total);
      const told = alerts.items.filter(wasAlert);
      this.drawAlerts(told, alerts.next_cursor !== null, values);
      this.panel.show({label: `Sentiment of ${titleOf(series) || "all topics"}, ${span.words}; arrow keys read it point by point, with Shift they choose a part that Enter shows, + and − zoom`, points,
        end: Date.parse(answer.to), alerts: told.map(alertSpan), source});
    } else {
      const story = "What tells the same thing within three days is one story, and counts once.";
      byId("selection-note").textContent = values.story ? story : `${span.words}, title and text`;
    }
    // From the beginning of the first bucket, so that the list is what the numbers count.
    const query = {...series, from: answer?.from || span.from, to: span.live ? "" : answer?.to || span.to, q: values.q, story: values.story,
      [entity ? "entity_label" : "label"]: values.label, behind: values.behind === "documents" ? "" : values.behind};
    byId("documents-title").textContent = listTitles[values.behind] || "Documents";
    const known = charted && !values.q && !(values.label && query.behind) ? total[values.label || values.behind || "documents"] : 0;
    const listed = anew ? this.list.load(query, {entity, total: known}) : this.list.refresh(query, known);
    const broken = charted ? this.breakdown.read(series, span) : this.breakdown.clear();
    await Promise.all([listed, broken]);
  }

  drawNumbers(values, span, total) {
    const mean = total.mean === null ? "no data" : `${signed(total.mean)}${total.stderr === null ? "" : ` ± ${total.stderr.toFixed(2)}`}`;
    const searched = values.q ? " The chart and these numbers count all of it, whatever is searched for." : "";
    byId("selection-note").textContent = `${span.words}.${searched}`;
    const {topic, entity, source} = values;
    byId("selection-try").hidden = !(topic || entity || source);
    byId("selection-try").href = addressOf({view: "try", group_by: entity ? "entity" : topic ? "topic" : "source", topic, entity, source});
    const present = labels.filter((label) => total[label] > 0 || label === values.label);
    byId("numbers").replaceChildren(
      counted("mean of stories", `${mean} (n = ${formatCount(total.scored)})`, behind({behind: "scored"})),
      counted("stories", formatCount(total.stories), behind({behind: "stories"})),
      counted("negative stories", formatCount(total.negative_stories), behind({behind: "negative_stories"})),
      counted("documents", formatCount(total.documents), behind({behind: topic || entity || source ? "" : "documents"})),
      ...present.map((label) => counted(label, formatCount(total[label]), behind({label}))));
  }

  drawAlerts(alerts, more, values) {
    const rows = alerts.slice(0, shownAlerts).map((alert) => element("li", {},
      element("span", {class: `state ${alert.state}`}, alert.state), " ", element("a", {href: `/alerts/${encodeURIComponent(alert.id)}`}, alert.summary || alert.rule),
      element("span", {class: "source"}, ` ${formatDayClock(Date.parse(alert.started_at))}`)));
    if (alerts.length > shownAlerts || more) {
      const {topic, entity, source} = values;
      rows.push(element("li", {}, element("a", {href: viewAddress({view: "alerts", topic, entity, source})}, more ? "all alerts" : `all ${alerts.length} alerts`)));
    }
    byId("selection-alerts").replaceChildren(...rows);
  }

  remove(id) {
    this.list.remove(id);
  }

  /** The request was refused, for a reason that the page shows beside the address. */
  refused() {
    byId("selection-title").textContent = titleOf(current.values);
    this.list.clear("This cannot be shown: see above.");
  }
}

export const isSelection = (values) => !values.view && ["topic", "entity", "source", "story", "label", "behind", "q"].some((name) => values[name]);
