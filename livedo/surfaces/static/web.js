// A convenience and no more: every key here has a link or a button that works without a script.
"use strict";

const rows = () => [...document.querySelectorAll("tr.p")];
const current = () => document.querySelector("tr.p[aria-current]");

function move(step) {
  const all = rows();
  const from = all.indexOf(current());
  const next = all[from < 0 ? 0 : Math.min(all.length - 1, Math.max(0, from + step))];
  if (!next) return;
  current()?.removeAttribute("aria-current");
  next.setAttribute("aria-current", "true");
  next.querySelector("a.name").focus();
}

function follow(selector) {
  (current() ?? document).querySelector(selector)?.click();
}

const keys = {
  j: () => move(1),
  k: () => move(-1),
  w: () => follow("a.more"),
  p: () => follow("a.palpate"),
  s: () => follow(".snooze summary"),
  u: () => document.querySelector("[data-units]:not([aria-current])")?.click(),
  "/": () => document.querySelector("#filter a")?.focus(),
  "?": () => document.querySelector(".keys")?.scrollIntoView(),
};

document.addEventListener("keydown", (event) => {
  const typing = event.target.closest("input, select, textarea");
  if (typing || event.ctrlKey || event.metaKey || event.altKey) return;
  const action = keys[event.key];
  if (action && rows().length) {
    event.preventDefault();
    action();
  } else if (/^[1-5]$/.test(event.key)) {
    document.getElementById("g" + event.key)?.scrollIntoView();
  }
});
