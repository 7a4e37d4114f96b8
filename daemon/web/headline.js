// One document as a row of a list: when, from whom, about whom, how it was scored.
import {viewAddress} from "./address.js";
import {names} from "./catalogue.js";
import {element, signed, svg, titleNode, tone} from "./dom.js";
import {formatDayClock, formatFull} from "./time.js";

/** How sure the model is of each label, as a bar. */
function probabilityBar(probabilities) {
  if (!probabilities) return null;
  const {positive, neutral, negative} = probabilities;
  const percent = (p) => `${Math.round(p * 100)} %`;
  const words = `negative ${percent(negative)}, neutral ${percent(neutral)}, positive ${percent(positive)}`;
  const bar = svg("svg", {class: "probabilities", viewBox: "0 0 100 6", width: 62, height: 6, preserveAspectRatio: "none", role: "img", "aria-label": words});
  bar.append(svg("title", {}, words));
  let x = 0;
  for (const [kind, p] of [["negative", negative], ["neutral", neutral], ["positive", positive]]) {
    bar.append(svg("rect", {class: kind, x: x.toFixed(2), y: 0, width: (p * 100).toFixed(2), height: 6}));
    x += p * 100;
  }
  return bar;
}

/** What counts in the list: of a company what is said of it, else what the text says as a whole. */
export function scoreFor(document, entity) {
  const company = entity ? (document.entities || []).find((one) => one.id === entity) : null;
  const of = company || document;
  return {sentiment: of.sentiment, label: of.label || "unscored", event: of.event, gravity: of.gravity, company: company?.name || ""};
}

/** `entity`: the company that the list is about. */
export function headlineNode(document, entity = "") {
  const score = scoreFor(document, entity);
  const link = (kind, values, words) => element("a", {class: kind, href: viewAddress(values)}, words);
  const meta = element("p", {class: "meta"}, element("span", {class: `label ${score.label}`, title: score.company ? `towards ${score.company}` : null}, score.label));
  if (score.event) meta.append(element("span", {class: `risk ${score.gravity}`}, `${score.gravity}: ${score.event}`));
  if (document.topic) meta.append(link("topic-tag", {topic: document.topic}, names.topic(document.topic)));
  meta.append(...(document.entities || []).map((one) => link("company", {entity: one.id}, one.name)));
  meta.append(link("source", {source: document.source}, document.source));
  const at = Date.parse(document.published_at);
  return element("li", {class: "headline", "data-id": document.id},
    element("div", {class: "figures"},
      element("span", {class: `score ${tone(score.sentiment, score.label)}`, title: "sentiment, −1 to +1"}, signed(score.sentiment)),
      probabilityBar(document.probabilities),
      element("time", {datetime: document.published_at, title: formatFull(at)}, formatDayClock(at))),
    element("div", {class: "words"}, element("p", {class: "line"}, titleNode(document.title, document.url)), meta));
}
