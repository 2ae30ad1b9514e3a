// The editor of a text: marks, keys, a draft on this device, and a guard against leaving.
(() => {
  "use strict";
  const form = document.querySelector("[data-editor]");
  if (!form) return;
  const byId = (id) => document.getElementById(id);
  const title = form.elements.title;
  const body = form.elements.body;
  const key = `draft:${form.dataset.editor}`;
  const first = JSON.stringify([title.value, body.value]);
  const text = () => JSON.stringify([title.value, body.value]);
  let leaving = false;
  sessionStorage.removeItem("saving");

  // Draft and guard
  const dirty = () => text() !== first || "unsaved" in form.dataset;
  const state = byId("editor-state");
  const tell = () => {
    if (!state) return;
    state.classList.toggle("docbar__saved--changed", dirty());
    state.lastElementChild.textContent = dirty() ? "Unsaved; a draft is kept on this device" : `Version ${form.elements.version.value}`;
  };
  let timer = 0;
  const keep = () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      if (dirty()) localStorage.setItem(key, text());
      else localStorage.removeItem(key);
      tell();
    }, 400);
  };
  form.addEventListener("input", keep);
  form.addEventListener("submit", () => {
    leaving = true;
    sessionStorage.setItem("saving", form.dataset.editor);
  });
  addEventListener("beforeunload", (event) => {
    if (!leaving && dirty()) event.preventDefault();
  });
  document.addEventListener("click", (event) => {
    if (!event.target.closest("[data-drop-draft]")) return;
    leaving = true;
    localStorage.removeItem(key);
  });

  const draft = localStorage.getItem(key);
  if (draft && draft !== first && byId("draft") && !("unsaved" in form.dataset)) {
    byId("draft").hidden = false;
    byId("draft-use").addEventListener("click", () => {
      [title.value, body.value] = JSON.parse(draft);
      byId("draft").hidden = true;
      body.dispatchEvent(new Event("input", { bubbles: true }));
      body.focus();
    });
    byId("draft-drop").addEventListener("click", () => {
      localStorage.removeItem(key);
      byId("draft").hidden = true;
      body.focus();
    });
  }

  // Marks
  const put = (from, to, words, select) => {
    body.focus();
    body.setSelectionRange(from, to);
    // The one way in that the browser's own undo knows of.
    if (!document.execCommand("insertText", false, words)) {
      body.setRangeText(words);
      body.dispatchEvent(new Event("input", { bubbles: true }));
    }
    body.setSelectionRange(from + select[0], from + select[1]);
  };
  const around = (mark, otherwise) => {
    const { selectionStart: from, selectionEnd: to, value } = body;
    const chosen = value.slice(from, to);
    // Three stars are bold and italic, two bold, one italic.
    const stars = Math.min(/\**$/.exec(value.slice(0, from))[0].length, /^\**/.exec(value.slice(to))[0].length);
    if (mark.length === 2 ? stars > 1 : stars % 2) return put(from - mark.length, to + mark.length, chosen, [0, chosen.length]);
    const words = chosen || otherwise;
    return put(from, to, mark + words + mark, [mark.length, mark.length + words.length]);
  };
  const before = (mark) => {
    const { selectionStart, selectionEnd, value } = body;
    const from = value.lastIndexOf("\n", selectionStart - 1) + 1;
    const found = value.indexOf("\n", selectionEnd);
    const to = found < 0 ? value.length : found;
    const lines = value.slice(from, to).split("\n");
    const marked = lines.every((line) => line.startsWith(mark));
    const words = lines.map((line) => (marked ? line.slice(mark.length) : mark + line)).join("\n");
    put(from, to, words, [words.length, words.length]);
  };
  const link = () => {
    const { selectionStart: from, selectionEnd: to, value } = body;
    const words = value.slice(from, to) || "text";
    put(from, to, `[${words}](https://)`, [words.length + 3, words.length + 11]);
  };
  const marks = {
    bold: () => around("**", "bold"),
    italic: () => around("*", "italic"),
    heading: () => before("## "),
    list: () => before("- "),
    quote: () => before("> "),
    link,
  };
  const toolbar = form.querySelector("[data-toolbar]");
  toolbar.hidden = false;
  toolbar.addEventListener("click", (event) => {
    const button = event.target.closest("[data-mark]");
    if (button) marks[button.dataset.mark]();
  });
  document.addEventListener("keydown", (event) => {
    if (!(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey) return;
    const name = { b: "bold", i: "italic", k: "link" }[event.key.toLowerCase()];
    if (name && document.activeElement === body) {
      event.preventDefault();
      marks[name]();
    }
    if (event.key.toLowerCase() === "s") {
      event.preventDefault();
      form.requestSubmit();
    }
  });
})();
