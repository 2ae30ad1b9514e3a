// The launch form: drafts, counters, lines, previews, Ctrl+Enter, one launch a press.
(() => {
  "use strict";
  const form = document.getElementById("brief");
  if (!form) return;
  const store = form.dataset.draft;
  const skipped = new Set(["token", "csrfmiddlewaretoken"]);
  const note = document.getElementById("draft-note");
  const changed = () => form.dispatchEvent(new Event("restored"));

  // A list is a textarea with one entry a line; with a script it is lines to add and remove.
  const lines = (area) => {
    const box = document.createElement("div");
    box.className = "lines";
    const sync = () => {
      area.value = [...box.querySelectorAll("input")].map((one) => one.value.trim()).filter(Boolean).join("\n");
      area.dispatchEvent(new Event("input", { bubbles: true }));
    };
    const row = (text, before = null) => {
      const line = document.createElement("div");
      line.className = "lines__row";
      const input = document.createElement("input");
      input.className = "input";
      input.value = text;
      input.maxLength = 2000;
      const remove = document.createElement("button");
      remove.type = "button";
      remove.className = "button button--ghost button--icon button--sm";
      remove.textContent = "×";
      remove.setAttribute("aria-label", "Remove this line");
      remove.addEventListener("click", () => {
        const next = line.nextElementSibling || line.previousElementSibling;
        line.remove();
        if (!box.querySelector("input")) row("", add);
        (next && next.querySelector("input") || add).focus();
        name();
        sync();
      });
      line.append(input, remove);
      box.insertBefore(line, before);
      name();
      return input;
    };
    const name = () => box.querySelectorAll("input").forEach((one, at) => one.setAttribute("aria-label", `${area.dataset.lines}, line ${at + 1}`));
    const add = document.createElement("button");
    add.type = "button";
    add.className = "button button--soft button--xs lines__add";
    add.textContent = "Add a line";
    add.addEventListener("click", () => row("", add).focus());
    box.append(add);
    (area.value.split("\n").filter((text) => text.trim()).concat(area.value.trim() ? [] : [""])).forEach((text) => row(text, add));
    box.addEventListener("input", (event) => { event.stopPropagation(); sync(); });
    box.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.ctrlKey || event.metaKey || event.target.tagName !== "INPUT") return;
      event.preventDefault();
      row("", event.target.parentElement.nextElementSibling).focus();
    });
    box.addEventListener("paste", (event) => {
      const pasted = event.clipboardData.getData("text").split(/\r?\n/).filter((text) => text.trim());
      if (pasted.length < 2 || event.target.tagName !== "INPUT") return;
      event.preventDefault();
      const here = event.target.parentElement;
      const first = event.target.value.trim() ? null : pasted.shift();
      if (first) event.target.value = first;
      let last = event.target;
      const after = here.nextElementSibling;
      pasted.forEach((text) => { last = row(text, after); });
      last.focus();
      sync();
    });
    area.after(box);
    area.hidden = true;
    if (area.getAttribute("aria-invalid")) box.querySelectorAll("input").forEach((one) => one.setAttribute("aria-invalid", "true"));
    const label = form.querySelector(`label[for="${CSS.escape(area.id)}"]`);
    if (label) label.addEventListener("click", () => box.querySelector("input").focus());
    return box;
  };
  const drawLines = () => form.querySelectorAll("textarea[data-lines]").forEach((area) => {
    if (area.nextElementSibling && area.nextElementSibling.classList.contains("lines")) area.nextElementSibling.remove();
    lines(area);
  });

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
    drawLines();
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
  drawLines();
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
