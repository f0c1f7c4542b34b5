// The desk's time, and how moments are written for a reader in a zone.

import { locale, t } from "./words.js";

let base = Date.now();
let read = performance.now();
let speed = 1;

export function setTime(state) {
  base = Date.parse(state.now);
  read = performance.now();
  speed = state.speed;
}

export const now = () => new Date(base + (performance.now() - read) * speed);
export const currentSpeed = () => speed;

const formats = new Map();

function format(zone, options) {
  const key = `${locale()} ${zone} ${JSON.stringify(options)}`;
  if (!formats.has(key)) formats.set(key, new Intl.DateTimeFormat(locale(), { timeZone: zone, ...options }));
  return formats.get(key);
}

const CLOCK = { hour: "2-digit", minute: "2-digit", hourCycle: "h23" };

export const clockTime = (moment, zone) => format(zone, CLOCK).format(moment);

const DAY = { weekday: "short", day: "numeric", month: "short" };

// Chinese writes the day of the week apart from the date; the formats run them together.
const apart = (text) => text.replace(/日(?=周|星期)/, "日 ");

export const deskTime = (moment, zone) => apart(format(zone, { ...DAY, ...CLOCK }).format(moment));

export const fullTime = (moment, zone) => `${deskTime(moment, zone)} ${offset(moment, zone)}`;

/** The zone as a distance from UTC: names of zones are ambiguous. */
export const offset = (moment, zone) =>
  format(zone, { timeZoneName: "shortOffset" }).formatToParts(moment).find((part) => part.type === "timeZoneName").value.replace("GMT", "UTC");

const dayKey = (moment, zone) =>
  new Intl.DateTimeFormat("en-CA", { timeZone: zone, year: "numeric", month: "2-digit", day: "2-digit" }).format(moment);

export const sameDay = (one, other, zone) => dayKey(one, zone) === dayKey(other, zone);

export function dayName(moment, zone) {
  const today = now();
  if (sameDay(moment, today, zone)) return t("today");
  if (sameDay(moment, new Date(today.getTime() - 86_400_000), zone)) return t("yesterday");
  return apart(format(zone, { weekday: "long", day: "numeric", month: "long" }).format(moment));
}
