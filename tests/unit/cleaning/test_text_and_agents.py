"""Texts that were decoded wrongly, and what user agents say of themselves."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from signet.cleaning import agents
from signet.cleaning.text import repaired

SAFARI = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like "
    "Gecko) Version/17.5 Mobile/15E148 Safari/604.1"
)
CHROME = "AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0"


@pytest.mark.parametrize(
    "right", ["café", "Zoë Müller", "naïve", "“quoted”", "Москва", "日本語", "10 €", "Łódź"]
)
def test_text_that_went_through_the_wrong_decoder_is_put_right(right: str) -> None:
    """UTF-8 that was read as Latin letters becomes itself again."""
    wrong = right.encode().decode("latin-1")

    assert (right, True) == repaired(wrong)


@pytest.mark.parametrize("text", ["plain", "café", "Ã", "&eacute;", "l'été à Zürich", "ﬁn “x” …"])
def test_right_text_is_left_alone(text: str) -> None:
    """Quotes, ligatures, entities and single odd letters are what somebody wrote."""
    assert (text, False) == repaired(text)


def test_naughty_strings_are_not_mojibake(corpora: Callable[[str], Path]) -> None:
    """None of them is changed by a repair."""
    words: list[str] = json.loads((corpora("blns") / "blns.json").read_text("utf-8"))

    assert words == [repaired(word).text for word in words]


def test_emoji_are_not_mojibake(corpora: Callable[[str], Path]) -> None:
    """Every sequence survives."""
    lines = (corpora("unicode") / "emoji-test.txt").read_text("utf-8").splitlines()
    found = [line.partition("# ")[2].split(" ")[0] for line in lines if "; fully-qualified" in line]

    assert len(found) > 1000
    assert found == [repaired(emoji).text for emoji in found]


@pytest.mark.parametrize(
    ("user_agent", "device", "system", "client"),
    [
        (SAFARI, "phone", "iOS", "Mobile Safari"),
        (SAFARI.replace("iPhone", "iPad"), "tablet", "iOS", "Mobile Safari"),
        (f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {CHROME} Safari/537.36",
         "computer", "Windows", "Chrome"),
        (f"Mozilla/5.0 (Linux; Android 14; Pixel 8) {CHROME} Mobile Safari/537.36",
         "phone", "Android", "Chrome Mobile"),
        (f"Mozilla/5.0 (Linux; Android 13; SM-X906C) {CHROME} Safari/537.36",
         "tablet", "Android", "Chrome"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:127.0) Gecko/20100101 Firefox/127.0",
         "computer", "Linux", "Firefox"),
        ("Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
         "robot", None, "Googlebot"),
        ("curl/8.5.0", "program", None, "curl"),
        ("nonsense", "other", None, None),
    ],
)  # fmt: skip
def test_device_and_client_are_told(
    user_agent: str, device: str, system: str | None, client: str | None
) -> None:
    """What a person holds in their hand decides what can be shown to them."""
    found = agents.read(user_agent)

    assert found is not None
    assert (device, system, client) == (found.device, found.system, found.client)


def test_phone_has_a_brand_and_a_model_and_a_robot_none() -> None:
    """A robot's pretended phone is no phone."""
    phone, robot = agents.read(SAFARI), agents.read("Googlebot/2.1")

    assert phone is not None and robot is not None
    assert ("Apple", "iPhone", "17.5") == (phone.brand, phone.model, phone.client_version)
    assert (None, None) == (robot.brand, robot.model)


def test_empty_and_endless_user_agents_say_nothing() -> None:
    """Nothing is matched that no browser sends."""
    assert [None, None] == [agents.read(" "), agents.read("Mozilla/5.0 " * 1000)]
