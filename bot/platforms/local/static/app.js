// The page: who one is, where one reads, and what one does there.

import * as api from "./api.js";
import { isFormOpen, openForm } from "./dialogs.js";
import { byId, el, icon, languageOf, setIcon } from "./dom.js";
import * as sound from "./sound.js";
import { picture, Talk, titleOf } from "./talk.js";
import { clockTime, currentSpeed, deskTime, fullTime, now, offset, setTime } from "./time.js";
import { language, speak, t } from "./words.js";

const SPEEDS = [1, 60, 600];
const PAGE = 60;
const WATCHED = 12;
const FORM_FOLLOWS_MS = 60_000;
const THEMES = ["auto", "light", "dark"];

const state = {
  people: new Map(),
  me: null,
  places: [],
  place: null,
  talk: null,
  live: null,
  replyTo: null,
  drafts: new Map(),
  pressedAt: -Infinity,
  cursor: 0,
  turn: 0,
  moving: false,
};

/* --- what was read -------------------------------------------------------------------------------------------- */

const seenName = (person, place) => `deskbell.seen.${person}.${place}`;
const seen = (person, place) => Number(localStorage.getItem(seenName(person, place)) ?? 0);
const see = (person, place, seq) => localStorage.setItem(seenName(person, place), String(Math.max(seq, seen(person, place))));

const news = new Map();

function noteNews(person, place, last) {
  const isNew = last && last.author !== person && last.seq > seen(person, place);
  const places = news.get(person) ?? new Set();
  if (isNew) places.add(place);
  else places.delete(place);
  news.set(person, places);
}

const hasNews = (person) => (news.get(person)?.size ?? 0) > 0;

/* --- people and places ---------------------------------------------------------------------------------------- */

function drawPeople() {
  byId("people").replaceChildren(...[...state.people.values()].map(drawPerson));
}

function drawPerson(person) {
  const isMe = person.id === state.me?.id;
  const unread = !isMe && hasNews(person.id);
  return el(
    "li",
    {},
    el(
      "button",
      { type: "button", class: "row person", "aria-current": isMe ? "true" : null, onclick: () => go(person.id), "data-person": person.id },
      picture(person),
      el(
        "span",
        { class: "row-words" },
        el("span", { class: "row-name", lang: languageOf(person.name), dir: "auto" }, person.name),
        el("span", { class: "row-note", lang: languageOf(person.title), dir: "auto" }, person.title),
      ),
      el(
        "span",
        { class: "row-end" },
        unread && el("span", { class: "dot" }, el("span", { class: "sr" }, t("has_news"))),
        el("span", { class: "tongue", title: t(`language_${person.language}`) }, person.language === "zh" ? "中" : "EN"),
        el("time", { class: "local", "data-zone": person.zone, title: person.zone }, clockTime(now(), person.zone)),
      ),
    ),
  );
}

function drawPlaces() {
  byId("places").replaceChildren(...state.places.map(drawPlace));
  const others = [...state.people.keys()].some((id) => id !== state.me.id && hasNews(id));
  const mine = [...(news.get(state.me.id) ?? [])].some((id) => id !== state.place?.id);
  byId("menu-dot").hidden = !(others || mine);
  const waiting = news.get(state.me.id)?.size ?? 0;
  document.title = (waiting > 0 ? `(${waiting}) ` : "") + t("brand");
}

function drawPlace(place) {
  const isHere = place.id === state.place?.id;
  const unread = news.get(state.me.id)?.has(place.id);
  return el(
    "li",
    {},
    el(
      "button",
      { type: "button", class: `row place ${unread ? "unread" : ""}`, "aria-current": isHere ? "page" : null, onclick: () => go(state.me.id, place.id), "data-place": place.id },
      place.kind === "dm" ? el("span", { class: "picture bell" }, icon("bell")) : el("span", { class: "place-icon" }, icon("hash")),
      el("span", { class: "row-words" }, el("span", { class: "row-name", dir: "auto" }, nameOf(place))),
      el("span", { class: "row-end" }, unread && el("span", { class: "dot" }, el("span", { class: "sr" }, t("unread")))),
    ),
  );
}

const nameOf = (place) => (place.kind === "dm" ? t("direct") : place.name);

function drawHead() {
  const place = state.place;
  byId("menu-face").replaceChildren(picture(state.me));
  byId("where").textContent = place.kind === "dm" ? t("direct") : `# ${place.name}`;
  byId("where-note").textContent =
    place.kind === "dm" ? `${state.me.name} · ${t("direct_note")}` : t("channel_note", { count: place.members.length });
  const box = byId("text");
  box.placeholder = place.kind === "dm" ? t("composer_direct") : t("composer_channel", { place: `#${place.name}` });
  box.setAttribute("aria-label", t("composer"));
}

