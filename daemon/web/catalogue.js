// What exists: topics, companies and sources, with their names.
import {getJson, withQuery} from "./dom.js";

export const catalogue = {topics: [], entities: [], sources: []};

async function readAll(path) {
  const items = [];
  let cursor = "";
  do {
    const page = await getJson(`${path}?limit=1000${cursor ? `&cursor=${encodeURIComponent(cursor)}` : ""}`);
    items.push(...page.items);
    cursor = page.next_cursor;
  } while (cursor);
  return items;
}

export async function readSources() {
  catalogue.sources = await readAll("/v1/sources");
}

export async function readCatalogue() {
  [catalogue.topics, catalogue.entities] = await Promise.all([readAll("/v1/topics"), readAll("/v1/entities"), readSources()]);
}

const nameIn = (list, id) => catalogue[list].find((one) => one.id === id)?.name || id;

export const names = {
  topic: (id) => nameIn("topics", id),
  entity: (id) => nameIn("entities", id),
};

const places = {topic: "topics", entity: "entities", source: "sources"};

function unlisted(values) {
  return Object.keys(places).filter((parameter) => values[parameter] && !catalogue[places[parameter]].some((one) => one.id === values[parameter]));
}

/** What the API says of a name that is in no list; null: it knows it, such as an earlier model's topic. */
async function refusal(parameter, value) {
  try {
    await getJson(withQuery("/v1/documents", {[parameter]: value, limit: 1}));
    return null;
  } catch (error) {
    return error.errors?.find((one) => one.parameter === parameter) || {parameter, detail: `there is no ${parameter === "entity" ? "company" : parameter} “${value}”`};
  }
}

/** Which of the names in an address mean nothing here: [{parameter, detail}], each with the nearest that does. */
export async function unknownNames(values) {
  if (unlisted(values).length === 0) return [];
  await readCatalogue();   // of a page that is open for long, perhaps only new
  const refusals = await Promise.all(unlisted(values).map((parameter) => refusal(parameter, values[parameter])));
  return refusals.filter(Boolean);
}
