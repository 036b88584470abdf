"use strict";
/* Keys, and marks that are saved at every click. Without this file each page works with its buttons. */
(() => {
  document.body.classList.add("has-script");
  const form = document.getElementById("marking");
  const status = document.getElementById("status");
  const NOTE_PAUSE_MS = 600;
  const MAX_KEPT_ALIVE_BYTES = 60000;  // what a browser still sends when its page is left

  function say(text, kind) {
    status.textContent = text;
    status.className = "status" + (kind ? " " + kind : "");
  }

  /* One request at a time, since each needs the version that the one before has made; the last state wins. */
  let isSaving = false;
  let isWanted = false;
  let isUnsaved = false;
  let hasFailed = false;
  let notePause = 0;

  function isEmpty() {
    const given = form.querySelector("input[type=checkbox]:checked");
    return !given && form.elements.points.value.trim() === "";
  }

  function fields(more) {
    const sent = new URLSearchParams(new FormData(form));
    for (const [name, value] of Object.entries(more)) sent.set(name, value);
    return sent;
  }

  async function save() {
    clearTimeout(notePause);
    notePause = 0;
    if (isSaving) {
      isWanted = true;
      return;
    }
    isSaving = true;
    isUnsaved = true;
    do {
      isWanted = false;
      const kind = !isEmpty() ? "save" : form.dataset.marked ? "clear" : "note";
      const body = fields({do: kind}).toString();
      say("saving …", "waits");
      let response, answer;
      hasFailed = false;
      try {
        response = await fetch(form.action, {
          method: "POST",
          body,
          headers: {Accept: "application/json", "Content-Type": "application/x-www-form-urlencoded"},
          keepalive: body.length < MAX_KEPT_ALIVE_BYTES,
        });
        answer = await response.json();
      } catch {
        say("NOT SAVED: the desk does not answer. Is `grader review` still running?", "fails");
        hasFailed = true;
        isSaving = false;
        return;
      }
      if (answer.conflict) {
        isUnsaved = false;
        submitWith("do", kind);  // the page that comes shows both
        return;
      }
      if (!response.ok) {
        say("not saved: " + answer.said, "fails");
        hasFailed = true;
        isSaving = false;
        return;
      }
      form.elements.seen.value = answer.seen;
      form.elements.seen_one.value = answer.seen_one;
      for (const field of document.querySelectorAll("input[name=given]")) field.value = answer.seen_one;
      form.elements.points.placeholder = answer.rubric_points;
      form.dataset.marked = answer.is_marked ? "1" : "";
      for (const button of document.querySelectorAll(".needs-mark")) button.disabled = !answer.is_marked;
      document.querySelector("#undo button").disabled = !answer.undoable;
      const bar = document.getElementById("bar");
      bar.max = answer.of || 1;
      bar.value = answer.done;
      document.getElementById("progress").textContent = answer.progress;
      say(answer.said, answer.is_marked ? "" : "kept");
    } while (isWanted);
    isSaving = false;
    isUnsaved = false;
  }

  function submitWith(name, value) {
    const field = document.createElement("input");
    field.type = "hidden";
    field.name = name;
    field.value = value;
    form.append(field);
    form.submit();
  }

  /* Resolves when nothing waits to be saved; false where it could not be. */
  async function settled() {
    if (!form) return true;
    clearTimeout(notePause);
    if (isUnsaved && !isSaving) await save();
    while (isSaving) await new Promise((resume) => setTimeout(resume, 20));
    return !isUnsaved;
  }

  if (form) {
    form.dataset.marked = form.querySelector("button[value=clear]") ? "1" : "";
    form.addEventListener("change", (event) => {
      const box = event.target;
      if (box.name === "scope") return;
      if (box.name === "none" && box.checked) for (const one of form.querySelectorAll("[name=met]")) one.checked = false;
      if (box.name === "met" && box.checked) form.elements.none.checked = false;
      isUnsaved = true;
      save();
    });
    form.addEventListener("input", (event) => {
      if (event.target.name !== "note") return;
      isUnsaved = true;
      say("…", "waits");
      clearTimeout(notePause);
      notePause = setTimeout(save, NOTE_PAUSE_MS);
    });
    for (const button of form.querySelectorAll("button[name=use]")) {
      button.addEventListener("click", (event) => {
        event.preventDefault();
        const note = form.elements.note;
        if (!note.value.includes(button.value)) note.value = [note.value.trim(), button.value].filter(Boolean).join("\n");
        isUnsaved = true;
        save();
      });
    }
    form.addEventListener("submit", () => { isUnsaved = false; });
    addEventListener("beforeunload", (event) => {
      if (!isUnsaved) return;
      if (!isSaving && !hasFailed) save();
      else if (hasFailed || isWanted || notePause) event.preventDefault();  // the browser asks whether to leave
    });
    for (const link of document.querySelectorAll("a[href]:not([download])")) {
      link.addEventListener("click", async (event) => {
        if (!isUnsaved || event.ctrlKey || event.metaKey || event.shiftKey) return;
        event.preventDefault();
        if (await settled()) location.assign(link.href);
      });
    }
    document.getElementById("undo").addEventListener("submit", async (event) => {
      if (!isUnsaved) return;
      event.preventDefault();
      if (await settled()) event.target.submit();
    });
  }

  addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    const field = event.target;
    const isTyping = field.matches && field.matches("textarea, input[type=text], input[type=search], select");
    if (isTyping) {
      if (event.key === "Escape") field.blur();
      return;
    }
    if (event.key === "Enter" && field !== document.body) return;
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    const wanted = document.querySelector('[data-key="' + CSS.escape(key) + '"]');
    if (!wanted || wanted.disabled) return;
    event.preventDefault();
    if (wanted.matches("textarea, input[type=text]")) wanted.focus();
    else wanted.click();
  });
})();
