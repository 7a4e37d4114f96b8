// Why the model gives a text its label: its words by their weight, what it did not read, what it read by rule. Asked for
// one document at a time, since the model runs once more for each word.
import {element, getJson, signed} from "./dom.js";

const leftOutKinds = {cookies: "about cookies", subscription: "about a subscription", company: "about the company", outlook: "forward-looking statements",
  contact: "contacts", disclosure: "a disclosure", credits: "credits"};
const outcomes = {better: "better", equal: "as expected", worse: "worse"};
const percent = (p) => `${Math.round(p * 100)} %`;
const quoted = (text) => `“${text.length > 160 ? `${text.slice(0, 157)}…` : text}”`;

/** How a word is drawn, by its share of the strongest weight: 0 (not at all) to 3. */
function strength(weight, most) {
  const share = most > 0 ? Math.abs(weight) / most : 0;
  return share >= 0.6 ? 3 : share >= 0.3 ? 2 : share >= 0.1 ? 1 : 0;
}

function word(text, token, most, label) {
  const step = strength(token.weight, most);
  if (step === 0) return text;
  const side = token.weight > 0 ? `for ${label}` : "against";
  return element("span", {class: `token ${side} step${step}`, title: `${signed(token.weight)} ${token.weight > 0 ? "for" : "against"} ${label}`}, text,
    step > 1 ? element("sup", {}, signed(token.weight)) : null);
}

const leftOut = (text, {kind}) => element("span", {class: "left-out", title: `not read: ${leftOutKinds[kind] || kind}`}, element("span", {class: "hidden"}, "not read: "), text);

/** The text with its words marked. Places are bytes of the UTF-8 of title, line feed and body. */
function markedText({title, body, tokens, left_out: skipped = []}, label) {
  const bytes = new TextEncoder().encode(body ? `${title}\n${body}` : title);
  const text = (from, to) => new TextDecoder().decode(bytes.slice(from, to));
  const most = Math.max(0, ...tokens.map((token) => Math.abs(token.weight)));
  const marks = [...tokens.map((token) => ({...token, draw: (words) => word(words, token, most, label)})),
    ...skipped.map((span) => ({...span, draw: (words) => leftOut(words, span)}))].sort((a, b) => a.start - b.start);
  const parts = [];
  let at = 0;
  for (const mark of marks) {
    if (mark.start < at) continue;
    parts.push(text(at, mark.start), mark.draw(text(mark.start, mark.end)));
    at = mark.end;
  }
  if (at < bytes.length) parts.push(marks.length > 0 && bytes.length - at > 400 ? " … (the rest was not read)" : text(at, bytes.length));
  return element("p", {class: "explained"}, ...parts);
}

function readByRule({comparisons = [], comparisons_say: say, rules = []}) {
  const rows = comparisons.map((one) => `${quoted(one.text)} beside ${quoted(one.with.text)}: ${outcomes[one.outcome]}`);
  if (say) rows.push(`together they speak for ${say.class}, by ${signed(say.logit)}`);
  rows.push(...rules.map((rule) => `${quoted(rule.text)} speaks for ${rule.class}, by ${signed(rule.logit)}`));
  return rows.length > 0 ? [element("h4", {}, "Read by rule"), element("ul", {class: "by-rule"}, ...rows.map((words) => element("li", {}, words)))] : [];
}

function notRead({left_out: skipped = []}) {
  const rows = skipped.map(({kind, text}) => element("li", {}, `${leftOutKinds[kind] || kind}: ${quoted(text)}`));
  return rows.length > 0 ? [element("h4", {}, "Left out as boilerplate"), element("ul", {class: "by-rule"}, ...rows)] : [];
}

/** What is said of it first. `company`: [name, label] that the list is about. */
function summary(answer, company) {
  if (!answer.tokens) return "This text was not scored, so there is nothing to explain.";
  const {label, probability} = answer.explained;
  const said = answer.label === label ? "" : ` When it was stored it was ${answer.label}, by ${answer.model}.`;
  const about = company ? ` This is about the text as a whole; towards ${company[0]} it is ${company[1]}.` : "";
  const told = answer.risk ? ` It tells ${answer.risk.event} (${answer.risk.gravity}, ${percent(answer.risk.probability)}).` : "";
  return `${label}, ${percent(probability)}.${told}${said}${about}`;
}

/** The answer of GET /v1/documents/{id}?explain=1 in words and colours. */
function content(answer) {
  if (!answer.tokens) return [];
  const {label} = answer.explained;
  const key = (side, words) => element("li", {}, element("span", {class: `token ${side} step3`, "aria-hidden": "true"}, side === "against" ? "−" : "+"), words);
  return [markedText(answer, label),
    element("ul", {class: "legend"}, key(`for ${label}`, `speaks for ${label}`), key("against", `speaks against ${label}`),
      element("li", {}, "number: by how much the probability falls without the word")),
    ...notRead(answer), ...readByRule(answer)];
}

const open = new Map();   // explanations in a list that is drawn anew, by document: they outlive it

/** [button, panel] for the row of a document. `list`: the list is drawn anew while it is shown. */
export function explanation(document, {company = null, list = false} = {}) {
  const known = list ? open.get(document.id) : null;
  if (known && known.revision === document.revision) return known.nodes;
  const id = `explained-${list ? "list" : "live"}-${document.id}`;
  const said = element("p", {class: "note", role: "status"});
  const read = element("div", {});
  const panel = element("div", {id, class: "explanation", role: "group", "aria-label": "Explanation", hidden: true}, said, read);
  const button = element("button", {type: "button", class: "why", "aria-expanded": "false", "aria-controls": id}, "Explain",
    element("span", {class: "hidden"}, ` the label of “${document.title}”`));
  const nodes = [button, panel];
  button.addEventListener("click", async () => {
    panel.hidden = !panel.hidden;
    button.setAttribute("aria-expanded", String(!panel.hidden));
    if (panel.hidden) return open.delete(document.id);
    if (list) open.set(document.id, {revision: document.revision, nodes});
    if (read.hasChildNodes()) return;
    said.textContent = "The model reads it again …";
    try {
      const answer = await getJson(`/v1/documents/${encodeURIComponent(document.id)}?explain=1`);
      said.textContent = summary(answer, company);
      read.replaceChildren(...content(answer));
    } catch (error) {
      said.textContent = `It cannot be explained now: ${error.message}`;
    }
  });
  return nodes;
}

/** Of the list that is left. */
export function closeExplanations() {
  open.clear();
}
