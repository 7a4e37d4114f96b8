// Times as people read them, in the zone that they have chosen.

export const browserZone = Intl.DateTimeFormat().resolvedOptions().timeZone || "UTC";

/** The zone as it is spelt, however it was typed; null: there is none of this name. */
export function zoneNamed(text) {
  try {
    return new Intl.DateTimeFormat("en", {timeZone: text.trim().replaceAll(" ", "_")}).resolvedOptions().timeZone;
  } catch {
    return null;
  }
}

let zone = zoneNamed(localStorage.getItem("zone") || browserZone) || browserZone;
let formats = new Map();

export const timeZone = () => zone;

/** The zones that the browser knows. */
export const zones = () => [...new Set(["UTC", browserZone, ...(Intl.supportedValuesOf?.("timeZone") ?? [])])];

/** "" chooses that of the browser, now and later. */
export function chooseZone(name) {
  zone = name || browserZone;
  localStorage.setItem("zone", name);
  formats = new Map();
}

let ahead = 0;

/** Takes note of the server's clock, as the header Date of an answer has it; a few seconds are how long that was on its way. */
export function noteServerClock(header) {
  const difference = header ? Date.parse(header) - Date.now() : 0;
  ahead = Math.abs(difference) > 5000 ? difference : 0;
}

/** Now, by the clock of the server: ranges that end now end there. */
export const serverNow = () => Date.now() + ahead;

/** What the clocks of the zone show, as a number of milliseconds as if it were UTC. */
function wallClock(at) {
  const parts = format("wall", {year: "numeric", month: "numeric", day: "numeric", hour: "numeric", minute: "numeric", second: "numeric", numberingSystem: "latn", calendar: "gregory"})
    .formatToParts(at);
  const part = (type) => Number(parts.find((one) => one.type === type).value);
  return Date.UTC(part("year"), part("month") - 1, part("day"), part("hour"), part("minute"), part("second"));
}

/** By how much the clocks of the zone are ahead of UTC, in milliseconds. */
export function zoneOffset(at) {
  const whole = Math.floor(at / 1000) * 1000;
  return wallClock(whole) - whole;
}

/** The instant at which the clocks of the zone show a time: the first of two, and of a time that is left out the one that
 * would have been it. */
export function instantOf(wall) {
  const guesses = [wall - zoneOffset(wall - 86400e3), wall - zoneOffset(wall + 86400e3)];
  const shown = guesses.filter((at) => at + zoneOffset(at) === wall);
  return shown.length > 0 ? Math.min(...shown) : guesses[0];
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

/** How long something lasted, to a whole number of the unit below the largest: "1 d 23 h". */
export function duration(from, to) {
  const seconds = Math.max(0, Math.round((to - from) / 1000));
  const at = units.findIndex(([size]) => seconds >= size);
  if (at < 0 || at + 1 === units.length) return `${seconds} s`;
  const [[size, name], [part, small]] = units.slice(at, at + 2);
  const parts = Math.round(seconds / part);
  const rest = parts % (size / part);
  return `${Math.floor(parts / (size / part))} ${name}${rest > 0 ? ` ${rest} ${small}` : ""}`;
}
