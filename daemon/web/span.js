// The time that a view is about: a range that ends now, or from one instant to another.
import {formatDayClock, instantOf, serverNow, zoneOffset} from "./time.js";

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

const day = 86400e3;
const week = 7 * day;
const buckets = [["1m", 60e3], ["5m", 300e3], ["15m", 900e3], ["1h", 3600e3], ["1d", day], ["1w", week]];

/** [name, milliseconds] of the finest bucket of which at most `most` cover the span. */
export function coarseBucket(length, most) {
  return buckets.find(([, size]) => length / size <= most) || buckets[buckets.length - 1];
}

/** That of the chart of one series. */
export const fineBucket = (length) => coarseBucket(length, 300);

/** That of many series, for which a chart is small or the fine one too much. It begins where some bucket of the fine one
 * does, so that what the two add up to over a span is the same. */
export function sharedBucket(length) {
  const coarse = coarseBucket(length, 170);
  return coarse[1] <= 3600e3 ? coarse : fineBucket(length);
}

/** The beginning of the bucket that an instant lies in, by the clocks of the chosen zone, as the API has it. */
function bucketStart(at, size) {
  const wall = at + zoneOffset(at);
  if (size < day) return at - (((wall % size) + size) % size);
  const days = Math.floor(wall / day);
  return instantOf((size === day ? days : days - ((((days + 3) % 7) + 7) % 7)) * day);   // weeks begin on Monday
}

function bucketEnd(at, size) {
  const start = bucketStart(at, size);
  if (start === at) return at;
  return size < day ? start + size : bucketStart(start + size + day / 4, size);   // a day has 23 to 25 hours
}

/** {from, to}: parameters of the API, widened to whole buckets in the same way for every view, so that none contradicts
 * another; `length` in milliseconds; `live`: it ends now; `words`: "last 24 hours". */
export function spanOf({range, from, to}) {
  const end = to ? instant(to) : serverNow();
  const chosen = range || usualRange;
  const start = from ? instant(from) : to ? 0 : end - rangeLength(chosen);
  const length = end - start;
  const size = sharedBucket(length)[1];
  const words = !from && !to ? `last ${rangeWords(chosen)}`
    : !to ? `since ${formatDayClock(start)}` : from ? `${formatDayClock(start)} to ${formatDayClock(end)}` : `until ${formatDayClock(end)}`;
  return {from: new Date(start === 0 ? 0 : bucketStart(start, size)).toISOString(), to: to ? new Date(bucketEnd(end, size)).toISOString() : "", length, live: !to, words};
}

/** The same and as much before it, to compare the two; the first of them ends where the span begins. */
export function withEarlier(span) {
  return {...span, from: new Date(Math.max(0, Date.parse(span.from) - span.length)).toISOString(), length: 2 * span.length};
}
