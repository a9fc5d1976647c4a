"""Keywords and requests: what stops, what only asks, and what is neither (bad input 45)."""

import pytest

from signet.reading.keywords import meant

STOPS = [
    "STOP", "Stop!", "STOP ALL", "stopall", "\uff33\uff34\uff2f\uff30", "stop 🛑", "  stop\n",
    "S.T.O.P.", "Stop\u00a0", "st\u200bop", "quit", "end", "revoke", "opt out", "OPT-OUT",
    "Opt\u00a0Out", "optout", "cancel", "unsubscribe", "arret", "ARRÊT", "remove", "TD", "“Stop”",
    "stop stop STOP",
]  # fmt: skip
ASKS = [
    "please stop", "Please STOP texting me!", "stop texting me", "Stop it", "no more texts",
    "don't message me any more", "Don\u2019t message me any more", "dont text me", "ok stop",
    "I want to unsubscribe", "take me off your list", "stop\nsent from my phone",
    "I never asked for this. Leave me alone", "please opt me out", "Bitte keine SMS mehr",
    "Stopp bitte", "Hören Sie auf!", "bitte abmelden", "lassen Sie mich in Ruhe",
    "Arrêtez de m'envoyer des messages", "ne m\u2019écrivez plus", "Désabonnez-moi",
    "plus aucun SMS svp", "no me envíen más mensajes", "BAJA", "quiero darme de baja",
    "dejen de escribirme por favor", "geen berichten meer aub", "schrijf mij uit",
    "stop met mailen", "non scrivetemi più", "basta messaggi", "voglio disiscrivermi",
]  # fmt: skip
NOTHING = [
    "", " ", "🛑", "thank you, the parcel is lovely", "I'll stop by on Monday",
    "please stop by later", "where is the bus stop?", "don't stop sending me these",
    "cancel my order", "the end", "at the end of the day",
    "remove the blue one from my basket please", "yes", "no", "Wann kommt das Paket?",
    "merci beaucoup", "muchas gracias", "nonstop",
]  # fmt: skip


@pytest.mark.parametrize("text", STOPS)
def test_a_demanded_word_stops_however_it_is_written(text: str) -> None:
    """Case, width, accents, punctuation, symbols and gaps make no difference."""
    assert "stop" == meant(text)


@pytest.mark.parametrize("text", ASKS)
def test_words_of_ones_own_ask(text: str) -> None:
    """Whoever asks in free text is obeyed and read by a person."""
    assert "asks" == meant(text)


@pytest.mark.parametrize("text", NOTHING)
def test_what_asks_for_nothing_means_nothing(text: str) -> None:
    """A word that occurs in a sentence is no wish."""
    assert meant(text) is None


@pytest.mark.parametrize(
    ("text", "wanted"),
    [("Start", "start"), ("UNSTOP.", "start"), ("help", "help"), ("INFO", "help")],
)
def test_the_way_back_and_help_are_known(text: str, wanted: str) -> None:
    """Whoever stopped may come back by a word."""
    assert wanted == meant(text)


def test_a_text_of_a_megabyte_is_read_at_its_beginning() -> None:
    """Nobody makes us read on for ever."""
    assert "asks" == meant("please stop " * 100_000)
    assert meant("so " * 400_000 + "please stop") is None
