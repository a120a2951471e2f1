// The one popup a page may have open.

import { Frame } from "./frame.js";

let open = null;

export function openPopup(source, params) {
  closePopup();
  const dialog = document.getElementById("popup");
  dialog.querySelector("h2").textContent = source.dataset.label;
  const options = { address: source.dataset.url, target: "POPUP", params };
  open = new Frame(source, dialog.querySelector(".frame"), options);
  dialog.showModal();
}

export function closePopup() {
  document.getElementById("popup").close();
  open?.remove();
  open = null;
  return true;
}
