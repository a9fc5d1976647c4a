"""E-mail addresses: whether one can be, what is odd about it, what was probably meant."""

from functools import lru_cache

from pydantic import BaseModel, ConfigDict

from signet.domain import scripts
from signet.domain.address import ascii_domain, is_mailbox, normal

# Where most private mail goes; a domain that is one slip away from one of these is a likely typo.
TOP_DOMAINS = tuple(
    """
    gmail.com googlemail.com yahoo.com yahoo.co.uk hotmail.com hotmail.co.uk outlook.com live.com
    icloud.com aol.com msn.com protonmail.com proton.me fastmail.com comcast.net verizon.net
    btinternet.com gmx.de gmx.net web.de t-online.de freenet.de orange.fr wanadoo.fr laposte.net
    libero.it bluewin.ch telenet.be ziggo.nl naver.com yandex.ru rediffmail.com
    """.split()
)
# Real providers that are one slip away from another.
_REAL = frozenset(
    """
    aim.com email.com gmx.at gmx.ch gmx.com gmx.es gmx.fr live.ca live.co live.de live.fr live.it
    live.nl mail.com ymail.com yahoo.ca yahoo.co yahoo.cn yahoo.de yahoo.es yahoo.fr yahoo.in
    yahoo.it yandex.com yandex.by yandex.kz yandex.ua rocketmail.com
    """.split()
)
SHORTEST_NAME = 5  # a shorter name of a provider is one slip away from too many others
LONG_NAME = 6  # from here on two slips are still likely to be slips
SHORTEST_ENDING = 3  # two letters are one slip away from another country


class Email(BaseModel):
    """
    What is known of an address.

    `matching` is the normal form under which it is looked up, `shown` the address with its
    domain as it travels, so that a look-alike shows its punycode. `smtputf8` says that it wants
    a mail server that takes other letters than ASCII before the @; we send to none yet.
    `mixed_script` and `lookalike` are reasons to look twice, not to refuse; `resembles` is what
    a hurried reader takes it for. `suggestion` is what was probably meant, and is never put in
    place of what was written.
    """

    model_config = ConfigDict(frozen=True)

    written: str
    valid: bool
    reason: str = ""
    matching: str
    shown: str
    smtputf8: bool = False
    disposable: bool = False
    mixed_script: bool = False
    lookalike: bool = False
    resembles: str | None = None
    suggestion: str | None = None


@lru_cache(maxsize=4096)
def judged(written: str) -> Email:
    """Judge an address by its letters alone; nobody is asked whether it is there."""
    local, _, domain = written.strip().rpartition("@")
    reason = _refusal(written)
    travelling = _travelling(domain)
    odd = scripts.looked_at(local, domain)
    return Email(
        written=written,
        valid=not reason,
        reason=reason,
        matching=normal(written),
        shown=f"{local}@{travelling}" if local else written,
        smtputf8=not local.isascii(),
        disposable=not reason and is_disposable(travelling),
        mixed_script=odd.mixed,
        lookalike=odd.resembles is not None or odd.unusual,
        resembles=odd.resembles,
        suggestion=None if not domain or odd.mixed else _suggestion(local, travelling),
    )


def is_disposable(domain: str) -> bool:
    """Tell whether a domain, or one above it, is known to give addresses for minutes."""
    from disposable_email_domains import blocklist  # noqa: PLC0415 - ten thousand names

    labels = domain.lower().split(".")
    return any(".".join(labels[start:]) in blocklist for start in range(len(labels) - 1))


def meant(domain: str) -> str | None:
    """Give the well-known domain of which this one is probably a misspelling."""
    from jellyfish import damerau_levenshtein_distance  # noqa: PLC0415 - not every address needs it

    if domain in TOP_DOMAINS or domain in _REAL:
        return None
    near = (
        known for known in TOP_DOMAINS if abs(len(known) - len(domain)) <= _slips(domain, known)
    )
    distance = damerau_levenshtein_distance
    return next((known for known in near if distance(domain, known) <= _slips(domain, known)), None)


def _slips(domain: str, known: str) -> int:
    """Give how many slips may lie between a domain and a well-known one; -1 if not even none."""
    (name, _, ending), (known_name, _, known_ending) = domain.partition("."), known.partition(".")
    if name == known_name:
        return 1 if len(known_ending) >= SHORTEST_ENDING else -1
    if ending != known_ending:
        return -1 if len(known_ending) < SHORTEST_ENDING or len(known_name) < LONG_NAME else 1
    return -1 if len(known_name) < SHORTEST_NAME else 1 + (len(known_name) >= LONG_NAME)


def _refusal(written: str) -> str:
    """Say why an address cannot be one, or nothing."""
    if not is_mailbox(written):
        return "is not exactly one bare address"
    from email_validator import EmailNotValidError, validate_email  # noqa: PLC0415 - 25 ms

    try:
        validate_email(written, check_deliverability=False)
    except EmailNotValidError as error:
        return str(error)
    return ""


def _travelling(domain: str) -> str:
    try:
        return ascii_domain(domain)
    except UnicodeError:
        return domain


def _suggestion(local: str, domain: str) -> str | None:
    found = meant(domain)
    return f"{local}@{found}" if found else None
