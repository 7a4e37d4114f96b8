// A rule as the address, the API and a configuration have it.

export const dimensions = ["topic", "entity", "source"];
export const filters = ["topic", "entity", "tag", "source"];   // of `where`

export const measures = [["negative_stories", "negative stories surge"], ["mean_sentiment", "the mean sentiment falls"], ["story", "each grave story"],
  ["no_data", "it falls silent"]];

/** What makes a series: the value of `group_by` in an address, and its words. */
export const groupings = [["topic", "each topic"], ["entity", "each company"], ["source", "each source"], ["topic,entity", "each topic of each company"],
  ["topic,source", "each topic of each source"], ["entity,source", "each company in each source"], ["topic,entity,source", "each topic, company and source"],
  ["none", "everything, as one series"]];

const counted = ["negative_stories", "mean_sentiment"];
const judged = [...counted, "no_data"];
const measuresOf = {false_alarms: judged, pending_for: judged, cool_down: judged, min_stories: counted, windows: counted, escalated_severity: ["negative_stories"],
  min_gravity: ["story"], min_negative: ["story"], events: ["story"]};

/** Whether a key of a rule means anything to its measure; others are refused. */
export const applies = (key, measure) => !measuresOf[key] || measuresOf[key].includes(measure);

export const usualGrouping = (measure) => (measure === "story" ? "entity" : measure === "no_data" ? "source" : "topic");

/** What the form begins with. */
export const usualValues = {measure: "negative_stories", false_alarms: "1 per week", min_stories: "5", resolve_after: "30m", severity: "critical"};

const periods = {"1h": "hour", "1d": "day", "7d": "week", "1w": "week", "30d": "month", "1y": "year", "365d": "year"};
const rate = (limit) => (limit ? `${limit.count} per ${periods[limit.period]}` : "");

/** The values of a running rule, an item of /v1/rules, as the form has them. */
export function valuesOf(rule) {
  return {name: rule.name, measure: rule.measure, group_by: dimensions.filter((one) => rule.group_by.includes(one)).join(",") || "none", ...rule.where,
    false_alarms: rate(rule.budget), min_stories: String(rule.min_stories), min_gravity: rule.min_gravity || "", min_negative: rule.min_negative ? String(rule.min_negative) : "",
    resolve_after: rule.resolve_after, severity: rule.severity, max_alerts: rate(rule.max_alerts)};
}

const isGiven = (value) => value !== null && value !== undefined && value !== "" && (typeof value !== "object" || Object.keys(value).length > 0);
const number = (text) => (/^-?\d+(\.\d+)?$/.test(text || "") ? Number(text) : text);
const given = (rule) => Object.fromEntries(Object.entries(rule).filter(([key, value]) => applies(key, rule.measure) && (key === "group_by" || isGiven(value))));

/** The settings of a running rule that the form does not show. */
export function keptSettings(base, measure) {
  const {events, windows, pending_for, cool_down, tz, calendar, escalated_severity, runbook_url, labels, mute, repeat, escalate} = base;
  const kept = given({measure, events, windows, pending_for, cool_down, tz: tz === "UTC" ? "" : tz, calendar, escalated_severity, runbook_url, labels, mute, repeat, escalate});
  delete kept.measure;
  return kept;
}

/** The rule of the form, for the API. `base`: the running rule whose other settings it keeps, or nothing. What is no number
 * where one is needed is passed on as it is: the API says so. */
export function ruleOf(values, base) {
  const {name, measure = usualValues.measure, false_alarms, min_gravity, resolve_after, severity, max_alerts} = values;
  const where = Object.fromEntries(filters.filter((one) => values[one]?.length > 0).map((one) => [one, values[one]]));
  const group_by = values.group_by === "none" ? [] : (values.group_by || usualGrouping(measure)).split(",");
  return {...given({name, where, group_by, measure, false_alarms, min_stories: number(values.min_stories), min_gravity, min_negative: number(values.min_negative),
    resolve_after, severity, max_alerts}), ...(base ? keptSettings(base, measure) : {})};
}

const quoted = (text) => JSON.stringify(text).replaceAll("\x7f", "\\u007f");

function tomlValue(value) {
  if (Array.isArray(value)) return `[${value.map(tomlValue).join(", ")}]`;
  if (typeof value === "object") return `{ ${tomlLines(value).join(", ")} }`;
  return typeof value === "string" ? quoted(value) : String(value);
}

const tomlLines = (table) => Object.entries(table).map(([key, value]) => `${/^[\w-]+$/.test(key) ? key : quoted(key)} = ${tomlValue(value)}`);

/** The rule as it stands in a configuration. */
export const toml = (rule) => `${["[[alerts.rule]]", ...tomlLines(rule)].join("\n")}\n`;
