// The dot follows the place that is taken from the suggestions; see combobox.js.
"use strict";

const map = document.querySelector(".map");

document.getElementById("f-place").addEventListener("taken", (event) => {
  const dot = map.querySelector(".dot");
  dot.setAttribute("cx", event.detail.x);
  dot.setAttribute("cy", event.detail.y);
  dot.removeAttribute("hidden");
  tellMap(map.dataset.taken.replace("{place}", () => event.detail.value));
});

// A name that no place there begins with. A label, `Gradac (Čačak)`, is no name and may be known all the same.
document.getElementById("f-place").addEventListener("unknown", (event) => {
  const { jurisdiction, geo_precision: precision } = form.elements;
  const name = event.target.value;
  if (jurisdiction.value === "" || precision.value !== "1" || name.includes(" (")) return;
  tellMap(map.dataset.unknown.replace("{place}", () => name));
});

// What is typed and not taken, or less exact, has no point.
form.addEventListener("input", (event) => {
  if (!["place", "geo_precision", "jurisdiction"].includes(event.target.name)) return;
  map.querySelector(".dot").setAttribute("hidden", "");
  tellMap(form.elements.place.value === "" ? map.dataset.none : map.dataset.typed);
});

function tellMap(words) {
  map.querySelector("figcaption").textContent = words;
}
