// The form of a rule to be tried: its fields by their names in the API, and what the API says of each.
import {severities} from "./address.js";
import {catalogue, names} from "./catalogue.js";
import {byId, element, fillSelect} from "./dom.js";
import {fromInput, toInput} from "./filters.js";
import {applies, filters, groupings, measures, usualGrouping} from "./rule_text.js";
import {ranges, rangeWords} from "./span.js";

const between = "between";
const trialRanges = [...ranges.filter(([id]) => ["48h", "7d", "30d", "90d"].includes(id)), ["24w", "24 weeks"], ...ranges.filter(([id]) => ["1y", "5y"].includes(id))];
export const usualTrialRange = "24w";

const texts = [["false_alarms", "False alarms, all series together", ["1 per day", "1 per week", "1 per month", "0.5 per year"]],
  ["min_stories", "Fewest stories in an alert", []], ["min_negative", "P(negative) − P(positive), at least", ["0.5", "0.9", "0.95"]],
  ["resolve_after", "Over after so long a calm", ["30m", "2h", "1d"]], ["max_alerts", "Told, at most (the rest in a digest)", ["5 per day", "20 per week"]], ["name", "Name", []]];
const choices = [["measure", "What it watches for", measures], ["group_by", "Of", groupings],
  ["min_gravity", "Gravity, at least", [["", "any"], ["minor", "minor"], ["serious", "serious"], ["grave", "grave"]]],
  ["severity", "Severity", severities.map((one) => [one, one])]];
const lists = {topic: ["Topics", "all topics"], entity: ["Companies", "all companies"], tag: ["Tags of companies", "any"], source: ["Sources", "all sources"]};
const order = ["topic", "entity", "tag", "source", "measure", "group_by", "false_alarms", "min_stories", "min_gravity", "min_negative", "resolve_after", "severity",
  "max_alerts", "name"];

/** What a filter can take: [id, words]. */
function options(name) {
  if (name === "tag") return [...new Set(catalogue.entities.flatMap((one) => one.tags))].sort().map((tag) => [tag, tag]);
  const known = {topic: catalogue.topics, entity: catalogue.entities, source: catalogue.sources}[name];
  return known.map((one) => [one.id, one.name]).sort((a, b) => a[1].localeCompare(b[1]));
}

const wordsOf = (name, id) => (names[name] ? names[name](id) : id);

/** A control with its label and a place for what is wrong with it. */
function field(name, label, control, ...more) {
  control.id = `try-${name}`;
  control.setAttribute("aria-describedby", `try-${name}-error`);
  return element("div", {class: "field", "data-field": name}, element("label", {for: control.id}, label), control, ...more,
    element("p", {class: "field-error", id: `try-${name}-error`}));
}

/** A filter: what is chosen as chips, each of which takes itself away. */
class ChipField {
  constructor(name) {
    this.name = name;
    this.ids = [];
    this.input = element("input", {type: "text", list: `try-${name}-list`, autocomplete: "off", placeholder: `${lists[name][1]}; add one`});
    this.list = element("datalist", {id: `try-${name}-list`});
    this.chips = element("ul", {class: "chips"});
    this.node = field(name, lists[name][0], this.input, this.list, this.chips);
    this.input.addEventListener("change", () => this.add());
    this.input.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || this.input.value === "") return;
      event.preventDefault();   // it adds; the form is not sent
      this.add();
    });
  }

  set(ids) {
    this.ids = [...ids];
    this.list.replaceChildren(...options(this.name).map(([id, words]) => element("option", {value: words}, id === words ? null : id)));
    this.input.value = "";
    this.draw();
  }

  /** A name, or an id; what is neither is taken as it is, so that the server says what is wrong with it. */
  add() {
    const text = this.input.value.trim();
    if (text === "") return;
    const found = options(this.name).find((one) => one.some((words) => words.toLowerCase() === text.toLowerCase()));
    const id = found ? found[0] : text;
    if (!this.ids.includes(id)) this.ids.push(id);
    this.input.value = "";
    this.draw();
  }

  draw() {
    this.chips.replaceChildren(...this.ids.map((id) => {
      const chip = element("button", {type: "button", class: "chip", "aria-label": `${wordsOf(this.name, id)}: take away`}, `${wordsOf(this.name, id)} ✕`);
      chip.addEventListener("click", () => {
        this.ids = this.ids.filter((one) => one !== id);
        this.draw();
        this.input.focus();
      });
      return element("li", {}, chip);
    }));
  }

  read() {
    this.add();
    return this.ids;
  }
}

