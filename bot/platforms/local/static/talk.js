// One conversation: its messages in order, redrawn where they stand when they are edited.

import { drawCard } from "./card.js";
import { byId, el, icon, languageOf, words } from "./dom.js";
import { clockTime, dayName, fullTime, sameDay } from "./time.js";
import { t } from "./words.js";

const DESK = "desk";
const LONG = 1200;
const CLOSE = 90;
const NEAR = 120;
const HEADROOM = 10;

/** `room` is what the drawing needs to know: me, people by id, zone, isChannel, and what can be done. */
export class Talk {
  constructor(room) {
    this.room = room;
    this.messages = new Map();
    this.nodes = new Map();
    this.list = byId("talk");
    this.scroll = byId("scroll");
    this.rest = -1;
    this.onTheirWay = [];
    this.list.replaceChildren();
  }

  get first() {
    return [...this.messages.values()][0];
  }

  has(id) {
    return this.messages.has(id);
  }

  get(id) {
    return this.messages.get(id);
  }

  /** Takes messages of this place. New ones are added in their order, known ones drawn again. */
  take(messages, { isNew = true } = {}) {
    const stays = this.isAtEnd();
    let added = 0;
    for (const message of messages) {
      const known = this.messages.get(message.id);
      if (known && known.version >= message.version) continue;
      this.messages.set(message.id, message);
      if (known) this.redraw(message);
      else added += this.insert(message, isNew);
    }
    if (added > 0) this.head();
    if (stays && added > 0) this.toEnd();
    return { added, stays };
  }

  insert(message, isNew) {
    if (message.author === this.room.me) this.arrived(message.text);
    const node = this.draw(message);
    if (isNew) node.classList.add("arrives");
    const later = [...this.nodes].find(([id]) => this.messages.get(id).seq > message.seq);
    if (later) {
      later[1].before(node);
      this.nodes = new Map([...this.nodes, [message.id, node]].sort((a, b) => this.messages.get(a[0]).seq - this.messages.get(b[0]).seq));
      this.messages = new Map([...this.messages].sort((a, b) => a[1].seq - b[1].seq));
    } else {
      const pending = this.list.querySelector(".pending");
      if (pending) pending.before(node);
      else this.list.append(node);
      this.nodes.set(message.id, node);
    }
    return 1;
  }

  redraw(message) {
    const old = this.nodes.get(message.id);
    const focused = old.contains(document.activeElement) ? document.activeElement.dataset.wish : undefined;
    const node = this.draw(message);
    node.classList.add("fresh");
    if (old.classList.contains("follows")) node.classList.add("follows");
    old.replaceWith(node);
    this.nodes.set(message.id, node);
    this.head();
    if (focused) (node.querySelector(`[data-wish="${CSS.escape(focused)}"]`) ?? byId("text")).focus({ preventScroll: true });
  }

  /** Day lines between the days; a message soon after one of the same author stands without a head. */
  head() {
    this.list.querySelectorAll(".day").forEach((line) => line.remove());
    let before = null;
    for (const [id, node] of this.nodes) {
      const message = this.messages.get(id);
      const at = new Date(message.at);
      const isNewDay = !before || !sameDay(at, new Date(before.at), this.room.zone);
      if (isNewDay) node.before(el("div", { class: "day", role: "separator" }, el("span", {}, dayName(at, this.room.zone))));
      const isSoon = before && (at - new Date(before.at)) / 1000 < CLOSE;
      const isPlain = !this.isForMe(message) && !message.edited_at;
      node.classList.toggle("follows", Boolean(!isNewDay && isSoon && isPlain && before.author === message.author));
      before = message;
    }
    this.list.querySelector(".empty")?.remove();
  }

  draw(message) {
    const isMine = message.author === this.room.me;
    const isDesk = message.author === DESK;
    return el(
      "div",
      { class: `message ${isMine ? "mine" : "theirs"} ${isDesk ? "desk-says" : ""} ${message.only_you ? "whisper" : ""}`, "data-id": message.id },
      !isMine && this.picture(message.author),
      el(
        "div",
        { class: "said" },
        this.headLine(message, isMine, isDesk),
        message.only_you && el("p", { class: "only-you" }, icon("eye"), t("only_you")),
        this.answered(message),
        this.content(message, isMine),
        this.tools(message, isDesk),
      ),
    );
  }

  picture(author) {
    if (author === DESK) return el("span", { class: "picture bell", "aria-hidden": "true" }, icon("bell"));
    return picture(this.room.people.get(author));
  }

