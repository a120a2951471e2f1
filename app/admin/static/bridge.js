// Speaks the dashboard's App Bridge: asks who this is, keeps the session alive, follows theme and language, and passes
// on links and messages. Pages work without anything else; see docs/decisions/0016.
(() => {
  "use strict";
  const root = document.documentElement;
  const host = window.parent;

  const SILENT_AFTER = 10_000;
  const LOOKS_WITHIN = 250;
  const LOOKS = ["theme", "locale"];
  const WORKED_ON_AFTER = 3_000;
  const POPUP_GONE_FOR = 1_000;
  const ANSWERS_WITHIN = 150;
  const signIn = document.querySelector("main.sign-in[data-session]");
  const told = {};
  let shop = location.pathname.match(/^\/admin\/(\d+)/)?.[1];
  let exchanging = false;

  function dispatch(type, payload = {}) {
    const actionId = crypto.randomUUID ? crypto.randomUUID() : String(Math.random());
    host.postMessage({ type, payload: { ...payload, actionId } }, root.dataset.parent || "*");
  }

  async function send(url, body) {
    const options = { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) };
    const answer = await fetch(url, options);
    return { ok: answer.ok, body: await answer.json().catch(() => ({})) };
  }

  function trouble(kind, message) {
    signIn.querySelector("[data-waiting]").hidden = true;
    const shown = signIn.querySelector(`[data-trouble=${kind}]`);
    if (message) shown.textContent = message;
    shown.hidden = false;
  }

  // Theme and language, as app/admin/looks.py reads them. The dashboard tells each once, and again when it changes:
  // a page that was asked for meanwhile comes in the old one and finds the new one here.
  function kept(look) {
    return document.cookie.match(`(?:^|; )dueback-${look}=([^;]*)`)?.[1];
  }

  function keep() {
    for (const look of LOOKS.filter((each) => shop && /^[\w-]{2,20}$/.test(told[each] || ""))) {
      document.cookie = `dueback-${look}=${told[look]}; path=/admin/${shop}; secure; samesite=none; partitioned`;
    }
  }

  function follow() {
    root.dataset.theme = told.theme || kept("theme") || root.dataset.theme;
    const locale = kept("locale") || root.dataset.locale;
    if (!signIn && locale !== root.dataset.locale && root.dataset.route) location.reload();
  }

  // What the dashboard adds to an address says nothing once we know who this is.
  function ownAddress() {
    const address = new URL(location.href);
    for (const name of [...address.searchParams.keys()]) {
      if (["domain", "saleorApiUrl", "id", "theme"].includes(name) || name.startsWith("featureFlags")) {
        address.searchParams.delete(name);
      }
    }
    return address;
  }

  async function enter(token, parent) {
    if (exchanging) return;
    exchanging = true;
    if (location.hash === "#signed-in") return trouble("cookie");
    await new Promise((resolve) => setTimeout(resolve, LOOKS_WITHIN));
    const locale = told.locale || kept("locale");
    const { ok, body } = await send(signIn.dataset.session, { token, parent, locale });
    if (!ok) {
      // The dashboard hands over another token before long.
      exchanging = false;
      return trouble("refused", body.message);
    }
    shop = body.shop;
    keep();
    const again = signIn.querySelector("form[data-again]");
    if (again) return again.submit();
    const address = ownAddress();
    if (!/^\/admin\/\d+(\/|$)/.test(address.pathname)) {
      address.pathname = address.pathname.replace(/^\/admin\/?/, `/admin/${shop}/`);
    }
    address.hash = "signed-in";
    location.replace(address);
  }

  async function renew(token, parent) {
    const { ok, body } = await send(root.dataset.session, { token, parent });
    if (ok) root.dataset.until = body.until;
  }

  // One that was just asked for counts, too: it cannot answer yet.
  let popupAskedFor = -Infinity;
  function isPopupOpen(changes) {
    return new Promise((resolve) => {
      const answered = ({ data }) => data === "open" && resolve(true);
      changes.addEventListener("message", answered);
      setTimeout(() => {
        changes.removeEventListener("message", answered);
        resolve(performance.now() - popupAskedFor < POPUP_GONE_FOR);
      }, ANSWERS_WITHIN);
      changes.postMessage("open?");
    });
  }

  // The dashboard gives a widget's height to every frame of the app, a popup among them: so that is asked for once no
  // popup is open, and a moment later still, since there is none either between two of its pages.
  let reporting = false;
  async function reportHeight(changes) {
    if (reporting) return;
    reporting = true;
    for (let wasOpen = false, open = await isPopupOpen(changes); open || wasOpen; ) {
      await new Promise((resolve) => setTimeout(resolve, POPUP_GONE_FOR));
      [wasOpen, open] = [open, await isPopupOpen(changes)];
    }
    reporting = false;
    dispatch("widgetResize", { height: Math.ceil(root.getBoundingClientRect().height) });
  }

  // A widget shows what popups of ours changed: at once, and again when that has been worked on.
  function watch(changes) {
    new ResizeObserver(() => reportHeight(changes)).observe(document.body);
    changes.addEventListener("message", ({ data }) => {
      if (data !== "changed") return;
      location.hash = "changed";
      location.reload();
    });
    if (location.hash !== "#changed") return;
    history.replaceState(null, "", location.pathname + location.search);
    setTimeout(() => location.reload(), WORKED_ON_AFTER);
  }

  // A popup says that it is open, and shows what became of a change, unless somebody is at work in it again.
  function attend(changes) {
    changes.addEventListener("message", ({ data }) => data === "open?" && changes.postMessage("open"));
    if (!document.querySelector("[data-said=success]")) return;
    const again = setTimeout(() => location.reload(), WORKED_ON_AFTER);
    for (const work of ["input", "submit"]) document.addEventListener(work, () => clearTimeout(again));
  }

  window.addEventListener("message", (event) => {
    if (event.source !== host || (root.dataset.parent && event.origin !== root.dataset.parent)) return;
    const { type, payload } = event.data || {};
    if (type === "handshake" && signIn && payload.token === "") trouble("forbidden");
    else if ((type === "handshake" || type === "tokenRefresh") && payload.token) {
      if (signIn) enter(payload.token, event.origin);
      else if (root.dataset.session) renew(payload.token, event.origin);
    } else if (type === "theme" || type === "localeChanged") {
      Object.assign(told, type === "theme" ? { theme: payload.theme } : { locale: payload.locale });
      keep();
      follow();
    }
  });

  const entry = document.querySelector(".menu [aria-current]");
  // By hand, since scrollIntoView may move the dashboard, too.
  if (entry) entry.closest(".menu").scrollLeft = entry.offsetLeft - (root.clientWidth - entry.offsetWidth) / 2;

  if (host === window) return signIn && trouble("outside");

  document.addEventListener("click", (event) => {
    const link = event.target.closest("[data-dashboard]");
    if (link && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      dispatch("redirect", { to: link.dataset.dashboard });
    } else if (event.target.closest("[data-popup]")) {
      event.preventDefault();
      popupAskedFor = performance.now();
      const { popup, about } = event.target.closest("[data-popup]").dataset;
      dispatch("openPopup", { extensionIdentifier: popup, appParams: about });
    } else if (event.target.closest("[data-close]")) dispatch("popupClose");
  });

  for (const button of document.querySelectorAll("[data-popup]")) button.disabled = false;
  if (location.hash === "#signed-in" && !signIn) history.replaceState(null, "", location.pathname + location.search);
  const asked = new URL(location.href);
  if (asked.searchParams.has("theme")) {
    told.theme = asked.searchParams.get("theme");
    keep();
    // Only once: it may change before this address is loaded again.
    asked.searchParams.delete("theme");
    if (!signIn) history.replaceState(null, "", asked);
  }
  follow();
  dispatch("notifyReady");

  const waits = () => !exchanging && !signIn.querySelector("[data-waiting]").hidden;
  if (signIn) setTimeout(() => waits() && trouble("silent"), SILENT_AFTER);
  else if (root.dataset.target === "page") {
    if (root.dataset.route) dispatch("updateRouting", { newRoute: root.dataset.route });
  } else {
    const changes = new BroadcastChannel("dueback");
    if (root.dataset.target === "popup") attend(changes);
    for (const said of document.querySelectorAll("[data-said]")) {
      const status = said.dataset.said;
      dispatch("notification", { status, text: said.textContent.trim() });
      if (status === "success") {
        dispatch("refreshEntity");
        changes.postMessage("changed");
      }
    }
    if (root.dataset.target === "widget") watch(changes);
  }
})();
