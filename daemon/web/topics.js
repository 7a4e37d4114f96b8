// The topics of the overview: a card with a small chart for each, and the large chart of all.
import {viewAddress} from "./address.js";
import {names} from "./catalogue.js";
import {sparkline} from "./chart.js";
import {ChartPanel} from "./chart_panel.js";
import {byId, element, formatCount, plural, signed, tone} from "./dom.js";
import {alertSpan, readSentiment, toPoints, totals, wasAlert} from "./series.js";
import {sharedBucket} from "./span.js";

export class Topics {
  constructor() {
    this.series = new Map();   // by topic; "": all
    this.alerts = [];
    this.panel = new ChartPanel(byId("detail-panel"), "detail");
    this.cards = new Map();
  }

  async refresh(span) {
    const query = {from: span.from, to: span.to, bucket: sharedBucket(span.length)[0]};
    const [all, grouped] = await Promise.all([readSentiment(query), readSentiment({...query, group_by: "topic"})]);
    this.span = span;
    this.end = Date.parse(all.to);
    this.series = new Map([["", all.series.length > 0 ? toPoints(all.series[0]) : []]]);
    for (const series of grouped.series) {
      if (series.key.topic) this.series.set(series.key.topic, toPoints(series));
    }
    this.draw();
  }

  /** alerts: the items of /v1/alerts; those about one topic mark its card. */
  setAlerts(alerts) {
    this.alerts = alerts.filter(wasAlert).map(alertSpan);
    if (this.span) this.draw();
  }

  draw() {
    const order = [...this.series.entries()].filter(([id]) => id !== "").map(([id, points]) => ({id, points, total: totals(points)}));
    order.sort((a, b) => b.total.documents - a.total.documents || a.id.localeCompare(b.id));
    const grid = byId("topics");
    const wanted = order.map((entry) => this.card(entry));
    if (wanted.some((card, i) => grid.children[i] !== card) || grid.children.length !== wanted.length) {
      const focused = document.activeElement;
      grid.replaceChildren(...wanted);
      if (wanted.includes(focused)) focused.focus();
    }
    byId("topics-note").textContent = `Mean sentiment, ${this.span.words}, −1 to +1. A gap means no scored story.`;
    this.drawDetail();
  }

  card({id, points, total}) {
    let card = this.cards.get(id);
    if (!card) {
      card = element("a", {class: "topic", "data-topic": id});
      this.cards.set(id, card);
    }
    card.href = viewAddress({topic: id});
    card.classList.toggle("firing", this.alerts.some((alert) => alert.open && alert.topic === id));
    const words = `${names.topic(id)}: mean ${signed(total.mean)}, ${plural(total.stories, "story", "stories")}`;
    card.replaceChildren(
      element("span", {class: "topic-head"}, element("span", {class: "topic-name"}, names.topic(id)), element("span", {class: `score ${tone(total.mean)}`}, signed(total.mean))),
      sparkline(points, words),
      element("span", {class: "topic-foot"}, `${plural(total.stories, "story", "stories")} · ${formatCount(total.negative_stories)} negative`),
    );
    return card;
  }

  drawDetail() {
    const points = this.series.get("");
    const total = totals(points);
    const list = (behind, words) => element("a", {href: viewAddress({behind})}, words);
    const mean = total.mean === null ? "no data" : list("scored", `mean ${signed(total.mean)}`);
    byId("detail-note").replaceChildren(`${this.span.words}: `, mean, " over ", list("stories", plural(total.stories, "story", "stories")), ", ",
      list("documents", plural(total.documents, "document")));
    this.panel.show({label: `Sentiment of all topics, ${this.span.words}; arrow keys read it point by point, with Shift they choose a part that Enter shows, + and − zoom`, points, end: this.end, alerts: this.alerts});
  }
}