  headLine(message, isMine, isDesk) {
    const name = isDesk ? t("desk_name") : (this.room.people.get(message.author)?.name ?? message.author);
    const at = new Date(message.at);
    return el(
      "p",
      { class: "who" },
      el("span", { class: isMine ? "sr" : "name", dir: "auto" }, name),
      this.isForMe(message) && el("span", { class: "for-you" }, t("for_you")),
      el("time", { datetime: message.at, title: fullTime(at, this.room.zone) }, clockTime(at, this.room.zone)),
      message.edited_at && message.card && el("span", { class: "edited" }, t("edited", { time: clockTime(new Date(message.edited_at), this.room.zone) })),
    );
  }

  isForMe(message) {
    return message.card?.mentions.includes(`local:${this.room.me}`) ?? false;
  }

  answered(message) {
    const other = message.reply_to && this.messages.get(message.reply_to);
    return other && el("p", { class: "answered" }, icon("reply"), el("span", { dir: "auto" }, titleOf(other)));
  }

  content(message, isMine) {
    if (message.card) return drawCard(message.card, (wish) => this.room.onPress(message, wish));
    if (message.form) return this.formNote(message);
    return bubble(message.text, isMine);
  }

  formNote(message) {
    const open = () => this.room.onForm(message);
    const button = message.answered
      ? el("button", { type: "button", class: "link", onclick: open }, t("form_again"))
      : el("button", { type: "button", class: "act main", onclick: open }, t("form_open"));
    return el(
      "article",
      { class: `card form-note ${message.answered ? "tone-good answered-form" : "tone-calm"}`, lang: languageOf(message.form.title) },
      el("header", { class: "card-head" }, el("span", { class: "tone" }, icon(message.answered ? "good" : "form")), words("h3", "", message.form.title)),
      !message.answered && el("p", { class: "lead" }, t("form_waiting")),
      el("div", { class: "actions" }, message.answered && el("span", { class: "done" }, t("form_done")), button),
    );
  }

  tools(message, isDesk) {
    if (!isDesk || message.form || message.only_you) return null;
    return el(
      "div",
      { class: "tools" },
      el("button", { type: "button", class: "icon small", title: t("reply"), "aria-label": t("reply"), onclick: () => this.room.onReply(message) }, icon("reply")),
    );
  }

  /** Something of mine that is on its way: the answer is a handle to end it. */
  pending(text, onRetry) {
    const state = el("p", { class: "state" }, t("sending"));
    const node = el("div", { class: "message mine pending" }, el("div", { class: "said" }, bubble(text, true), state));
    this.list.querySelector(".empty")?.remove();
    this.list.append(node);
    this.onTheirWay.push({ text, node });
    this.toEnd();
    return {
      done: () => node.remove(),
      failed: (why) => {
        node.classList.add("failed");
        const again = () => {
          node.remove();
          onRetry();
        };
        state.replaceChildren(`${t("not_sent")} ${why} `, el("button", { type: "button", class: "link", onclick: again }, t("try_again")));
      },
    };
  }

  /** What was on its way and now stands is not shown twice. */
  arrived(text) {
    const index = this.onTheirWay.findIndex((one) => one.text === text && one.node.isConnected);
    if (index >= 0) this.onTheirWay.splice(index, 1)[0].node.remove();
  }

  isAtEnd() {
    const { scrollHeight, scrollTop, clientHeight } = this.scroll;
    return scrollHeight - scrollTop - clientHeight < NEAR || Math.abs(scrollTop - this.rest) < 2;
  }

  /** The last message is in sight; of one that is taller than the window, its beginning. */
  toEnd() {
    this.scroll.scrollTop = this.scroll.scrollHeight;
    const last = this.list.lastElementChild;
    const over = last ? this.scroll.getBoundingClientRect().top + HEADROOM - last.getBoundingClientRect().top : 0;
    if (over > 0) this.scroll.scrollTop -= over;
    this.rest = this.scroll.scrollTop;
  }
}

export const titleOf = (message) => message.card?.title ?? message.form?.title ?? message.text ?? "";

export function picture(person) {
  const initials = person?.initials ?? "?";
  const isWide = initials.length > 1 && languageOf(initials) !== "en";
  const node = el("span", { class: `picture ${isWide ? "two" : ""}`, "aria-hidden": "true" }, initials);
  node.style.setProperty("--hue", person?.colour ?? 0);
  return node;
}

function bubble(text, isMine) {
  const node = words("div", `bubble ${isMine ? "of-me" : ""}`, text);
  if (text.length <= LONG) return node;
  node.classList.add("clipped");
  const more = el("button", { type: "button", class: "link more", "aria-expanded": "false" }, t("show_all"));
  more.addEventListener("click", () => {
    const clipped = node.classList.toggle("clipped");
    more.textContent = clipped ? t("show_all") : t("show_less");
    more.setAttribute("aria-expanded", String(!clipped));
  });
  return el("div", { class: "long" }, node, more);
}
