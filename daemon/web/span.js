// The time that a view is about: a range that ends now, or from one instant to another.
import {formatDayClock} from "./time.js";

export const ranges = [["15m", "15 minutes"], ["1h", "1 hour"], ["6h", "6 hours"], ["24h", "24 hours"], ["48h", "48 hours"], ["7d", "7 days"],
  ["30d", "30 days"], ["90d", "90 days"], ["1y", "1 year"], ["5y", "5 years"]];
export const usualRange = "48h";

const lengths = {m: 60e3, h: 3600e3, d: 86400e3, w: 7 * 86400e3, y: 365 * 86400e3};
export const longest = 50 * lengths.y;

/** Milliseconds of a range such as 24h, or null if it is none. */
export function rangeLength(range) {
  const parts = /^([1-9]\d{0,6})([mhdwy])$/.exec(range);
  const length = parts ? Number(parts[1]) * lengths[parts[2]] : 0;
  return length > 0 && length <= longest ? length : null;
}

export function rangeWords(range) {
  const known = ranges.find(([id]) => id === range);
  return known ? known[1] : range;
}

/** An instant as in the address: RFC 3339, or a day, which begins at midnight UTC. null: it is none. */
export function instant(text) {
  if (!/^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d))?$/.test(text)) return null;
  const at = Date.parse(text);
  return Number.isNaN(at) ? null : at;
}

const minutes = (length) => `-${Math.round(length / 60e3)}m`;

/** {from, to}: parameters of the API; `length` in milliseconds; `live`: it ends now; `words`: "last 24 hours". */
export function spanOf({range, from, to}) {
  if (from || to) {
    const start = from ? instant(from) : 0;
    const end = to ? instant(to) : Date.now();
    const words = to ? (from ? `${formatDayClock(start)} to ${formatDayClock(end)}` : `until ${formatDayClock(end)}`) : `since ${formatDayClock(start)}`;
    return {from: from ? new Date(start).toISOString() : "1970-01-01T00:00:00Z", to: to ? new Date(end).toISOString() : "", length: end - start, live: !to, words};
  }
  const chosen = range || usualRange;
  const length = rangeLength(chosen);
  return {from: minutes(length), to: "", length, live: true, words: `last ${rangeWords(chosen)}`};
}

/** The same and as much before it, to compare the two; `middle` parts them. */
export function withEarlier(span) {
  if (span.live && span.from.startsWith("-")) return {...span, from: minutes(2 * span.length), length: 2 * span.length};
  return {...span, from: new Date(Math.max(0, Date.parse(span.from) - span.length)).toISOString(), length: 2 * span.length};
}

const buckets = [["1m", 60e3], ["5m", 300e3], ["15m", 900e3], ["1h", 3600e3], ["1d", 86400e3], ["1w", 7 * 86400e3]];

/** [name, milliseconds] of the finest bucket of which at most `most` cover the span: for small charts, where `auto` is
 * too fine. */
export function coarseBucket(length, most) {
  return buckets.find(([, size]) => length / size <= most) || buckets[buckets.length - 1];
}