export class RuleForm {
  /** Fields come before what the page has in `place`. */
  constructor(place) {
    this.place = place;
    this.filters = Object.fromEntries(filters.map((name) => [name, new ChipField(name)]));
    const nodes = new Map(filters.map((name) => [name, this.filters[name].node]));
    for (const [name, label, suggestions] of texts) {
      const list = suggestions.length > 0 ? element("datalist", {id: `try-${name}-list`}, ...suggestions.map((value) => element("option", {value}))) : null;
      nodes.set(name, field(name, label, element("input", {type: "text", autocomplete: "off", list: list?.id, maxlength: name === "name" ? 64 : 40}), list));
    }
    for (const [name, label, values] of choices) nodes.set(name, field(name, label, element("select", {}, ...values.map(([value, words]) => element("option", {value}, words)))));
    const range = field("range", "Over", element("select"), element("span", {class: "between", id: "try-between"},
      element("label", {}, "from ", element("input", {id: "try-from", type: "datetime-local"})), element("label", {}, "to ", element("input", {id: "try-to", type: "datetime-local"}))));
    place.prepend(...order.map((name) => nodes.get(name)), range);
    byId("try-measure").addEventListener("change", () => this.follow());
    byId("try-range").addEventListener("change", () => this.showBetween());
  }

  /** What means nothing to the measure is not asked for; its usual series come with it. */
  follow() {
    byId("try-group_by").value = usualGrouping(byId("try-measure").value);
    this.showApplying();
  }

  showApplying() {
    for (const node of this.place.querySelectorAll("[data-field]")) node.hidden = !applies(node.dataset.field, byId("try-measure").value);
  }

  showBetween() {
    byId("try-between").hidden = byId("try-range").value !== between;
  }

  draw(values) {
    for (const name of filters) this.filters[name].set(values[name] || []);
    for (const [name] of texts) byId(`try-${name}`).value = values[name] || "";
    for (const [name, , known] of choices) fillSelect(byId(`try-${name}`), known, values[name] || (name === "group_by" ? usualGrouping(values.measure) : known[0][0]));
    const chosen = values.from || values.to ? between : values.range || usualTrialRange;
    const ownRange = [...trialRanges, [between, "from … to …"]];
    if (!ownRange.some(([id]) => id === chosen)) ownRange.unshift([chosen, rangeWords(chosen)]);
    fillSelect(byId("try-range"), ownRange, chosen);
    byId("try-from").value = toInput(values.from);
    byId("try-to").value = toInput(values.to);
    this.showApplying();
    this.showBetween();
    this.showErrors([]);
  }

  /** The values as an address has them. */
  read() {
    const values = Object.fromEntries(filters.map((name) => [name, this.filters[name].read()]));
    for (const [name] of [...texts, ...choices]) values[name] = applies(name, byId("try-measure").value) ? byId(`try-${name}`).value.trim() : "";
    const own = byId("try-range").value === between;
    return {...values, range: own ? "" : byId("try-range").value, from: own ? fromInput(byId("try-from").value) : "", to: own ? fromInput(byId("try-to").value) : ""};
  }

  /** errors: [{pointer, detail}] of the API, each shown at its field; those that have none are returned. */
  showErrors(errors) {
    const fieldOf = (pointer) => {
      const [top, name, inner] = (pointer || "").split("/").slice(1);
      if (top === "from" || top === "to") return "range";
      return name === "where" ? inner : name;
    };
    for (const node of this.place.querySelectorAll("[data-field]")) {
      const said = errors.filter((error) => fieldOf(error.pointer) === node.dataset.field).map((error) => error.detail.replace(/^rule[\w.[\]]*: /, ""));
      node.querySelector(".field-error").textContent = said.join("; ");
      const control = node.querySelector("input, select");
      if (said.length > 0) control.setAttribute("aria-invalid", "true");
      else control.removeAttribute("aria-invalid");
    }
    return errors.filter((error) => {
      const node = this.place.querySelector(`[data-field="${CSS.escape(fieldOf(error.pointer) || "")}"]`);
      return !node || node.hidden;
    });
  }

  focusFirstError() {
    this.place.querySelector("[aria-invalid]")?.focus();
  }
}
