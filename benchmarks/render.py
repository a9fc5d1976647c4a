"""
Microseconds per rendered mail: templates, derived text, tracking and MIME.

Run it with `python benchmarks/render.py`; it takes a few seconds and prints JSON. The ratio of
the MIME writer to the standard library's is taken in the same run, so that it means something on
every machine.
"""

import json
import time
from collections.abc import Callable
from datetime import UTC, datetime
from email import policy
from email.message import EmailMessage

from signet.templating.links import LinkSigner
from signet.templating.mime import Mail, to_bytes
from signet.templating.render import Renderer
from signet.templating.template import Parts, check
from signet.templating.tracking import Tracker

ROW = """<tr><td style="padding:8px;font:14px Arial">{{ line.name }}</td>
<td style="padding:8px">{{ line.count }}</td><td>{{ "%.2f"|format(line.price) }}</td></tr>"""
HTML = f"""<html><head><style>p {{ margin: 0 }}</style></head><body>
<h1>Thank you, {{{{ profile.first_name }}}}</h1>
{"<p style='font:14px Arial'>A paragraph of ordinary words that says what is to say.</p>" * 40}
<table>{{% for line in event.lines %}}{ROW}{{% endfor %}}</table>
{{% if event.total > 100 %}}<p>Free delivery.</p>{{% else %}}<p>Delivery: 5.00</p>{{% endif %}}
<p><a href="https://shop.example/orders/{{{{ event.id }}}}">See your order</a></p>
</body></html>"""
TEXT = "Thank you, {{ profile.first_name }}\n{% for l in event.lines %}- {{ l.name }}\n{% endfor %}"
DATA: dict[str, object] = {
    "profile": {"first_name": "Zoë"},
    "event": {
        "id": "o-1",
        "total": 120,
        "lines": [{"name": f"Mug {n}", "count": n, "price": n * 2.5} for n in range(20)],
    },
}


def microseconds(action: Callable[[], object], *, turns: int = 300) -> float:
    """Give the best of five mean times of an action."""
    best = float("inf")
    for _ in range(5):
        started = time.perf_counter()
        for _ in range(turns // 5):
            action()
        best = min(best, (time.perf_counter() - started) / (turns // 5))
    return round(best * 1e6, 1)


def library_mail(mail: Mail) -> bytes:
    """Write a mail with the standard library's message class."""
    message = EmailMessage(policy=policy.SMTP)
    message["From"], message["To"] = mail.sender, mail.recipient
    message["Subject"], message["Message-ID"] = mail.subject, mail.message_id_header
    message["Date"] = mail.date
    message.set_content(mail.text or "")
    message.add_alternative(mail.html or "", subtype="html")
    return message.as_bytes()


def measured() -> dict[str, float]:
    """Measure each step of a mail."""
    full = Parts(subject="Order {{ event.id }}", html=HTML, text=TEXT)
    derived = Parts(subject="Order {{ event.id }}", html=HTML)
    renderer = Renderer()
    content = renderer.render("full", full, DATA)
    renderer.render("derived", derived, DATA)
    warm = renderer.compiles
    tracker = Tracker(LinkSigner(b"k" * 32), "https://s.example")
    mail = Mail(
        sender="Zoë <hello@example.org>",
        recipient="ann@example.com",
        subject=content.subject,
        html=content.html,
        text=content.text,
        message_id_header="<m1@example.org>",
        date=datetime(2025, 3, 1, tzinfo=UTC),
    )
    html = content.html or ""
    ours, library = microseconds(lambda: to_bytes(mail)), microseconds(lambda: library_mail(mail))
    return {
        "html_bytes": len(html.encode()),
        "check_us": microseconds(lambda: check(full), turns=25),
        "render_us": microseconds(lambda: renderer.render("full", full, DATA)),
        "render_with_derived_text_us": microseconds(
            lambda: renderer.render("derived", derived, DATA)
        ),
        "compiles_in_steady_state": renderer.compiles - warm,
        "track_us": microseconds(lambda: tracker.track(html, workspace="w", message_id="m" * 32)),
        "mime_us": ours,
        "mime_library_us": library,
        "mime_ratio": round(ours / library, 3),
    }


if __name__ == "__main__":
    print(json.dumps(measured(), indent=2))