function label(id, key) {
  byId(id).setAttribute("aria-label", t(key));
  byId(id).title = t(key);
}

function drawWords() {
  byId("brand").textContent = t("brand");
  byId("tagline").textContent = t("tagline");
  byId("people-title").textContent = t("people");
  byId("places-title").textContent = t("places");
  byId("hint").textContent = t("hint");
  byId("jump-label").textContent = t("jump");
  byId("latest-label").textContent = t("latest");
  byId("lost").textContent = t("lost");
  byId("clock").setAttribute("aria-label", t("clock"));
  byId("talk").setAttribute("aria-label", t("conversation"));
  byId("speeds").setAttribute("aria-label", t("speed"));
  for (const [id, key] of [["menu", "menu"], ["close-menu", "close_menu"], ["send", "send"], ["reply-stop", "reply_stop"], ["jump", "jump_long"]]) label(id, key);
  drawTheme();
  drawSound();
}

/* --- the clock ------------------------------------------------------------------------------------------------ */

function takeClock(clock) {
  setTime(clock);
  byId("jump").hidden = byId("speeds").hidden = !clock.can_move;
  drawSpeeds();
  drawTime();
}

function drawSpeeds() {
  const box = byId("speeds");
  if (box.childElementCount === SPEEDS.length && box.lang === language()) {
    for (const one of box.children) one.setAttribute("aria-checked", String(Number(one.dataset.speed) === currentSpeed()));
    return;
  }
  box.lang = language();
  box.replaceChildren(
    ...SPEEDS.map((speed) =>
      el(
        "button",
        { type: "button", role: "radio", "aria-checked": String(currentSpeed() === speed), title: t(`speed_${speed}`), "aria-label": t(`speed_${speed}`), "data-speed": String(speed), onclick: () => moveClock({ speed }) },
        `×${speed}`,
      ),
    ),
  );
}

async function moveClock(body) {
  if (state.moving) return;
  state.moving = true;
  byId("jump").classList.add("busy");
  try {
    const clock = await api.moveClock(body);
    takeClock(clock);
    if (body.jump) toast(clock.moved ? t("jumped", { time: deskTime(new Date(clock.now), state.me.zone) }) : t("jumped_nothing"));
  } catch (fault) {
    toast(fault.message || t("failed"), true);
  } finally {
    state.moving = false;
    byId("jump").classList.remove("busy");
  }
}

function drawTime() {
  if (!state.me) return;
  const moment = now();
  const node = byId("now");
  const text = deskTime(moment, state.me.zone);
  if (node.firstChild?.textContent !== text) node.replaceChildren(text, el("span", { class: "offset" }, offset(moment, state.me.zone)));
  node.dateTime = moment.toISOString();
  node.title = `${t("clock_now")}: ${fullTime(moment, state.me.zone)}`;
  for (const one of document.querySelectorAll(".local")) {
    const local = clockTime(moment, one.dataset.zone);
    if (one.textContent !== local) one.textContent = local;
  }
}

/* --- talking -------------------------------------------------------------------------------------------------- */

async function say(text, place = state.place, replyTo = state.replyTo, key = api.newKey()) {
  const [me, talk] = [state.me, state.talk];
  const pending = talk.pending(text, () => say(text, place, replyTo, key));
  stopReply();
  try {
    const kept = await api.say({ as: me.id, place: place.id, text, key, ...(replyTo ? { reply_to: replyTo.id } : {}) });
    await settled(talk, kept.message);
    pending.done();
  } catch (fault) {
    pending.failed(fault instanceof api.Refused ? fault.message : "");
  }
}

/** The message has come over the live line; it need not be waited for longer than a moment. */
async function settled(talk, id) {
  for (let turn = 0; turn < 40 && !talk.has(id); turn += 1) await new Promise((go) => setTimeout(go, 25));
}

async function press(message, wish) {
  state.pressedAt = performance.now();
  try {
    await api.press({ as: state.me.id, message: message.id, wish, key: api.newKey() });
  } catch (fault) {
    toast(fault.message || t("failed"), true);
  }
}

function showForm(message) {
  const me = state.me;
  const key = api.newKey();
  openForm(message.form, (answers) => api.submit({ as: me.id, wish: message.form.wish, answers, message: message.id, key }));
}

function reply(message) {
  state.replyTo = message;
  const stays = state.talk.isAtEnd();
  byId("replying").hidden = false;
  if (stays) state.talk.toEnd();
  byId("replying-to").textContent = t("reply_to", { title: titleOf(message) });
  byId("text").focus();
}

function stopReply() {
  state.replyTo = null;
  byId("replying").hidden = true;
}

