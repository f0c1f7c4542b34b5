// The HTTP API of the local chat (docs/local-chat.md).

export class Refused extends Error {}

async function ask(path, options) {
  const answer = await fetch(path, options);
  const body = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Refused(body.error ?? "");
  return body;
}

const query = (facts) =>
  new URLSearchParams(Object.entries(facts).filter(([, value]) => value !== undefined)).toString();

const send = (path, body) =>
  ask(path, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) });

export const people = () => ask("/api/people").then((answer) => answer.people);
export const places = (as) => ask(`/api/places?${query({ as })}`).then((answer) => answer.places);
export const messages = (facts) => ask(`/api/messages?${query(facts)}`);
export const clock = () => ask("/api/clock");
export const moveClock = (body) => send("/api/clock", body);
export const say = (body) => send("/api/say", body);
export const press = (body) => send("/api/press", body);
export const submit = (body) => send("/api/submit", body);
export const live = (facts) => new EventSource(`/api/live?${query(facts)}`);
export const newKey = () => crypto.randomUUID?.() ?? `${Date.now()}-${Math.random().toString(36).slice(2)}`;
