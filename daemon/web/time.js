// Times as people read them, in the zone that they have chosen.

const browserZone = Intl.DateTimeFormat().resolvedOptions().timeZone || "UTC";
let zone = localStorage.getItem("zone") === "UTC" ? "UTC" : browserZone;
let formats = new Map();

export const timeZone = () => zone;

/** The zones to choose from: [value, words]. */
export const zones = browserZone === "UTC" ? [["UTC", "UTC"]] : [["", browserZone], ["UTC", "UTC"]];

export function chooseZone(value) {
  zone = value === "UTC" ? "UTC" : browserZone;
  localStorage.setItem("zone", value);
  formats = new Map();
}

function format(name, options) {
  if (!formats.has(name)) formats.set(name, new Intl.DateTimeFormat(undefined, {...options, timeZone: zone, hourCycle: "h23"}));
  return formats.get(name);
}

const clock = {hour: "2-digit", minute: "2-digit"};
const date = {day: "numeric", month: "short"};
const day = 86400e3;

export const formatClock = (at) => format("clock", clock).format(at);
export const formatSeconds = (at) => format("seconds", {...clock, second: "2-digit"}).format(at);

/** A day; with its year where that is another one. */
export function formatDay(at) {
  if (Math.abs(Date.now() - at) > 300 * day) return format("year", {...date, year: "numeric"}).format(at);
  return format("day", {...date, weekday: "short"}).format(at);
}

/** A weekday says enough of this week only. */
export function formatDayClock(at) {
  const distance = Math.abs(Date.now() - at);
  if (distance < 6 * day) return format("weekday", {...clock, weekday: "short"}).format(at);
  if (distance < 300 * day) return format("date", {...clock, ...date}).format(at);
  return format("whole", {...clock, ...date, year: "numeric"}).format(at);
}

/** Nothing left out: for titles and small print. */
export const formatFull = (at) => format("full", {...clock, ...date, year: "numeric", second: "2-digit", timeZoneName: "short"}).format(at);

const units = [[86400, "d"], [3600, "h"], [60, "min"], [1, "s"]];
export function age(from, now = Date.now()) {
  const seconds = Math.max(0, Math.round((now - from) / 1000));
  for (const [size, name] of units) {
    if (seconds >= size) return `${Math.floor(seconds / size)} ${name}`;
  }
  return "now";
}