function fit() {
  const box = byId("text");
  box.style.height = "auto";
  box.style.height = `${Math.min(box.scrollHeight, 200)}px`;
  byId("send").disabled = box.value.trim() === "";
}

/* --- one conversation ----------------------------------------------------------------------------------------- */

function drawEmpty() {
  const isDirect = state.place.kind === "dm";
  const examples = isDirect ? state.me.examples : [];
  byId("talk").replaceChildren(
    el(
      "div",
      { class: "empty" },
      icon("bell", "mark"),
      el("h2", {}, isDirect ? t("empty_title", { name: state.me.name }) : t("empty_channel_title")),
      el("p", {}, isDirect ? t("empty_lead") : t("empty_channel_lead")),
      examples.length > 0 && el("p", { class: "try" }, t("empty_try")),
      examples.length > 0 && el("div", { class: "examples" }, examples.map((text) => el("button", { type: "button", class: "example", lang: languageOf(text), dir: "auto", onclick: () => say(text) }, text))),
    ),
  );
}

async function openPlace(place) {
  keepDraft();
  state.place = place;
  stopReply();
  const talk = new Talk({ me: state.me.id, people: state.people, zone: state.me.zone, isChannel: place.kind === "channel", onPress: press, onForm: showForm, onReply: reply });
  state.talk = talk;
  byId("latest").hidden = true;
  drawHead();
  const page = await api.messages({ as: state.me.id, place: place.id, limit: PAGE });
  if (state.talk !== talk) return false;
  if (page.messages.length === 0 && !talk.first) drawEmpty();
  talk.take(page.messages, { isNew: false });
  offerEarlier(talk, page.messages.length === PAGE);
  talk.toEnd();
  byId("text").value = state.drafts.get(`${state.me.id} ${place.id}`) ?? "";
  fit();
  markSeen();
  drawPlaces();
  return true;
}

const keepDraft = () => state.place && state.drafts.set(`${state.me.id} ${state.place.id}`, byId("text").value);

function offerEarlier(talk, isMore) {
  byId("talk").querySelector(".earlier")?.remove();
  if (!isMore) return;
  const load = async () => {
    const height = talk.scroll.scrollHeight;
    const page = await api.messages({ as: state.me.id, place: state.place.id, before: talk.first.seq, limit: PAGE });
    if (state.talk !== talk) return;
    talk.take(page.messages, { isNew: false });
    offerEarlier(talk, page.messages.length === PAGE);
    talk.scroll.scrollTop += talk.scroll.scrollHeight - height;
  };
  byId("talk").prepend(el("button", { type: "button", class: "link earlier", onclick: load }, t("earlier")));
}

function markSeen() {
  const last = [...state.talk.messages.values()].at(-1);
  if (!last || document.hidden) return;
  see(state.me.id, state.place.id, last.seq);
  noteNews(state.me.id, state.place.id, last);
}

/* --- live ----------------------------------------------------------------------------------------------------- */

function listen(after) {
  state.live?.close();
  const me = state.me.id;
  const others = [...state.people.keys()].filter((id) => id !== me).slice(0, WATCHED);
  const live = api.live({ as: me, after, watch: others.join(",") || undefined });
  state.live = live;
  live.addEventListener("message", (event) => arrive(me, JSON.parse(event.data)));
  live.addEventListener("clock", (event) => takeClock(JSON.parse(event.data)));
  live.addEventListener("stir", (event) => stir(JSON.parse(event.data)));
  live.addEventListener("open", () => (byId("lost").hidden = true));
  live.addEventListener("error", () => (byId("lost").hidden = false));
}

function arrive(me, message) {
  if (me !== state.me.id) return;
  if (message.place !== state.place.id) {
    if (!message.edited_at) noteNews(me, message.place, message);
    drawPlaces();
    return;
  }
  const talk = state.talk;
  const isOld = talk.first && message.seq < talk.first.seq && byId("talk").querySelector(".earlier");
  if (isOld) return;
  const { added, stays } = talk.take([message]);
  if (added > 0 && !stays && message.author !== me) byId("latest").hidden = false;
  if (added > 0 && message.author === "desk" && !message.quiet) sound.ring();
  if (added > 0) markSeen();
  const isAnswer = performance.now() - state.pressedAt < FORM_FOLLOWS_MS;
  if (added > 0 && message.form && !message.answered && isAnswer && !isFormOpen()) showForm(message);
  drawPlaces();
}

function stir({ person, place, seq }) {
  noteNews(person, place, { author: "", seq });
  drawPeople();
  drawPlaces();
}

/* --- going somewhere ------------------------------------------------------------------------------------------ */

