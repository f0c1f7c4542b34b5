// A card of the desk, drawn from its meanings.

import { confirm } from "./dialogs.js";
import { el, icon, languageOf, words } from "./dom.js";
import { t } from "./words.js";

export function drawCard(card, onPress) {
  return el(
    "article",
    { class: `card tone-${card.tone}`, lang: languageOf(card.title + card.lead) },
    el(
      "header",
      { class: "card-head" },
      el("span", { class: "tone", title: t(`tone_${card.tone}`) }, icon(card.tone), el("span", { class: "sr" }, t(`tone_${card.tone}`))),
      words("h3", "", card.title),
    ),
    card.lead && words("p", "lead", card.lead),
    card.quote && words("blockquote", "", card.quote),
    card.gauges.length > 0 && el("div", { class: "gauges" }, card.gauges.map(drawGauge)),
    card.facts.length > 0 && el("dl", { class: `facts ${card.facts.length % 3 === 0 ? "thirds" : ""}` }, card.facts.map(drawFact)),
    card.lines.length > 0 && el("ul", { class: "lines" }, card.lines.map((line) => words("li", "", line))),
    card.actions.length > 0 && el("div", { class: "actions" }, card.actions.map((action) => drawAction(action, onPress))),
    card.footer && words("footer", "", card.footer),
  );
}

/** A Chinese character is about as wide as two Latin letters. */
const width = (text) => [...text].reduce((sum, letter) => sum + (languageOf(letter) === "en" ? 1 : 2), 0);

function drawFact(fact) {
  const size = width(fact.value) > 36 ? "wide" : width(fact.value) > 26 ? "middling" : "";
  return el("div", { class: `fact ${size} tone-${fact.tone}` }, words("dt", "", fact.label), words("dd", "", fact.value));
}

function drawGauge(gauge) {
  const share = Math.min(Math.max(gauge.share, 0), 1);
  const percent = Math.round(gauge.share * 100);
  const fill = el("span", { class: "fill" });
  fill.style.setProperty("--share", share);
  return el(
    "div",
    { class: `gauge tone-${gauge.tone}` },
    el("div", { class: "gauge-words" }, words("span", "gauge-label", gauge.label), words("span", "gauge-note", gauge.note)),
    el(
      "div",
      {
        class: "bar",
        role: "meter",
        "aria-label": gauge.label,
        "aria-valuemin": "0",
        "aria-valuemax": "100",
        "aria-valuenow": String(Math.round(share * 100)),
        "aria-valuetext": `${t("used", { percent })}; ${gauge.note}`,
      },
      fill,
    ),
  );
}

function drawAction(action, onPress) {
  const press = async (event) => {
    const button = event.currentTarget;
    if (action.confirm && !(await confirm(action.confirm, action.weight === "danger"))) return;
    await whileBusy(button, () => onPress(action.wish));
  };
  return el(
    "button",
    { type: "button", class: `act ${action.weight}`, "data-wish": action.wish, dir: "auto", onclick: press },
    action.label,
  );
}

async function whileBusy(button, work) {
  const all = [...button.parentElement.querySelectorAll("button")];
  all.forEach((one) => (one.disabled = true));
  button.classList.add("busy");
  try {
    await work();
  } finally {
    all.forEach((one) => (one.disabled = false));
    button.classList.remove("busy");
  }
}
