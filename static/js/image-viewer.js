// Shows the images of a page large, one after the other, with what is known of each.
(() => {
  "use strict";
  const dialog = document.getElementById("lightbox");
  if (!dialog) return;
  const byId = (id) => document.getElementById(id);
  let links = [];
  let at = 0;

  const show = (place) => {
    at = Math.min(Math.max(place, 0), links.length - 1);
    const { full, alt, label, caption } = links[at].dataset;
    const image = byId("lightbox-image");
    image.src = full;
    image.alt = alt || "Image without alt text";
    byId("lightbox-label").textContent = label;
    byId("lightbox-caption").textContent = caption || "";
    byId("lightbox-caption").hidden = !caption;
    dialog.querySelectorAll("[data-step]").forEach((arrow) => {
      arrow.disabled = !links[at + Number(arrow.dataset.step)];
    });
    htmx.ajax("GET", links[at].getAttribute("href"), { target: "#lightbox-facts", swap: "innerHTML" });
  };
  document.addEventListener("click", (event) => {
    const link = event.target.closest("[data-lightbox]");
    if (link && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
      event.preventDefault();
      links = [...document.querySelectorAll(`[data-lightbox="${link.dataset.lightbox}"]:not([data-twin])`)];
      dialog.showModal();
      show(links.findIndex((one) => one.pathname === link.pathname));
    }
    const arrow = event.target.closest("[data-step]");
    if (arrow) show(at + Number(arrow.dataset.step));
    if (event.target === dialog) dialog.close();
  });
  dialog.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (step && links[at + step]) show(at + step);
  });
})();
