// How the item page is left, and the item held until then. It comes after item.js and draft.js: the person can leave
// before they have loaded, and nothing may listen for that which needs what is not there yet.
"use strict";

// Leaving: Enter in a field decides nothing; what could not be kept is not lost without a question; one press, one
// decision.
let sending = false;
let deciding = false;

form.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.target.matches("button, summary, textarea, a")) return;
  event.preventDefault();
  if (event.target.closest("#rejection")) document.getElementById("reject").click();
});

// The session may have ended while the laptop slept: it is asked for first, since what a sign-in page answers to a
// form is lost with the form.
let cleared = null;

form.addEventListener("submit", async (event) => {
  if (cleared !== null && cleared === event.submitter) return;
  event.preventDefault();
  if (sending) return;
  sending = true;
  deciding = ["approve", "reject"].includes(event.submitter?.id);
  if ((await signedIn()) && (await keptFirst())) {
    cleared = event.submitter;
    form.requestSubmit(event.submitter);
  } else {
    document.querySelector("dialog[open]")?.close();
    ready();
  }
});

// A server that dies over a decision has at least what was typed; only a window that cannot keep it goes on without.
async function keptFirst() {
  await keepDraft();
  return true;
}

// A form beside the decision's own (a note, an undo) leads back here or on: the item is not given back on the way.
// What was typed is kept before, since the next page shows it.
const passed = new WeakSet();

document.addEventListener("submit", async (event) => {
  const other = event.target;
  if (other === form || other.method === "dialog") return;
  sending = true;
  if (!unkept() || passed.has(other)) return;
  event.preventDefault();
  passed.add(other);
  await keepDraft();
  other.requestSubmit(event.submitter);
});

function ready() {
  sending = deciding = false;
  cleared = null;
}

window.addEventListener("pageshow", ready);

window.addEventListener("beforeunload", (event) => {
  if (deciding || !approve || !unkept() || !draftFailed) return;
  event.preventDefault();
  setTimeout(ready); // runs when the person stays
});

// The lease. A page that was signed out and in again in another tab takes the new session's token.
const leaseLine = document.getElementById("lease-line");

async function beat() {
  const body = new URLSearchParams({ csrf: form.elements.csrf.value, version: form.elements.version.value });
  return fetch(form.dataset.lease, { method: "POST", body, headers: { Accept: "application/json" } });
}

function tell(line) {
  leaseLine.textContent = line ?? "";
  leaseLine.hidden = line === null;
}

// Takes the token of the session there is now, or says why nothing can be sent.
async function signedIn() {
  try {
    const answer = await fetch("/session", { headers: { Accept: "application/json" } });
    const told = await answer.json();
    if (answer.ok) {
      for (const field of document.querySelectorAll("input[name=csrf]")) field.value = told.csrf;
    } else tell(told.line);
    return answer.ok;
  } catch {
    tell(form.dataset.later);
    return false;
  }
}

// Somebody else has the item, or decided it: nothing can be decided here, and nothing more is to be kept alive, not
// even an item that is free again: a page that cannot decide would only hold it back from everybody.
let lost = false;

function takenOver() {
  lost = true;
  for (const button of document.querySelectorAll("#approve, #reject, [data-opens=rejection]")) button.disabled = true;
}

async function keepLease() {
  if (lost || sending) return;
  try {
    let answer = await beat();
    if (answer.status === 401 || answer.status === 403) {
      if (!(await signedIn())) return;
      answer = await beat();
    }
    const { line } = await answer.json();
    if (sending) return; // it may tell of the decision that is under way
    if (answer.status === 409) takenOver();
    tell(line);
    if (draftFailed) await keepDraft();
  } catch {
    tell(form.dataset.silent);
  }
}

const seconds = Number(form.dataset.heartbeat);
const SETTLED = 1500; // milliseconds until the page left for this one, this one reloaded among them, has given back
if (seconds > 0) {
  setTimeout(keepLease, SETTLED);
  setInterval(keepLease, seconds * 1000);
  document.addEventListener("visibilitychange", () => document.hidden || keepLease());
}

// Who leaves the page gives the item back, and what was typed last is kept; a decision does so by itself.
window.addEventListener("pagehide", () => {
  if (seconds > 0 && !sending) {
    navigator.sendBeacon(form.dataset.release, new URLSearchParams({ csrf: form.elements.csrf.value }));
  }
  if (unkept() && !deciding) navigator.sendBeacon(form.dataset.draft, draftBody());
});
