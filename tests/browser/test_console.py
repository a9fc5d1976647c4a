"""What a person sees and does on the console."""

import re

from playwright.sync_api import Page, expect

from infra.local.cloud import LocalCloud
from tests.local.journey import WRITE, get, identify, open_shop, order, post

SECONDS = 1000


def test_an_order_shows_on_the_page_and_its_mail_can_be_opened(
    cloud: LocalCloud, page: Page
) -> None:
    """Events and mails appear by themselves, and a mail opens as its recipient sees it."""
    open_shop(cloud)
    identify(cloud, "ada", email="ada@example.org", first_name="<b>Ada</b>")
    order(cloud, "ada", number="1")

    expect(page.locator("#events")).to_contain_text("Order Completed", timeout=15 * SECONDS)
    expect(page.locator("#messages")).to_contain_text("delivered", timeout=15 * SECONDS)
    mail = page.locator("#mails li").first
    expect(mail).to_contain_text("ada@example.org", timeout=15 * SECONDS)
    mail.get_by_role("button", name=re.compile("^Thank you")).click()
    letter = page.frame_locator("#letter iframe")
    expect(letter.locator("body")).to_contain_text("Hello <b>Ada</b>", timeout=15 * SECONDS)
    page.get_by_role("button", name="Close").click()


def test_a_click_on_the_page_counts_in_the_report(cloud: LocalCloud, page: Page) -> None:
    """The outbox's buttons do what the person and the provider would do."""
    mail = page.locator("#mails li").first
    for reaction in ("open", "click", "complain"):
        mail.get_by_role("button", name=re.compile(f"^{reaction}", re.IGNORECASE)).first.click()
        page.wait_for_timeout(200)

    expect(page.locator("#messages")).to_contain_text("complained", timeout=15 * SECONDS)
    expect(page.locator("#messages")).to_contain_text("clicked", timeout=15 * SECONDS)
    overview = get(cloud, "/v1/reports/overview")
    assert (1, 1) == (overview["opened"], overview["clicked"])


def test_what_waits_in_quarantine_shows_with_its_reason(cloud: LocalCloud, page: Page) -> None:
    """A bad call appears by itself, and its payload opens as text."""
    bad = {"type": "<b>dance</b>", "userId": "u"}
    post(cloud, "/v1/batch", {"batch": [bad]}, headers=WRITE)

    expect(page.locator("#quarantine")).to_contain_text("must be one of", timeout=15 * SECONDS)
    expect(page.locator("#quarantine-count")).to_have_text("(1)")
    page.locator("#quarantine").get_by_role("button").first.click()
    expect(page.locator("#letter-body")).to_contain_text("<b>dance</b>", timeout=15 * SECONDS)
    page.get_by_role("button", name="Close").click()


def test_a_role_is_told_what_it_may_not_see(cloud: LocalCloud, page: Page) -> None:
    """An empty list and a list that is kept from the caller are two things."""
    browser = page.context.browser
    assert browser is not None
    theirs = browser.new_page()
    theirs.goto(cloud.public_url + "/#key=local-analyst")
    for part in ("events", "messages"):
        words = f"The role of this key may not see {part}"
        expect(theirs.locator(f"#{part}")).to_have_text(words, timeout=15 * SECONDS)
    expect(theirs.locator("#dead")).to_contain_text("may not see dead letters")
    theirs.close()


def test_the_page_fits_a_phone(page: Page) -> None:
    """At 360 pixels nothing has to be scrolled sideways."""
    page.set_viewport_size({"width": 360, "height": 740})

    assert page.evaluate("document.documentElement.scrollWidth") <= 360
