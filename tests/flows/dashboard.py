"""The sandbox's dashboard in a browser: who is signed in, which page is open, and what an app shows there."""

from urllib.parse import quote

from playwright.sync_api import BrowserContext, ConsoleMessage, Frame, FrameLocator, Locator, Page

import sandbox


class Dashboard:
    """One person at the dashboard, in a browser of their own.

    It is ``localhost`` here, so that apps on 127.0.0.1 are another site, as they are in real life. ``troubles`` are
    errors of scripts, refusals of a content security policy, and whatever else browsers complain about, on any page and
    in any frame.
    """

    def __init__(self, context: BrowserContext, server: sandbox.Server) -> None:
        self.origin = f"http://localhost:{server.port}"
        self.context = context
        self.page: Page = context.new_page()
        self.troubles: list[str] = []
        context.on("weberror", lambda error: self.troubles.append(str(error.error)))
        context.on("console", self._note)

    def _note(self, message: ConsoleMessage) -> None:
        # An answer that is an error may be just what a test asks for, and so is what the dashboard itself says about
        # apps; htmx complains where a page is left while a part of it is asked for.
        expected = message.text.startswith(("Failed to load", "htmx:")) or (
            message.location["url"].startswith(self.origin)
        )
        if message.type == "error" and ("Content Security Policy" in message.text or not expected):
            self.troubles.append(message.text)

    def sign_in(self, email: str) -> None:
        self._choose("user", email)

    def theme(self, name: str) -> None:
        """Before a page is opened; on an open page the select of that name tells the apps."""
        self._choose("theme", name)

    def locale(self, name: str) -> None:
        self._choose("locale", name)

    def _choose(self, what: str, value: str) -> None:
        cookie = {"name": f"dashboard_{what}", "value": value, "url": f"{self.origin}/dashboard/"}
        self.context.add_cookies([cookie])  # type: ignore[list-item]

    def open(self, path: str = "/") -> None:
        """A page of the dashboard: ``/``, ``/orders/<id>``, ``/products/<id>``."""
        self.page.goto(f"{self.origin}/dashboard{path}")

    def open_app(self, app_id: str, path: str = "/") -> FrameLocator:
        """The app's page at this path of the app's own."""
        self.open(f"/extensions/app/{quote(app_id, safe='')}{path}")
        return self.app

    @property
    def app(self) -> FrameLocator:
        """What the app shows on its own page."""
        return self.page.frame_locator("main > .frame > iframe")

    @property
    def frame(self) -> Frame:
        """The frame of the app's own page, once it shows something."""
        self.app.get_by_role("heading", level=1).first.wait_for()
        found = self.page.locator("main > .frame > iframe").element_handle().content_frame()
        assert found
        return found

    @property
    def popup(self) -> FrameLocator:
        return self.page.frame_locator("#popup iframe")

    @property
    def popup_height(self) -> float:
        """In pixels."""
        box = self.page.locator("#popup iframe").bounding_box()
        assert box
        return box["height"]

    def widget(self, label: str) -> FrameLocator:
        return self.page.frame_locator(f'.widget iframe[title="{label}"]')

    @property
    def toasts(self) -> Locator:
        """What apps asked the dashboard to say."""
        return self.page.locator("#toasts")
