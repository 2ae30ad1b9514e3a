// Images of a page at full size: [data-lightbox] opens #lightbox; arrow keys go on.
(() => {
  "use strict";
  const dialog = document.getElementById("lightbox");
  if (!dialog) return;
  const part = (name) => dialog.querySelector(`[data-lightbox-${name}]`);
  const links = () => [...document.querySelectorAll("a[data-lightbox]")];
  let place = 0;
  const show = (next) => {
    const found = links();
    place = (next + found.length) % found.length;
    const link = found[place];
    const image = link.querySelector("img");
    const picked = link.parentElement.querySelector("[data-pick]:checked, .pick__mark--on");
    part("image").src = link.href;
    part("image").alt = image.alt;
    part("name").textContent = `${place + 1} of ${found.length}`;
    part("state").textContent = picked ? "Picked" : "";
    part("alt").textContent = image.alt || "No alt text yet";
    dialog.querySelectorAll("[data-step]").forEach((button) => { button.hidden = found.length < 2; });
  };
  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-lightbox]");
    if (!opener || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    show(links().findIndex((link) => link.dataset.lightbox === opener.dataset.lightbox));
    dialog.showModal();
  });
  dialog.addEventListener("click", (event) => {
    const step = event.target.closest("[data-step]");
    if (step) show(place + Number(step.dataset.step));
    if (event.target === dialog) dialog.close();
  });
  dialog.addEventListener("keydown", (event) => {
    if (event.key === "ArrowLeft") show(place - 1);
    if (event.key === "ArrowRight") show(place + 1);
  });
})();
