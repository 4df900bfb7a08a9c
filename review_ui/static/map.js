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

// What is typed and not taken, or less exact, has no point.
form.addEventListener("input", (event) => {
  if (!["place", "geo_precision", "jurisdiction"].includes(event.target.name)) return;
  map.querySelector(".dot").setAttribute("hidden", "");
  tellMap(form.elements.place.value === "" ? map.dataset.none : map.dataset.typed);
});

function tellMap(words) {
  map.querySelector("figcaption").textContent = words;
}
