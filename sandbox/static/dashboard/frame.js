// One app in one frame: what it is told, and when. As in Saleor's dashboard a frame hears every message of its app's
// origin, also those of the app's other frames on the page.

import { actions } from "./actions.js";
import { inFrame } from "./addresses.js";
import { renewed, secondsToRenewal } from "./tokens.js";

const WIDGET_HEIGHT = 200;
const HIGHEST = 5000;
// Saleor's own experiments are told to every app.
const FLAGS = { "featureFlags[new_order_ui][enabled]": "false", "featureFlags[new_order_ui][payload]": "default" };

const frames = new Set();

export class Frame {
  // ``source`` is an element with the data of an app or an extension, ``box`` the element to be in.
  constructor(source, box, { address, target, params }) {
    this.key = source.dataset.key;
    this.appId = source.dataset.app;
    this.token = source.dataset.token;
    this.target = target;
    this.origin = new URL(address).origin;
    this.ready = false;
    const { theme } = document.body.dataset;
    const once = target === "WIDGET" ? inFrame(this.appId, address, {}) : address;
    this.address = () => inFrame(this.appId, once, { ...params, ...FLAGS, theme });
    this.element = document.createElement("iframe");
    this.element.setAttribute("sandbox", "allow-same-origin allow-forms allow-scripts allow-downloads allow-popups");
    this.element.title = source.dataset.label;
    this.element.className = "waiting";
    this.element.addEventListener("load", () => this.greet());
    if (target === "WIDGET") {
      this.element.style.height = `${WIDGET_HEIGHT}px`;
    }
    this.listener = (event) => this.hear(event);
    window.addEventListener("message", this.listener);
    frames.add(this);
    // The real one sets the address twice, at first without the theme, so that apps are asked twice; here once.
    this.element.src = this.address();
    box.append(this.element);
    if (target !== "POPUP") {
      this.keepFresh();
    }
  }

  tell(type, payload) {
    this.element.contentWindow?.postMessage({ type, payload }, this.origin);
  }

  // At every page the frame loads, and whenever the app says that it listens.
  greet() {
    const { version } = document.body.dataset;
    const saleorVersion = this.target === "WIDGET" ? "" : version;
    this.tell("handshake", { token: this.token, version: 1, saleorVersion, dashboardVersion: `v${version}` });
    if (!this.ready) {
      this.ready = true;
      window.setTimeout(() => this.introduce());
    }
  }

  // Once, after the first greeting.
  introduce() {
    this.element.classList.remove("waiting");
    this.tell("localeChanged", { locale: document.documentElement.lang });
    this.tell("theme", { theme: document.body.dataset.theme });
    this.tell("redirect", { path: window.location.pathname });
  }

  async hear({ origin, data }) {
    if (origin !== this.origin || !data?.type || !data?.payload?.actionId) {
      return;
    }
    const act = Object.hasOwn(actions, data.type) ? actions[data.type] : null;
    if (!act) {
      console.warn(`${data.type} action is invalid.`, { action: data, appId: this.appId });
      return;
    }
    const ok = await act(this, data.payload);
    this.tell("response", { actionId: data.payload.actionId, ok });
  }

  resize(height) {
    if (Number.isFinite(height) && height > 0) {
      this.element.style.height = `${Math.min(Math.ceil(height), HIGHEST)}px`;
    }
  }

  keepFresh() {
    this.timer = window.setTimeout(() => this.refresh(), secondsToRenewal(this.token) * 1000);
  }

  // With a new token the dashboard also works out the frame's address again: if the query in its own address has
  // changed since, the frame loads anew.
  async refresh() {
    const token = await renewed(this.key);
    if (!this.element.isConnected) {
      return;
    }
    if (token && token !== this.token) {
      this.token = token;
      if (this.ready) {
        this.tell("tokenRefresh", { token });
      }
      const address = this.address();
      if (this.element.getAttribute("src") !== address) {
        this.element.src = address;
      }
    }
    this.keepFresh();
  }

  remove() {
    window.clearTimeout(this.timer);
    window.removeEventListener("message", this.listener);
    frames.delete(this);
    this.element.remove();
  }
}

// Theme and language are told to every frame that listens.
export function tellAll(type, payload) {
  for (const frame of frames) {
    if (frame.ready) {
      frame.tell(type, payload);
    }
  }
}
