// One document as a row of a list: when, from whom, about whom, how it was scored.
import {viewAddress} from "./address.js";
import {names} from "./catalogue.js";
import {element, signed, svg, titleNode, tone} from "./dom.js";
import {explanation} from "./explain.js";
import {age, formatDayClock, formatFull} from "./time.js";

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

/** What counts in the list: of a company what is said of it, else what the text says as a whole. Probabilities are of the
 * same: towards a company they are not kept, and those of the text would contradict the label. */
export function scoreFor(document, entity) {
  const company = entity ? (document.entities || []).find((one) => one.id === entity) : null;
  const of = company || document;
  return {sentiment: of.sentiment, probabilities: of.probabilities, label: of.label || "unscored", event: of.event, gravity: of.gravity, company: company?.name || ""};
}

const ordinal = (n) => `${n}${["th", "st", "nd", "rd"][n % 100 > 10 && n % 100 < 14 ? 0 : n % 10] || "th"}`;

/** How new it was when it came; null: not known yet, as of what the stream has just brought. */
export function noveltyNode({novelty, at, story}) {
  if (!novelty) return null;
  if (novelty.report === 1) return element("span", {class: "novelty first"}, "first report");
  const which = novelty.report ? `${ordinal(novelty.report)} report` : "later report";
  const before = Date.parse(at) - Date.parse(novelty.first_at);
  const when = before < 60e3 ? "just before" : `${age(0, before)} before`;
  const title = `first reported ${formatFull(Date.parse(novelty.first_at))}`;
  return element("a", {class: "novelty", href: viewAddress({story, range: "5y", from: "", to: ""}), title},
    `${which} of this story, first ${when}${novelty.first_source ? ` by ${novelty.first_source}` : ""}`);
}

/** `entity`: the company that the list is about, "": none; null: no list that is drawn anew, but the live one. */
export function headlineNode(document, entity = null) {
  const score = scoreFor(document, entity);
  const link = (kind, values, words) => element("a", {class: kind, href: viewAddress(values)}, words);
  const meta = element("p", {class: "meta"}, element("span", {class: `label ${score.label}`, title: score.company ? `towards ${score.company}` : null}, score.label));
  if (score.event) meta.append(element("span", {class: `risk ${score.gravity}`}, `${score.gravity}: ${score.event}`));
  if (document.topic) meta.append(link("topic-tag", {topic: document.topic}, names.topic(document.topic)));
  meta.append(...(document.entities || []).map((one) => link("company", {entity: one.id}, one.name)));
  meta.append(link("source", {source: document.source}, document.source), noveltyNode(document) || "");
  const at = Date.parse(document.published_at);
  const explained = score.label === "unscored" ? [] : explanation(document, {company: score.company ? [score.company, score.label] : null, list: entity !== null});
  meta.append(...explained.slice(0, 1));
  return element("li", {class: "headline", "data-id": document.id},
    element("div", {class: "figures"},
      element("span", {class: `score ${tone(score.sentiment, score.label)}`, title: "sentiment, −1 to +1"}, signed(score.sentiment)),
      probabilityBar(score.probabilities),
      element("time", {datetime: document.published_at, title: formatFull(at)}, formatDayClock(at))),
    element("div", {class: "words"}, element("p", {class: "line"}, titleNode(document.title, document.url)), meta, ...explained.slice(1)));
}
