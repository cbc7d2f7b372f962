// A convenience and no more: the round is saved without a script too.
"use strict";

function stepper(step) {
  const input = step.querySelector("input");
  const button = (text, label, by) => {
    const made = document.createElement("button");
    made.type = "button";
    made.textContent = text;
    made.setAttribute("aria-label", label);
    made.addEventListener("click", () => {
      const now = Math.max(0, (parseFloat(input.value) || 0) + by);
      input.value = now === 0 ? "" : String(now);
      input.dispatchEvent(new Event("input", { bubbles: true }));
    });
    return made;
  };
  step.prepend(button("−", input.dataset.less, -1));
  step.append(button("+", input.dataset.more, 1));
}

document.querySelectorAll(".step").forEach(stepper);

const entry = document.querySelector("form.entry");

if (entry) {
  let isUnsaved = entry.hasAttribute("data-unsaved");
  entry.addEventListener("input", () => (isUnsaved = true));
  document.addEventListener("submit", (event) => {
    // What was tapped in the region would be lost by a button elsewhere on the page.
    if (event.target !== entry && isUnsaved && !window.confirm(entry.dataset.leave)) {
      event.preventDefault();
      return;
    }
    isUnsaved = false;
  });
  window.addEventListener("beforeunload", (event) => {
    if (isUnsaved) event.preventDefault();
  });
  window.addEventListener("pageshow", (event) => {
    // A page out of the browser's memory would show what was saved as if it were not.
    if (event.persisted) window.location.reload();
  });
}
