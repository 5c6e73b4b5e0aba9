"""A person at a browser: logs in, applies, works through tasks as the pages offer them. Knows no route that no page shows."""

from __future__ import annotations

import json
import re
from datetime import date
from pathlib import Path

from playwright.sync_api import ConsoleMessage, Page, Request, Response

from web.demo.filling import fill

PASSWORD = "guangsha2026"
PDF = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj 2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj "
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF"
)
FILE = {"name": "材料.pdf", "mimeType": "application/pdf", "buffer": PDF}


class Person:
    """One browser window. `faults` collects script errors, answers of 500 and requests to another host."""

    def __init__(self, page: Page, address: str, pictures: Path) -> None:
        self.page, self.address, self.pictures = page, address, pictures
        self.faults: list[str] = []
        page.set_default_timeout(15_000)
        page.on("pageerror", lambda error: self.faults.append(f"{page.url}: {error}"))
        page.on("console", self._on_console)
        page.on("response", self._on_response)
        page.on("request", self._on_request)

    def _on_console(self, message: ConsoleMessage) -> None:
        if message.type == "error" and "Failed to load resource" not in message.text:
            self.faults.append(f"{self.page.url}: {message.text}")

    def _on_response(self, response: Response) -> None:
        if response.status >= 500:
            self.faults.append(f"{response.status} {response.url}")

    def _on_request(self, request: Request) -> None:
        if not request.url.startswith((self.address, "data:", "blob:", "about:", "chrome")):
            self.faults.append(f"stranger {request.url}")

    def open(self, path: str) -> Page:
        self.page.goto(self.address + path)
        self.page.wait_for_load_state("networkidle")
        return self.page

    def picture(self, name: str) -> None:
        self.pictures.mkdir(parents=True, exist_ok=True)
        width = (self.page.viewport_size or {"width": 0})["width"]
        self.page.screenshot(path=self.pictures / f"{name}-{width}.png")

    def text(self) -> str:
        return self.page.locator("main").inner_text()

    def log_in(self, account: str) -> None:
        self.open("/login")
        self.page.fill("[name=username]", account)
        self.page.fill("[name=password]", PASSWORD)
        self.page.locator("main button[type=submit], form button[type=submit]").first.click()
        self.page.wait_for_load_state("networkidle")

    def press(self, name: str, *, exact: bool = False) -> None:
        self.page.get_by_role("button", name=name, exact=exact).first.click()
        self.page.wait_for_load_state("networkidle")

    def apply(self, process: str) -> str:
        """From the service's page to the receipt; returns the case number. Takes what is prefilled, adds files and consents."""
        self.open(f"/apply/{process}")
        self.page.wait_for_selector("[data-gs-form] [id^=f-]")
        for upload in self.page.locator("[data-gs-form] input[type=file]").all():
            with self.page.expect_response(lambda answer: answer.url.endswith("/files")):
                upload.set_input_files(FILE)
        for consent in self.page.locator("[id^=f-consents-][type=checkbox]").all():
            consent.check()
        self.picture("apply")
        self.press("继续")
        for box in self.page.locator("main form input[type=checkbox]").all():
            box.check()
        self.picture("check-answers")
        self.press("提交")
        self.picture("receipt")
        found = re.search(r"/my/([^/]+)/receipt", self.page.url)
        assert found, self.text()
        return found[1]

    def offered(self, case_no: str) -> bool:
        """Open this person's task of the case, if the to-do list shows one."""
        self.page.goto(f"{self.address}/inbox?q={case_no}")
        link = self.page.locator("main tbody a", has_text=case_no)
        if link.count() == 0:
            return False
        link.first.click()
        self.page.wait_for_load_state("networkidle")
        return True

    def step(self) -> str:
        """The name of the step of the open task."""
        return self.page.title().split(" - ")[0].split(" ", 1)[1]

    def claim(self) -> None:
        button = self.page.get_by_role("button", name="签收办理")
        if button.count():
            button.click()
            self.page.wait_for_load_state("networkidle")

    def work(self, today: date, outcome: str = "", picture: str = "") -> str:
        """Claim the open task, enter what its form asks for, decide and submit; returns the step's name.

        today: the day of the house's clock. outcome: the value of the decision; "" takes the first that the page offers.
        """
        self.claim()
        step = self.step()
        chosen = outcome or self.page.locator("input[name=outcome]").first.get_attribute("value") or ""
        radio = self.page.locator(f"input[name=outcome][value={chosen}]")
        if radio.count():
            radio.check(force=True)
        self.fill_form(today, chosen)
        opinion = self.page.locator("textarea[name=opinion]")
        if opinion.count() and not opinion.input_value():
            opinion.fill("经核对申请材料和核查结果，情况属实，同意。")
        if picture:
            self.picture(picture)
        self.page.locator("button[name=then][value=stay], main form [type=submit]").last.scroll_into_view_if_needed()
        self.press("提交", exact=True)
        assert self.page.locator(".gs-errors").count() == 0, f"{step}: {self.page.locator('.gs-errors').inner_text()}"
        return step

    def fill_form(self, today: date, outcome: str = "") -> None:
        """Enter what the schema of the page's form asks for, as a person would: field by field."""
        form = self.page.locator("[data-gs-form-schema]")
        if form.count() == 0:
            return
        if not json.loads(form.first.text_content() or "{}").get("properties"):
            return
        self.page.wait_for_selector("[data-gs-form] [id^=f-]", state="attached")
        schema = json.loads(form.first.inner_text() or form.first.text_content() or "{}")
        shown = json.loads(self.page.locator("[data-gs-form-data]").first.input_value() or "{}")
        for name, value in fill(schema, shown, today, outcome).items():
            if name not in shown:
                self.enter(schema["properties"].get(name, {}), name, value)

    def enter(self, schema: dict[str, object], name: str, value: object) -> None:
        """Enter one value into the field of this name."""
        field = self.page.locator(f"#f-{name}")
        if isinstance(value, bool):
            options = self.page.locator(f"input[name='f-{name}-radio']")
            if options.count():
                options.nth(0 if value else 1).check(force=True)
            elif value:
                field.check()
        elif field.evaluate("element => element.tagName") == "SELECT":
            options_of = schema.get("enum") or [one["const"] for one in schema.get("oneOf", ())]  # type: ignore[attr-defined]
            field.select_option(index=list(options_of).index(value) + 1)  # type: ignore[call-overload]
        else:
            field.fill(str(value))
            field.press("Tab")
