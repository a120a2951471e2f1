// What apps may ask of the dashboard. Every action answers whether it was done.

import { MOUNT, appPage, joined } from "./addresses.js";
import { closePopup, openPopup } from "./popup.js";
import { toast } from "./toast.js";
import { isFresh, renewed } from "./tokens.js";

const LONGEST_PARAMS = 6000;

// After the answer is on its way: leaving the page would take the frame along.
function leaveFor(address) {
  window.setTimeout(() => window.location.assign(address));
  return true;
}

function redirect(_frame, { to, newContext }) {
  if (to.startsWith("/")) {
    const address = joined(MOUNT, to);
    if (newContext) {
      window.open(address);
      return true;
    }
    return leaveFor(address);
  }
  if (!URL.canParse(to) || new URL(to).host === window.location.host) {
    console.error("Couldn't handle Redirect action properly, this should not happen");
    return false;
  }
  if (newContext) {
    window.open(to);
    return true;
  }
  return window.confirm("You are about to leave the Dashboard. Do you want to continue?") && leaveFor(to);
}

function updateRouting(frame, { newRoute }) {
  const address = joined(MOUNT, appPage(frame.appId), newRoute);
  if (window.location.pathname !== address) {
    window.history.pushState(null, "", address);
  }
  return true;
}

function requestPermissions(frame, { permissions, redirectPath }) {
  if (!permissions?.length || !redirectPath) {
    return false;
  }
  const query = new URLSearchParams({ redirectPath, requestedPermissions: permissions.join(",") });
  return leaveFor(joined(MOUNT, appPage(frame.appId, "edit/permissions"), `?${query}`));
}

function redirectToApp(_frame, { appIdentifier, path }) {
  const appId = JSON.parse(document.body.dataset.apps)[appIdentifier];
  const isLocal = !path || !(/^[a-z][a-z\d+.-]*:/i.test(path) || path.startsWith("//") || path.split("/").includes(".."));
  if (!isLocal || !appId) {
    console.warn(`redirectToApp: nothing to redirect to: ${appIdentifier} ${path ?? ""}`);
    return true;
  }
  return leaveFor(joined(MOUNT, appPage(appId, path ?? "")));
}

// Only widgets may, and only popups of their own app that this page has, with a token that is not about to end.
function openPopupOf(frame, { extensionIdentifier, appParams }) {
  const source = [...document.querySelectorAll('[data-target="POPUP"]')].find(
    ({ dataset }) => dataset.app === frame.appId && dataset.identifier === extensionIdentifier,
  );
  const params = appParams === undefined ? {} : { appParams };
  const fits = appParams === undefined || (typeof appParams === "string" && appParams.length <= LONGEST_PARAMS);
  const token = source?.dataset.token;
  if (token && !isFresh(token)) {
    void renewed(source.dataset.key);
  }
  if (frame.target !== "WIDGET" || !fits || !token || !isFresh(token)) {
    console.error(`openPopup action failed for ${extensionIdentifier} from a ${frame.target}`);
    return false;
  }
  openPopup(source, params);
  return true;
}

// Only the order or product itself is read again; frames stay as they are.
async function refreshEntity() {
  const entity = document.getElementById("entity");
  if (entity) {
    const answer = await fetch(window.location.href);
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    entity.replaceWith(page.getElementById("entity"));
  }
}

export const actions = {
  notification: (_frame, { status, title, text }) => toast(status, title, text),
  redirect,
  updateRouting,
  notifyReady: (frame) => {
    frame.greet();
    return true;
  },
  requestPermissions,
  formPayloadUpdate: (_frame, { closePopup: closes }) => closes === false || closePopup(),
  popupClose: () => closePopup(),
  widgetResize: (frame, { height }) => {
    frame.resize(height);
    return true;
  },
  refreshEntity: () => {
    void refreshEntity();
    return true;
  },
  openPopup: openPopupOf,
  redirectToApp,
};
