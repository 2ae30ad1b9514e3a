// Uploads pictures one by one, with the progress and the fate of each.
(() => {
  "use strict";
  const MAX_BYTES = 25_000_000;
  const waiting = [];
  let busy = false;
  const uploader = () => document.querySelector("[data-uploader]");

  const element = (tag, className, text = "") => {
    const made = document.createElement(tag);
    made.className = className;
    made.textContent = text;
    return made;
  };
  const rowOf = (file) => {
    const row = element("li", "upload");
    const bar = element("progress", "progress");
    Object.assign(bar, { max: 100, value: 0 });
    bar.setAttribute("aria-label", `Upload of ${file.name}`);
    row.append(element("span", "ellipsis", file.name), element("span", "number", "Waiting"), bar);
    document.getElementById("uploads").append(row);
    return row;
  };
  const say = (row, text, percent) => {
    row.children[1].textContent = text;
    row.querySelector("progress").value = percent;
  };
  const fail = (row, why) => {
    row.classList.add("upload--failed");
    row.querySelector("progress").remove();
    const close = element("button", "upload__close", "×");
    close.type = "button";
    close.setAttribute("aria-label", `Dismiss ${row.children[0].textContent}`);
    close.addEventListener("click", () => row.remove());
    row.children[1].replaceWith(close);
    const reason = element("span", "upload__why", why);
    reason.setAttribute("role", "alert");
    row.append(reason);
  };

  const verdict = (xhr) => {
    if (xhr.status === 201) return "";
    try {
      return JSON.parse(xhr.responseText).errors[0].message;
    } catch {
      return xhr.status ? "The server refused the upload. Reload the page and try again." : "The connection was lost. Try again.";
    }
  };
  const send = (action, file, row) => new Promise((done) => {
    const body = new FormData();
    body.append("files", file);
    const xhr = new XMLHttpRequest();
    xhr.open("POST", action);
    xhr.setRequestHeader("X-CSRFToken", document.querySelector('meta[name="csrf-token"]').content);
    xhr.setRequestHeader("Accept", "application/json");
    xhr.upload.addEventListener("progress", (event) => {
      const percent = Math.round((100 * event.loaded) / event.total);
      say(row, percent < 100 ? `${percent}%` : "Checking", percent);
    });
    xhr.addEventListener("loadend", () => {
      const why = verdict(xhr);
      if (why) fail(row, why);
      else row.remove();
      done(!why);
    });
    xhr.send(body);
  });

  const work = async () => {
    if (busy) return;
    busy = true;
    let added = 0;
    while (waiting.length) {
      const [action, file, row] = waiting.shift();
      added += await send(action, file, row);
    }
    busy = false;
    if (!added) return;
    const shown = document.querySelector(document.querySelector("[data-refreshes]").dataset.refreshes);
    htmx.ajax("GET", shown.dataset.refresh, { source: shown, target: shown, swap: shown.id === "images" ? "morph" : "innerHTML" });
  };
  const take = (files) => {
    const form = uploader();
    for (const file of files) {
      const row = rowOf(file);
      if (file.size > MAX_BYTES) fail(row, `The picture has ${(file.size / 1e6).toFixed(1)} MB; at most 25.0 MB are allowed.`);
      else waiting.push([form.action, file, row]);
    }
    work();
  };

  document.addEventListener("change", (event) => {
    if (!event.target.matches("[data-uploader] input[type=file]")) return;
    take([...event.target.files]);
    event.target.value = "";
  });
  const dragged = (event) => event.dataTransfer && [...event.dataTransfer.types].includes("Files");
  let depth = 0;
  const hover = (by) => {
    depth = by ? depth + by : 0;
    document.body.toggleAttribute("data-dropping", depth > 0);
  };
  document.addEventListener("dragenter", (event) => dragged(event) && uploader() && hover(1));
  document.addEventListener("dragleave", (event) => dragged(event) && depth && hover(-1));
  document.addEventListener("dragover", (event) => dragged(event) && event.preventDefault());
  document.addEventListener("drop", (event) => {
    if (!dragged(event)) return;
    event.preventDefault();
    hover(0);
    if (uploader()) take([...event.dataTransfer.files]);
  });
})();
