// What an alert rests on: numbers and stories. Shared by the dashboard and the page of one alert.
import {element, fact, plural, signed, titleNode, tone} from "./dom.js";

function probability(p) {
  if (p === null || p === undefined) return "–";
  return p < 0.001 ? p.toExponential(1).replace("e-", " × 10⁻").replace(/⁻(\d+)$/, (_, digits) => "⁻" + [...digits].map((d) => "⁰¹²³⁴⁵⁶⁷⁸⁹"[d]).join("")) : p.toPrecision(2);
}

function fromSources(evidence) {
  if (evidence.single_source) return `, all from ${evidence.single_source}`;
  return evidence.source_count > 1 ? ` from ${evidence.source_count} sources` : "";
}

export function evidenceFacts(evidence) {
  const list = element("dl", {class: "facts"});
  const told = evidence.expected === null;  // a grave story: nothing was expected
  if (evidence.observed !== undefined && !told) list.append(fact("observed", `${evidence.observed} in ${evidence.window}`));
  if (evidence.stories !== undefined) list.append(fact("mean of", plural(evidence.stories, "story", "stories")));
  if (evidence.expected !== undefined && !told) list.append(fact("expected", Number(evidence.expected).toPrecision(2)));
  if (Array.isArray(evidence.interval)) list.append(fact("usual range", `${evidence.interval[0]} to ${evidence.interval[1]}`));
  if (evidence.p_value !== undefined && evidence.p_value !== null) list.append(fact("chance", probability(evidence.p_value)));
  if (evidence.calendar) list.append(fact("calendar", evidence.calendar.map((entry) => `${entry.name} (${entry.day})`).join(", ")));
  if (evidence.story_count !== undefined) list.append(fact("stories", `${evidence.story_count} in ${plural(evidence.document_count, "document")}${fromSources(evidence)}`));
  if (evidence.warming) list.append(fact("rule", "still warming up"));
  return list;
}

export function stories(evidence) {
  const list = element("ol", {class: "stories"});
  for (const story of evidence.top_stories || []) {
    list.append(element("li", {},
      element("span", {class: `score ${tone(story.sentiment)}`}, signed(story.sentiment)),
      element("span", {class: "story"}, titleNode(story.title, story.url),
        ...(story.event ? [element("span", {class: `risk ${story.gravity}`}, ` ${story.gravity}: ${story.event}`)] : []),
        element("span", {class: "source"}, story.documents > 1 ? ` ${story.source} and ${story.documents - 1} more` : ` ${story.source}`))));
  }
  return list;
}
