// One review: picks, edits in place, image order, alt texts, the draft that outlives a reload.
(() => {
  "use strict";
  const DAYS = 14 * 24 * 3600 * 1000;
  const form = document.getElementById("review");
  const isOpen = form && "open" in form.dataset;

  // Drafts: one per person, review and round. A draft that was sent is dropped by the next page.
  const store = {
    read: (key) => { try { return JSON.parse(localStorage.getItem(key)); } catch { return null; } },
    write: (key, value) => { try { localStorage.setItem(key, JSON.stringify(value)); return true; } catch { return false; } },
    drop: (key) => { try { localStorage.removeItem(key); } catch { /* storage is closed to us */ } },
  };
  const forget = () => {
    try {
      const sent = sessionStorage.getItem("review.sent");
      if (sent && !(isOpen && form.dataset.draft === sent)) store.drop(sent);
      sessionStorage.removeItem("review.sent");
      for (const key of Object.keys(localStorage)) {
        if (/^review\.\d+\./.test(key) && !(Date.now() - (store.read(key) || {}).at < DAYS)) store.drop(key);
      }
    } catch { /* storage is closed to us */ }
  };
  forget();
  if (!form) return;

  const all = (selector, within = form) => [...within.querySelectorAll(selector)];
  const one = (selector, within = form) => within.querySelector(selector);
  const cardOf = (element) => element.closest("[data-card]");
  const say = (text, level = "success") => document.dispatchEvent(new CustomEvent("toast", { detail: { text, level } }));

  // Copy: the text as it stands.
  form.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-copy]");
    if (!button) return;
    const text = all("[data-text]", cardOf(button)).map((part) => part.textContent).join("\n");
    try { await navigator.clipboard.writeText(text); say("Copied."); } catch { say("The browser did not allow copying.", "error"); }
  });

  // Swipe: which variant is in view.
  for (const row of all("[data-swipe]")) {
    const group = row.closest("[data-group]");
    const cards = all("[data-card]", row);
    const dots = all("[data-dots] i", group);
    const here = one("[data-here]", group);
    const mark = (place) => {
      dots.forEach((dot, index) => dot.classList.toggle("is-here", index === place));
      if (here) here.textContent = place + 1;
    };
    mark(0);
    const seen = new IntersectionObserver((entries) => {
      const shown = entries.filter((entry) => entry.isIntersecting).pop();
      if (shown) mark(cards.indexOf(shown.target));
    }, { root: row, threshold: 0.6 });
    cards.forEach((card) => seen.observe(card));
  }
  if (!isOpen) return;

  // Edits.
  const before = new WeakMap();
  const boxes = (card) => all("[data-edit]", card);
  const originalOf = (box) => one("[data-original]", box.parentElement).value;
  const sum = (card) => boxes(card).reduce((length, box) => length + box.value.length, 0);
  const measure = (card) => {
    const single = boxes(card).length === 1 && boxes(card)[0].dataset.most;
    one("[data-length]", card).textContent = single ? `${sum(card)} / ${single}` : `${sum(card)} chars`;
    for (const box of boxes(card)) {
      const count = one("[data-count-part]", box.parentElement);
      if (!count) continue;
      count.textContent = box.dataset.most ? `${box.value.length} / ${box.dataset.most}` : box.value.length;
      count.classList.toggle("is-over", box.value.length > Number(box.dataset.most || Infinity));
    }
    one("[data-save]", card).disabled = boxes(card).some((box) => !box.value.trim());
  };
  const draw = (card) => {
    for (const box of boxes(card)) one("[data-text]", box.closest("[data-part]")).textContent = box.value;
    const edited = boxes(card).some((box) => box.value !== originalOf(box));
    card.classList.toggle("is-edited", edited);
    card.classList.toggle("is-redone", edited);
    measure(card);
  };
  const start = (card) => {
    if (card.classList.contains("is-editing")) return;
    boxes(card).forEach((box) => before.set(box, box.value));
    card.classList.add("is-editing");
    measure(card);
    const first = boxes(card)[0];
    first.focus();
    first.setSelectionRange(first.value.length, first.value.length);
  };
  const end = (card, keep) => {
    if (keep && one("[data-save]", card).disabled) return;
    if (!keep) boxes(card).forEach((box) => { box.value = before.get(box) ?? box.value; });
    card.classList.remove("is-editing");
    draw(card);
    one("[data-start]", card).focus();
    save();
  };

  // Picks, primary and alt texts, and what they make of the list before approving.
  const picked = (kind) => all(`input[name="pick_${kind}"]:checked`);
  const shots = () => all("[data-shots] > [data-card]");
  const kept = () => (one('input[name="pick_image"]') ? shots().filter((shot) => one("[data-pick]:checked", shot)) : shots());
  const paint = (element, look) => {
    element.classList.remove("status-completed", "status-pending", "status-waiting");
    element.classList.add(`status-${look}`);
  };
  const tell = (name, words, look) => {
    for (const line of all(`[data-check="${name}"]`)) {
      one("[data-words]", line).textContent = words;
      paint(line, look);
    }
  };
  const count = () => {
    for (const badge of all("[data-count]")) {
      const { count: kind, mode, wanted } = badge.dataset;
      const found = picked(kind).length;
      const met = mode === "many" ? found > 0 : found === Number(wanted);
      const words = mode === "many" ? `${found} picked` : `${found} of ${wanted} picked`;
      one("span", badge).textContent = words;
      const look = met ? "completed" : found > Number(wanted) ? "waiting" : "pending";
      paint(badge, look);
      tell(kind, words, look);
    }
    const primary = one("[data-primary]:checked");
    tell("primary", primary ? `Image ${cardOf(primary).dataset.number} is primary` : "The first image is primary", "completed");
    const bare = kept().filter((shot) => !one("[data-alt]", shot).value.trim()).length;
    tell("alt", bare ? `${bare} image${bare > 1 ? "s" : ""} without alt text` : "Every image has alt text", bare ? "waiting" : "completed");
  };
  const describe = (box) => {
    const card = cardOf(box);
    box.parentElement.classList.toggle("alt--missing", !box.value.trim());
    one(".shot__open img", card).alt = box.value;
  };
  const place = () => all("[data-shots]").forEach((list) => all("[data-position]", list).forEach((spot, index) => { spot.textContent = index + 1; }));
  const move = (card, step) => {
    const other = step < 0 ? card.previousElementSibling : card.nextElementSibling;
    if (!other) return;
    const focused = document.activeElement;
    if (step < 0) other.before(card); else other.after(card);
    if (card.contains(focused)) focused.focus();
    place();
    const list = [...card.parentElement.children];
    one("[data-said]", card.closest("[data-group]")).textContent = `Image ${card.dataset.number} is now ${list.indexOf(card) + 1} of ${list.length}.`;
    save();
  };

  // The draft.
  const key = form.dataset.draft;
  const state = () => ({
    picks: all("[data-pick]:checked").map((box) => box.value),
    primary: (one("[data-primary]:checked") || {}).value || "",
    order: all('input[name="order"]').map((box) => box.value),
    texts: Object.fromEntries(all("[data-edit], [data-alt]").map((box) => [box.name, box.value])),
    comment: form.elements.comment.value,
  });
  const fresh = JSON.stringify(state());
  let sending = false;
  let stored = true;
  const isChanged = () => JSON.stringify(state()) !== fresh;
  const save = () => {
    if (sending) return;
    if (!isChanged() && !("kept" in form.dataset)) store.drop(key);
    else stored = store.write(key, { ...state(), at: Date.now() });
  };
  const restore = (draft) => {
    all("[data-pick]").forEach((box) => { box.checked = draft.picks.includes(box.value); });
    all("[data-primary]").forEach((box) => { box.checked = box.value === draft.primary; });
    for (const box of all("[data-edit], [data-alt]")) if (box.name in draft.texts) box.value = draft.texts[box.name];
    for (const name of draft.order) {
      const card = all("[data-shots] > [data-card]").find((shot) => shot.dataset.card === name);
      if (card) card.parentElement.append(card);
    }
    form.elements.comment.value = draft.comment;
    all(".variant").forEach(draw);
    all("[data-alt]").forEach(describe);
    place();
    count();
  };
  const draft = store.read(key);
  if (draft && draft.picks && !("kept" in form.dataset) && JSON.stringify({ ...draft, at: undefined }) !== fresh) {
    restore(draft);
    document.getElementById("draft-notice").hidden = false;
  }
  let timer;
  form.addEventListener("input", (event) => {
    const { target } = event;
    if (target.matches("[data-edit]")) measure(cardOf(target));
    if (target.matches("[data-alt]")) describe(target);
    if (target.matches("[data-primary]")) {
      const pick = one("[data-pick]", cardOf(target));
      if (pick) pick.checked = true;
    }
    for (const primary of all("[data-primary]:checked")) {
      const pick = one("[data-pick]", cardOf(primary));
      if (pick && !pick.checked) primary.checked = false;
    }
    if (target.id === "comment") target.closest(".field").classList.remove("field--error");
    count();
    clearTimeout(timer);
    timer = setTimeout(save, 250);
  });
  window.addEventListener("pagehide", save);
  window.addEventListener("beforeunload", (event) => {
    const open = all(".is-editing [data-edit]").some((box) => box.value !== before.get(box));
    if (!sending && (open || (!stored && isChanged()))) event.preventDefault();
  });

  const actions = {
    start: (button) => start(cardOf(button)),
    cancel: (button) => end(cardOf(button), false),
    save: (button) => end(cardOf(button), true),
    revert: (button) => { boxes(cardOf(button)).forEach((box) => { box.value = originalOf(box); }); draw(cardOf(button)); save(); },
    move: (button) => move(cardOf(button), Number(button.dataset.move)),
    discard: () => { store.drop(key); sending = true; location.reload(); },
  };
  form.addEventListener("click", (event) => {
    for (const [name, act] of Object.entries(actions)) {
      const button = event.target.closest(`[data-${name}]`);
      if (!button || !form.contains(button)) continue;
      event.preventDefault();
      act(button);
      return;
    }
  });
  form.addEventListener("keydown", (event) => {
    const box = event.target;
    if (box.matches("[data-edit]") && (event.key === "Escape" || (event.key === "Enter" && (event.ctrlKey || event.metaKey)))) {
      event.preventDefault();
      end(cardOf(box), Boolean(boxes(cardOf(box)).every((part) => part.value.trim())));
    }
    const card = cardOf(box);
    if (event.altKey && card && card.matches(".shot") && ["ArrowUp", "ArrowDown"].includes(event.key)) {
      event.preventDefault();
      move(card, event.key === "ArrowUp" ? -1 : 1);
    }
  });

  // An image made anew.
  const again = document.getElementById("again-dialog");
  form.addEventListener("click", (event) => {
    const button = event.target.closest("[data-again]");
    if (!button) return;
    const asking = again.querySelector("form");
    asking.elements.image.value = button.dataset.again;
    asking.setAttribute("hx-target", `#card-${button.dataset.again}`);
    again.querySelector("[data-again-name]").textContent = `image ${cardOf(button).dataset.number}`;
    again.showModal();
  });
  document.addEventListener("image-made", (event) => {
    again.close();
    again.querySelector("form").reset();
    place();
    count();
    save();
    one(`#card-${event.detail.item} [data-again]`).focus();
  });

  // Order by dragging.
  let dragged = null;
  form.addEventListener("dragstart", (event) => {
    if (!event.target.matches("[data-drag]")) return;
    dragged = cardOf(event.target);
    dragged.classList.add("is-dragged");
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", dragged.dataset.number);
  });
  form.addEventListener("dragover", (event) => {
    const over = dragged && event.target.closest(".shot");
    if (!over || over.parentElement !== dragged.parentElement) return;
    event.preventDefault();
    if (over === dragged) return;
    const list = [...over.parentElement.children];
    if (list.indexOf(dragged) < list.indexOf(over)) over.after(dragged); else over.before(dragged);
    place();
  });
  form.addEventListener("drop", (event) => dragged && event.preventDefault());
  form.addEventListener("dragend", () => {
    if (dragged) dragged.classList.remove("is-dragged");
    dragged = null;
    save();
  });

  // The decision.
  const buttons = () => all('[name="verdict"]');
  form.addEventListener("submit", (event) => {
    const { value, dataset } = event.submitter || { dataset: {} };
    const comment = form.elements.comment;
    if (value === "request_changes" && !comment.value.trim()) {
      event.preventDefault();
      comment.closest(".field").classList.add("field--error");
      comment.placeholder = "Say what should change.";
      comment.focus();
      return;
    }
    if (value === "reject" && !("confirmed" in dataset)) {
      event.preventDefault();
      document.getElementById("reject-dialog").showModal();
      return;
    }
    save();
    sending = true;
    try { sessionStorage.setItem("review.sent", key); } catch { /* storage is closed to us */ }
    setTimeout(() => buttons().forEach((button) => { button.disabled = true; }));
  });
  window.addEventListener("pageshow", (event) => {
    if (!event.persisted) return;
    sending = false;
    buttons().forEach((button) => { button.disabled = false; });
  });
  new MutationObserver(() => {
    if (one("#review-live[data-over]")) buttons().forEach((button) => { button.disabled = true; });
  }).observe(one(".work"), { childList: true });

  all(".variant").forEach((card) => boxes(card).some((box) => box.getAttribute("aria-invalid")) && start(card));
  const told = one("[data-focus]");
  if (told) told.focus();
  count();
})();
