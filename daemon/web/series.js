// Series of /v1/sentiment, and the alerts that belong to them.
import {getJson, withQuery} from "./dom.js";
import {timeZone} from "./time.js";

let zoneRefused = "";

/** The answer of /v1/sentiment in the chosen zone; in UTC where the server does not know a zone that the browser has. */
export async function readSentiment(query) {
  const zone = timeZone() === zoneRefused ? "UTC" : timeZone();
  try {
    return await getJson(withQuery("/v1/sentiment", {...query, tz: zone}));
  } catch (error) {
    if (!error.errors?.some((one) => one.parameter === "tz")) throw error;
    zoneRefused = zone;
    return getJson(withQuery("/v1/sentiment", {...query, tz: "UTC"}));
  }
}

/** The points of one series as needed by the charts. */
export function toPoints(series) {
  return series.points.map((point, index) => ({...point, index, t: Date.parse(point.t)}));
}

const summed = ["documents", "stories", "positive", "neutral", "negative", "negative_stories", "abstained", "unscored", "scored", "sum", "sum_squares"];

/** Counts of a series and the mean over its stories; sums are exact, so the mean of the whole is too. null: no data. */
export function totals(points) {
  const total = Object.fromEntries(summed.map((name) => [name, 0]));
  for (const point of points) {
    for (const name of summed) total[name] += point[name];
  }
  const n = total.scored;
  const mean = n > 0 ? total.sum / n : null;
  const stderr = n > 1 ? Math.sqrt(Math.max(0, total.sum_squares - n * mean * mean) / (n - 1) / n) : null;
  return {...total, mean, stderr};
}

/** An alert as a span of a chart. */
export function alertSpan(alert) {
  return {
    topic: alert.key.topic || "",
    from: Date.parse(alert.started_at),
    to: alert.ended_at ? Date.parse(alert.ended_at) : Date.now(),
    open: alert.state === "firing",
    words: `${alert.state}: ${alert.summary || alert.rule}`,
  };
}

/** Whether somebody was told of it, or would have been: not what only seemed to begin. */
export const wasAlert = (alert) => alert.state !== "pending" && !(alert.state === "resolved" && alert.reason === "not confirmed");
