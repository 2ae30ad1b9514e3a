// One document: its images in order (drag, keys), the library dialog, the drawer, the outline.
(() => {
  "use strict";
  document.documentElement.classList.add("scripted");
  const byId = (id) => document.getElementById(id);
  const sheet = document.querySelector(".sheet");
  const list = () => byId("images-list");
  const rows = () => [...list().querySelectorAll("[data-image]")];
  const order = () => rows().map((row) => row.dataset.image).join();
  const calm = matchMedia("(prefers-reduced-motion: reduce)");

  // Order -----------------------------------------------------------------
  let sent = "";
  const send = (row) => {
    const fields = [...order().split(",").map((id) => ["image_ids", id]), ["moved", row.dataset.image]];
    byId("order-ids").replaceChildren(...fields.map(([name, value]) => {
      const field = document.createElement("input");
      Object.assign(field, { type: "hidden", name, value });
      return field;
    }));
    htmx.trigger(byId("order"), "reorder");
  };
  // The moved row stays where it is in the tree, so that focus and the pointer stay with it.
  const shift = (other, change) => {
    const before = other.getBoundingClientRect().top;
    change();
    const by = before - other.getBoundingClientRect().top;
    if (!calm.matches) other.animate([{ translate: `0 ${by}px` }, { translate: "0 0" }], { duration: 240, easing: "cubic-bezier(.32,.72,0,1)" });
  };
  const neighbour = (row, up) => rows()[rows().indexOf(row) + (up ? -1 : 1)];
  const move = (row, up) => {
    const other = neighbour(row, up);
    if (!other) return false;
    shift(other, () => (up ? row.after(other) : row.before(other)));
    return true;
  };

  document.addEventListener("keydown", (event) => {
    const row = event.target.closest("[data-image]");
    const up = event.key === "ArrowUp";
    if (!row || !event.altKey || !(up || event.key === "ArrowDown")) return;
    if (!row.querySelector("[data-grip]") || event.target.matches("input, textarea")) return;
    event.preventDefault();
    if (move(row, up)) send(row);
    row.scrollIntoView({ block: "nearest" });
  });

  let drag = null;
  const place = () => {
    if (!drag || !drag.lifted) return;
    const box = list().getBoundingClientRect();
    if (drag.y < box.top + 36) list().scrollTop -= 6;
    if (drag.y > box.bottom - 36) list().scrollTop += 6;
    const natural = () => box.top + drag.row.offsetTop - list().scrollTop;
    const wanted = Math.min(Math.max(drag.y - drag.grab, box.top - 34), box.bottom - 34);
    const crosses = (up) => {
      const other = neighbour(drag.row, up);
      if (!other) return false;
      const middle = box.top + other.offsetTop - list().scrollTop + other.offsetHeight / 2;
      return up ? wanted < middle : wanted + drag.row.offsetHeight > middle;
    };
    if (wanted < natural()) while (crosses(true) && wanted < natural() - 8) move(drag.row, true);
    else while (crosses(false) && wanted > natural() + 8) move(drag.row, false);
    drag.row.style.translate = `0 ${wanted - natural()}px`;
    drag.frame = requestAnimationFrame(place);
  };
  const drop = (keep) => {
    if (!drag) return;
    const { row, lifted, from, grip, frame } = drag;
    drag = null;
    cancelAnimationFrame(frame);
    row.classList.remove("pic--lifted");
    row.style.translate = row.style.rotate = "";
    if (!lifted) return;
    if (!keep) from.forEach((one) => list().append(one));
    grip.focus();
    if (keep && from.some((one, place) => one !== rows()[place])) send(row);
  };
  document.addEventListener("pointerdown", (event) => {
    const grip = event.target.closest("[data-grip]");
    if (!grip || event.button) return;
    const row = grip.closest("[data-image]");
    grip.setPointerCapture(event.pointerId);
    drag = { row, grip, from: rows(), start: event.clientY, y: event.clientY, grab: event.clientY - row.getBoundingClientRect().top };
  });
  document.addEventListener("pointermove", (event) => {
    if (!drag) return;
    drag.y = event.clientY;
    if (drag.lifted || Math.abs(drag.y - drag.start) < 4) return;
    drag.lifted = true;
    drag.row.classList.add("pic--lifted");
    drag.row.style.rotate = calm.matches ? "" : "-.6deg";
    place();
  });
  document.addEventListener("pointerup", () => drop(true));
  document.addEventListener("pointercancel", () => drop(false));
  document.addEventListener("keydown", (event) => event.key === "Escape" && drop(false));

  // What happens around a swap of the images --------------------------------
  const form = ({ detail }) => (detail.ctx ? detail.ctx.sourceElement : (detail.requestConfig || detail).elt);
  const status = (event) => (event.detail.ctx ? event.detail.ctx.response.raw.status : event.detail.xhr.status);
  // The swap may take away the form that asked, so what it was is noted before.
  let asked = null;
  const onRequest = (event) => {
    const from = form(event);
    if (from.id === "order") sent = order();
    if (from.closest("#images")) asked = { from, id: (from.closest("[data-image]") || from).dataset.image || from.dataset.undo };
  };
  const onSwap = (event) => {
    const { detail } = event;
    // A refusal shows the images as they are now.
    if (detail.target && detail.target.id === "images" && status(event) === 409) {
      detail.shouldSwap = true;
      detail.isError = false;
    }
    // An answer to an older order than the one on the screen is out of date.
    const stale = form(event).id === "order" && status(event) < 300 && sent !== order();
    if (stale || drag) detail.shouldSwap = false;
  };
  const focusFirst = (...ids) => {
    const found = ids.map(byId).find((element) => element && !element.disabled && element.checkVisibility());
    if (found) found.focus();
  };
  const onAnswer = (event) => {
    const from = form(event);
    if (from.matches("[data-picker]")) return byId("library").close();
    if (!asked || asked.from !== from) return undefined;
    const at = document.activeElement;
    const { id } = asked;
    if (from.matches("[data-texts]") && status(event) < 300) {
      byId(`more-${id}`).open = false;
      return focusFirst(`edit-${id}`);
    }
    if (from.matches(".pic__detach")) return focusFirst("undo", "files");
    if (from.matches("[data-undo]")) return focusFirst(`edit-${id}`, "files");
    if (!at || at === document.body || at.disabled) focusFirst(`up-${id}`, `down-${id}`, `edit-${id}`);
    return undefined;
  };
  const on = (names, listener) => names.forEach((name) => document.addEventListener(name, listener));
  on(["htmx:configRequest", "htmx:config:request"], onRequest);
  on(["htmx:beforeSwap", "htmx:before:swap"], onSwap);
  on(["htmx:afterRequest", "htmx:after:request"], onAnswer);

  // Library dialog ----------------------------------------------------------
  const countPicked = () => {
    const picker = document.querySelector("[data-picker]");
    if (!picker) return;
    const room = Number(picker.dataset.room);
    const picked = picker.querySelectorAll('[name="image_ids"]:checked').length;
    const plural = (count, word) => `${count} ${word}${count === 1 ? "" : "s"}`;
    picker.querySelector("[data-picked]").textContent = picked ? `${picked} chosen, ${plural(room, "space")} left` : `${plural(room, "space")} left`;
    const button = picker.querySelector("[data-attach]");
    button.disabled = !picked || picked > room;
    button.textContent = picked ? `Attach ${plural(picked, "image")}` : "Attach images";
  };
  document.addEventListener("change", (event) => {
    if (event.target.closest("[data-picker]")) countPicked();
    if (event.target.matches("[data-autosubmit]")) event.target.form.requestSubmit();
  });
  document.addEventListener("keydown", (event) => {
    if (event.target.id === "picker-search" && event.key === "Enter") event.preventDefault();
  });
  on(["htmx:afterSwap", "htmx:after:swap"], countPicked);
  countPicked();

  // Drawer ------------------------------------------------------------------
  const drawer = document.querySelector("[data-drawer]");
  const slide = (open) => {
    sheet.toggleAttribute("data-drawer-open", open);
    sheet.dataset.drawerUsed = "";
    drawer.setAttribute("aria-expanded", open);
    (open ? byId("images-close") : drawer).focus();
  };
  if (drawer) {
    drawer.hidden = false;
    document.addEventListener("click", (event) => {
      if (event.target.closest("[data-drawer]")) slide(!sheet.hasAttribute("data-drawer-open"));
      else if (event.target.closest("[data-drawer-close]") || (event.target === sheet && sheet.hasAttribute("data-drawer-open"))) slide(false);
    });
    document.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && sheet.hasAttribute("data-drawer-open") && !document.querySelector("dialog[open]")) slide(false);
    });
  }

  // Outline -------------------------------------------------------------------
  const links = new Map([...document.querySelectorAll(".outline a")].map((link) => [link.hash.slice(1), link]));
  const heads = [...links.keys()].map(byId).filter(Boolean);
  const mark = () => {
    const passed = heads.filter((head) => head.getBoundingClientRect().top < 110);
    const now = (passed.at(-1) || heads[0]).id;
    links.forEach((link, id) => (id === now ? link.setAttribute("aria-current", "true") : link.removeAttribute("aria-current")));
  };
  if (heads.length) {
    document.addEventListener("scroll", mark, { passive: true });
    mark();
  }

  // A saved text needs no draft any more.
  const saved = document.querySelector("[data-saved]");
  if (saved && sessionStorage.getItem("saving") === saved.dataset.saved) {
    localStorage.removeItem(`draft:${saved.dataset.saved}`);
    sessionStorage.removeItem("saving");
  }
})();
