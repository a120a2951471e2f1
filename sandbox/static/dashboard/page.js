// Brings the page to life: its frames, its popups, and the choice of user, theme and language.

import { shownOnAppPage } from "./addresses.js";
import { Frame, tellAll } from "./frame.js";
import { closePopup, openPopup } from "./popup.js";

const paramsOf = (source) => JSON.parse(source.dataset.params ?? "{}");

for (const box of document.querySelectorAll('[data-target="APP_PAGE"][data-token]')) {
  const address = shownOnAppPage(box.dataset.app, box.dataset.url);
  new Frame(box, box, { address, target: "APP_PAGE", params: {} });
}

for (const box of document.querySelectorAll('[data-target="WIDGET"]')) {
  new Frame(box, box, { address: box.dataset.url, target: "WIDGET", params: paramsOf(box) });
}

for (const button of document.querySelectorAll('[data-target="POPUP"]')) {
  button.addEventListener("click", () => openPopup(button, paramsOf(button)));
}

document.getElementById("popup").addEventListener("close", () => closePopup());
document.getElementById("close-popup").addEventListener("click", () => closePopup());

function choosing(name, chosen) {
  const select = document.getElementById(name);
  select.addEventListener("change", () => {
    document.cookie = `dashboard_${name}=${select.value}; path=/dashboard; SameSite=Strict`;
    chosen(select.value);
  });
}

choosing("user", () => window.location.reload());
choosing("theme", (theme) => {
  document.body.dataset.theme = theme;
  tellAll("theme", { theme });
});
choosing("locale", (locale) => {
  document.documentElement.lang = locale;
  tellAll("localeChanged", { locale });
});
