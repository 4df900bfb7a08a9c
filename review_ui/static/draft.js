// What a person types is kept on the server as they type; see item.js for the form.
"use strict";

const draftLine = document.getElementById("draft-line");
const TYPED = 700; // milliseconds of rest after which what was typed is kept
let kept = wordsAtStart;
let keeping = Promise.resolve(true);
let waiting = null;
let draftFailed = false;

function unkept() {
  return draftLine !== null && content(words) !== kept;
}

function draftBody() {
  return new URLSearchParams(new FormData(form));
}

async function keepOnce() {
  if (!unkept()) return true;
  const sent = content(words);
  try {
    const answer = await fetch(form.dataset.draft, {
      method: "POST", body: draftBody(), headers: { Accept: "application/json" },
    });
    const told = await answer.json();
    draftLine.textContent = answer.ok ? told.line : form.dataset.unkept.replace("{line}", () => told.line);
    draftFailed = !answer.ok;
    if (draftFailed) return false;
    for (const field of document.querySelectorAll("input[name=draft_turn]")) field.value = told.turn;
    kept = sent;
    return true;
  } catch {
    draftFailed = true;
    draftLine.textContent = form.dataset.unanswered;
    return false;
  }
}

// One at a time, since each names the turn of the one before.
function keepDraft() {
  clearTimeout(waiting);
  keeping = keeping.then(keepOnce);
  return keeping;
}

function typedSomething() {
  if (draftLine === null) return;
  clearTimeout(waiting);
  waiting = setTimeout(keepDraft, TYPED);
}

for (const kind of ["input", "change", "click"]) form.addEventListener(kind, () => unkept() && typedSomething());