async function go(person, place) {
  closeMenu();
  const turn = (state.turn += 1);
  const isSame = state.me?.id === person;
  keepDraft();
  state.me = state.people.get(person) ?? [...state.people.values()][0];
  speak(state.me.language);
  localStorage.setItem("deskbell.me", state.me.id);
  drawWords();
  drawSpeeds();
  drawTime();
  if (!isSame) await moveIn(turn);
  if (state.turn !== turn) return;
  const there = state.places.find((one) => one.id === place) ?? state.places[0];
  history.replaceState(null, "", `#${state.me.id}/${there.id}`);
  drawPeople();
  if ((await openPlace(there)) && !isSame) listen(state.cursor);
  drawPeople();
}

/** The places of the one I am now, and the point from which the live line goes on. */
async function moveIn(turn) {
  state.live?.close();
  state.place = null;
  const me = state.me.id;
  const [places, latest] = await Promise.all([api.places(me), api.messages({ as: me, limit: 1 })]);
  if (state.turn !== turn) return;
  state.places = places;
  state.cursor = latest.after;
  for (const one of places) noteNews(me, one.id, one.last);
}

async function lookAround() {
  for (const person of [...state.people.values()].slice(0, WATCHED)) {
    if (person.id === state.me.id) continue;
    for (const place of await api.places(person.id)) noteNews(person.id, place.id, place.last);
  }
  drawPeople();
  drawPlaces();
}

/* --- the frame ------------------------------------------------------------------------------------------------ */

function toast(text, isBad = false) {
  const node = el("p", { class: `toast ${isBad ? "bad" : ""}`, dir: "auto" }, text);
  byId("toasts").replaceChildren(node);
  setTimeout(() => node.remove(), 4500);
}

const theme = () => localStorage.getItem("deskbell.theme") ?? "auto";

function drawTheme() {
  if (theme() === "auto") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme();
  setIcon(byId("theme"), theme());
  label("theme", `theme_${theme()}`);
}

function drawSound() {
  setIcon(byId("sound"), sound.isOn() ? "sound" : "mute");
  label("sound", sound.isOn() ? "sound_on" : "sound_off");
  byId("sound").setAttribute("aria-pressed", String(sound.isOn()));
}

const isNarrow = () => matchMedia("(max-width: 859px)").matches;

function openMenu() {
  document.body.classList.add("menu-open");
  byId("menu").setAttribute("aria-expanded", "true");
  byId("veil").hidden = false;
  byId("main").inert = true;
  byId("close-menu").focus();
}

function closeMenu() {
  if (!document.body.classList.contains("menu-open")) return;
  document.body.classList.remove("menu-open");
  byId("menu").setAttribute("aria-expanded", "false");
  byId("veil").hidden = true;
  byId("main").inert = false;
  byId("menu").focus();
}

function wire() {
  byId("menu").addEventListener("click", openMenu);
  byId("close-menu").addEventListener("click", closeMenu);
  byId("veil").addEventListener("click", closeMenu);
  byId("jump").addEventListener("click", () => moveClock({ jump: "next" }));
  byId("reply-stop").addEventListener("click", stopReply);
  byId("latest").addEventListener("click", () => state.talk.toEnd());
  byId("scroll").addEventListener("scroll", () => state.talk?.isAtEnd() && (byId("latest").hidden = true), { passive: true });
  byId("theme").addEventListener("click", () => {
    localStorage.setItem("deskbell.theme", THEMES[(THEMES.indexOf(theme()) + 1) % THEMES.length]);
    drawTheme();
  });
  byId("sound").addEventListener("click", () => {
    sound.setOn(!sound.isOn());
    drawSound();
  });
  byId("text").addEventListener("input", fit);
  byId("text").addEventListener("keydown", (event) => {
    // While an input method is composing, Enter takes the candidate; it must not send half a word.
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
    event.preventDefault();
    byId("composer").requestSubmit();
  });
  byId("composer").addEventListener("submit", (event) => {
    event.preventDefault();
    const text = byId("text").value;
    if (text.trim() === "") return;
    byId("text").value = "";
    fit();
    say(text);
    if (!isNarrow()) byId("text").focus();
  });
  document.addEventListener("keydown", (event) => event.key === "Escape" && closeMenu());
  document.addEventListener("visibilitychange", () => {
    if (document.hidden || !state.talk) return;
    markSeen();
    drawPlaces();
  });
  addEventListener("hashchange", () => go(...fromHash()));
  setInterval(drawTime, 250);
}

const fromHash = () => decodeURIComponent(location.hash.slice(1)).split("/");

async function start() {
  wire();
  const [people, clock] = await Promise.all([api.people(), api.clock()]);
  state.people = new Map(people.map((person) => [person.id, person]));
  takeClock(clock);
  const [person, place] = fromHash();
  await go(person || localStorage.getItem("deskbell.me") || people[0].id, place);
  await lookAround();
}

start();
