"""What the headers of a call tell about the program that makes it."""

from signet.runtime import http


def is_person(call: http.Call) -> bool:
    """Tell whether a person sits behind a call, who wants to read a page."""
    return "text/html" in call.headers.get("accept", "")


def forbids_sharing(call: http.Call) -> bool:
    """Tell whether a browser sends Global Privacy Control."""
    return call.headers.get("sec-gpc", "").strip() == "1"


def headless(call: http.Call, answer: http.Answer) -> http.Answer:
    """Give an answer without its body to whoever asks for the head alone."""
    if call.method == "HEAD":
        answer.body = ""
    return answer
