// A text field with suggestions from the server: an ARIA combobox. Down and Up choose, Enter takes, Esc closes.
"use strict";

const MINIMUM = 2;
const REST = 200; // milliseconds without a key, after which the server is asked

function combobox(input) {
  const list = document.createElement("ul");
  list.id = `${input.id}-list`;
  list.className = "suggestions";
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", input.dataset.suggestions);
  list.hidden = true;
  input.after(list);
  for (const [name, value] of Object.entries({
    role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": list.id,
  })) input.setAttribute(name, value);
  let asked = 0;
  let found = [];
  let chosen = -1;

  function close() {
    asked += 1; // an answer under way is no longer wanted
    list.hidden = true;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
    chosen = -1;
  }

  function choose(number) {
    chosen = (number + found.length) % found.length;
    [...list.children].forEach((option, place) => option.setAttribute("aria-selected", place === chosen));
    input.setAttribute("aria-activedescendant", list.children[chosen].id);
    list.children[chosen].scrollIntoView({ block: "nearest" });
  }

  function take(number) {
    const taken = found[number];
    input.value = taken.value;
    close();
    input.dispatchEvent(new Event("input", { bubbles: true }));
    input.dispatchEvent(new CustomEvent("taken", { bubbles: true, detail: taken }));
  }

  function show(answer) {
    const before = found[chosen]?.value; // a late answer does not take away what was chosen meanwhile
    found = answer;
    list.replaceChildren(
      ...found.map((each, number) => {
        const option = document.createElement("li");
        option.id = `${list.id}-${number}`;
        option.setAttribute("role", "option");
        option.setAttribute("aria-selected", "false");
        option.textContent = each.label;
        option.dir = "auto";
        option.addEventListener("mousedown", (event) => event.preventDefault()); // the field keeps the focus
        option.addEventListener("click", () => take(number));
        return option;
      }),
    );
    const typed = found.find((each) => each.value === input.value);
    if (typed) input.dispatchEvent(new CustomEvent("known", { bubbles: true, detail: typed }));
    if (found.length === 0) input.dispatchEvent(new CustomEvent("unknown", { bubbles: true }));
    chosen = -1;
    input.removeAttribute("aria-activedescendant");
    list.hidden = found.length === 0;
    input.setAttribute("aria-expanded", String(!list.hidden));
    const still = found.findIndex((each) => each.value === before);
    if (still >= 0) choose(still);
  }

  async function ask() {
    const number = ++asked;
    if (input.value.trim().length < MINIMUM) return close();
    await new Promise((rested) => setTimeout(rested, REST));
    if (number !== asked) return;
    const query = new URLSearchParams({ q: input.value });
    if (input.form.elements.jurisdiction) query.set("jurisdiction", input.form.elements.jurisdiction.value);
    try {
      const answer = await fetch(`${input.dataset.suggest}?${query}`, { headers: { Accept: "application/json" } });
      const told = await answer.json();
      if (answer.ok && number === asked && document.activeElement === input) show(told);
    } catch {
      close(); // what is typed counts without suggestions too
    }
  }

  input.addEventListener("input", (event) => event.isTrusted && ask());
  input.addEventListener("blur", close);
  input.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (list.hidden) ask();
      else choose(event.key === "ArrowDown" ? chosen + 1 : Math.max(chosen, 0) - 1);
    } else if (event.key === "Enter" && chosen >= 0) {
      event.preventDefault();
      event.stopPropagation();
      take(chosen);
    } else if (event.key === "Escape" && !list.hidden) {
      event.preventDefault();
      event.stopPropagation();
      close();
    } else if (event.key === "Tab" && chosen >= 0) take(chosen);
  });
}

for (const input of document.querySelectorAll("[data-suggest]")) combobox(input);

// Who looks for an item means that one, not one of those suggested.
document.addEventListener("input", (event) => {
  if (!event.target.matches(".find")) return;
  event.target.form.querySelector(".found").checked = event.target.value !== "";
  tellHome(event.target, "");
});

// In whose queue the two will be, where that is a question: of the one taken, or of the one whose id was typed.
function tellHome(find, words) {
  const line = find.form.querySelector(".home");
  if (line) line.textContent = words;
}

for (const kind of ["taken", "known"]) {
  document.addEventListener(kind, (event) => tellHome(event.target, event.detail.home ?? ""));
}
