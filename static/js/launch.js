// The launch form: drafts, counters, previews, Ctrl+Enter, one launch a press.
(() => {
  "use strict";
  const form = document.getElementById("brief");
  if (!form) return;
  const store = form.dataset.draft;
  const skipped = new Set(["token", "csrfmiddlewaretoken"]);
  const note = document.getElementById("draft-note");
  const changed = () => form.dispatchEvent(new Event("restored"));

  const stepper = (input) => {
    const shell = document.createElement("span");
    shell.className = "stepper";
    input.replaceWith(shell);
    const step = (by, sign, words) => {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = sign;
      button.setAttribute("aria-label", words);
      button.addEventListener("click", () => {
        input.value = String((Number(input.value.replace(",", ".")) || 0) + by);
        input.dispatchEvent(new Event("input", { bubbles: true }));
      });
      return button;
    };
    shell.append(step(-1, "−", "One less"), input, step(1, "+", "One more"));
  };

  const count = () => form.querySelectorAll("[data-counter]").forEach((counter) => {
    const length = document.getElementById(counter.dataset.counter).value.length;
    const limit = Number(counter.dataset.limit);
    counter.textContent = length > limit / 2 ? `${length} / ${limit}` : "";
  });

  const entries = () => [...new FormData(form)].filter(([name, value]) => typeof value === "string" && !skipped.has(name));
  const read = () => { try { return JSON.parse(localStorage.getItem(store)); } catch { return null; } };
  const save = () => { try { localStorage.setItem(store, JSON.stringify(entries())); } catch { /* storage is full or off */ } };
  const fill = (draft) => {
    const values = new Map();
    draft.forEach(([name, value]) => values.set(name, (values.get(name) || []).concat(value)));
    [...form.elements].forEach((field) => {
      if (!field.name || skipped.has(field.name) || field.type === "file") return;
      const given = values.get(field.name) || [];
      if (field.type === "checkbox" || field.type === "radio") field.checked = given.includes(field.value);
      else field.value = given[0] ?? "";
    });
    count();
    changed();
  };
  const say = (text, action, act) => {
    note.querySelector("p").textContent = text;
    const button = note.querySelector("button");
    button.textContent = action;
    button.onclick = () => { note.hidden = true; act(); };
    note.hidden = false;
  };

  const start = entries();
  const draft = read();
  form.querySelectorAll(".input--number").forEach(stepper);
  const differs = draft && JSON.stringify(draft) !== JSON.stringify(start);
  if ("keep" in form.dataset) save();
  else if (differs && "filled" in form.dataset) say("You have a draft of this brief.", "Back to my draft", () => fill(draft));
  else if (differs) {
    fill(draft);
    say("Your draft is back.", "Start over", () => { localStorage.removeItem(store); fill(start); });
  }
  count();

  let timer;
  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(save, 300);
    count();
  });
  form.addEventListener("change", (event) => {
    const input = event.target;
    if (!("preview" in input.dataset)) return;
    const tile = input.closest("label");
    tile.querySelectorAll("img").forEach((old) => { URL.revokeObjectURL(old.src); old.remove(); });
    tile.classList.toggle("shot-choice--new", input.files.length > 0);
    if (!input.files.length) return;
    const picture = document.createElement("img");
    picture.src = URL.createObjectURL(input.files[0]);
    picture.alt = input.files[0].name;
    tile.append(picture);
    const radios = tile.parentElement.parentElement.querySelectorAll('input[type="radio"]');
    radios.forEach((radio) => { radio.checked = false; });
  });

  document.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      const button = document.getElementById("launch");
      if (!button.disabled) form.requestSubmit(button);
    }
  });
  let sent = false;
  form.addEventListener("submit", (event) => {
    if (sent) { event.preventDefault(); return; }
    sent = true;
    clearTimeout(timer);
    save();
    sessionStorage.setItem("launched", store);
    const button = document.getElementById("launch");
    button.setAttribute("aria-busy", "true");
    button.querySelector("span").textContent = "Launching…";
  });
  // Back from the run: the same form may launch another one.
  addEventListener("pageshow", (event) => {
    if (!event.persisted) return;
    sent = false;
    form.elements.token.value = crypto.randomUUID();
    const button = document.getElementById("launch");
    button.removeAttribute("aria-busy");
    button.querySelector("span").textContent = "Launch";
  });
  const problems = document.getElementById("problems");
  const wrong = form.querySelector('[aria-invalid="true"]:not([hidden]), .field--error input');
  if (problems) (wrong || problems).focus();
})();
