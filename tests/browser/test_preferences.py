"""The preference centre in a browser without script, by keyboard alone, with contrast measured."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from infra.local.cloud import LocalCloud
from tests.local.journey import get, identify, post

# WCAG 2.2, AA: letters, and the edges of what can be operated.
LETTERS, EDGES = 4.5, 3.0
COLOURS = """found => found.map(one => {
    let behind = one, paper;
    do {
        paper = getComputedStyle(behind).backgroundColor;
        behind = behind.parentElement;
    } while (paper === 'rgba(0, 0, 0, 0)' && behind);
    const style = getComputedStyle(one);
    return [style.color, style.borderTopColor, paper];
})"""


@pytest.fixture(scope="module")
def link(cloud: LocalCloud) -> str:
    """Let Ada, who wants news, get a mail, and give the address of her preference centre."""
    template = {"name": "news", "subject": "News", "text": "{{ preferences_url }}"}
    post(cloud, "/v1/templates", template | {"activate": True})
    identify(cloud, "ada", email="ada@example.org")
    cloud.drain()
    person = get(cloud, "/v1/profiles?identifier=external_id:ada")["id"]
    consent = {"channel": "email", "topic": "news", "status": "granted"}
    post(cloud, f"/v1/profiles/{person}/consents", consent)
    message = {"template": "news", "topic": "news", "to": {"profile_id": person}}
    post(cloud, "/v1/messages", message)
    cloud.drain()
    (mail,) = cloud.outbox.list(to="ada@example.org")
    return f"{cloud.public_url}/p/" + mail["text"].strip().rpartition("/p/")[2]


@pytest.fixture
def plain(page: Page) -> Iterator[Page]:
    """Give a page on which no script runs."""
    browser = page.context.browser
    assert browser is not None
    context = browser.new_context(java_script_enabled=False)
    yield context.new_page()
    context.close()


def test_everything_is_done_by_keyboard_and_without_script(plain: Page, link: str) -> None:
    """Tab, space and enter: a box, how often, save; the page says what holds then."""
    plain.goto(link)
    box = plain.get_by_role("checkbox", name="E-mail")
    expect(box).to_be_checked()
    plain.keyboard.press("Tab")
    expect(box).to_be_focused()
    plain.keyboard.press("Space")
    plain.keyboard.press("Tab")
    plain.keyboard.press("ArrowDown")
    expect(plain.get_by_role("radio", name="At most once a day")).to_be_checked()
    plain.keyboard.press("Tab")
    expect(plain.get_by_role("button", name="Save")).to_be_focused()

    plain.keyboard.press("Enter")

    expect(plain.get_by_role("status")).to_contain_text("This is what holds now")
    expect(plain.get_by_role("group", name="news").get_by_role("checkbox")).not_to_be_checked()
    expect(plain.get_by_role("radio", name="At most once a day")).to_be_checked()


def test_a_pause_is_one_button_and_so_is_its_end(plain: Page, link: str) -> None:
    """No dialog, no second question."""
    plain.goto(link)
    plain.get_by_role("button", name="Pause everything for a month").press("Enter")
    expect(plain.get_by_text("Everything is paused until")).to_be_visible()

    plain.get_by_role("button", name="End the break now").press("Enter")

    expect(plain.get_by_role("button", name="Pause everything for a month")).to_be_visible()


@pytest.mark.parametrize("width", [320, 1280])
def test_the_page_is_legible_and_as_wide_as_its_window(page: Page, link: str, width: int) -> None:
    """Letters and edges have the contrast that is demanded; nobody scrolls sideways."""
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(link)

    for letters, _, paper in page.eval_on_selector_all("h1,h2,p,legend,label,button", COLOURS):
        assert contrast(letters, paper) >= LETTERS, (letters, paper)
    for _, edge, paper in page.eval_on_selector_all("fieldset,section,button", COLOURS):
        assert max(contrast(edge, paper), contrast(paper, "rgb(255, 255, 255)")) >= EDGES
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert "en" == page.evaluate("document.documentElement.lang")


def contrast(one: str, other: str) -> float:
    """Give the ratio of two colours as WCAG has it."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    parts = [int(part) / 255 for part in colour[4:-1].split(",")]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return sum(share * part for share, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))
