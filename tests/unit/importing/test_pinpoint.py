"""Exports of Amazon Pinpoint are read as they are, and an opt-out is never lost."""

import json

import pytest

from signet.domain.consent import Consent
from signet.domain.importing import FileFormat
from signet.domain.suppression import Suppression
from tests.unit.importing.hall import Hall, counts

ADA = {
    "ChannelType": "EMAIL",
    "Address": "ada@example.org",
    "Attributes": {"Interests": ["Maths", "Engines"]},
    "CohortId": "42",
    "CreationDate": "2024-01-10T09:30:00.000Z",
    "Demographic": {"Locale": "en_GB", "Timezone": "Europe/London", "Platform": "iOS"},
    "EffectiveDate": "2024-05-02T07:00:00.000Z",
    "EndpointStatus": "ACTIVE",
    "Id": "endpoint-1",
    "Location": {"City": "London", "Country": "GBR", "PostalCode": "W1"},
    "OptOut": "NONE",
    "User": {"UserId": "ada", "UserAttributes": {"FirstName": ["Ada"], "Plan": ["gold"]}},
}
TABLE = (
    "ChannelType,Address,Location.Country,User.UserId,User.UserAttributes.FirstName,"
    "Attributes.Interests,OptOut\n"
    "EMAIL,ada@example.org,GBR,ada,Ada,Maths,ALL\n"
    "SMS,+442079460000,GBR,ada,Ada,,NONE\n"
)


@pytest.fixture
def hall() -> Hall:
    """Give a hall with one source."""
    found = Hall()
    found.source()
    return found


def _export(*changes: dict[str, object]) -> bytes:
    return "\n".join(json.dumps(ADA | change) for change in changes).encode()


def _suppressions(hall: Hall) -> list[tuple[str, str]]:
    page = hall.permissions.suppressions("main", limit=100, position=None)
    return [(s.channel, s.reason) for s in page.items if isinstance(s, Suppression)]


def test_an_endpoint_becomes_its_person(hall: Hall) -> None:
    """Users, attributes, place and locale are traits; a list of one is its value."""
    file = hall.send(_export({}))

    assert (1, 1, 0, 0) == counts(file)
    person = hall.person("external_id", "ada")
    assert {"external_id": ("ada",), "email": ("ada@example.org",)} == person.identifiers
    assert {
        "email": "ada@example.org", "first_name": "Ada", "Plan": "gold",
        "Interests": ["Maths", "Engines"], "locale": "en_GB", "timezone": "Europe/London",
        "city": "London", "country": "GBR", "postal_code": "W1",
    } == person.values()  # fmt: skip
    assert [] == _suppressions(hall)
    (entry,) = hall.desks.stores.events.timeline("main", person.id, limit=5, position=None).items
    assert "2024-05-02" == entry.event.occurred_at.date().isoformat()  # type: ignore[attr-defined]


def test_a_table_of_endpoints_is_read_by_its_dotted_columns(hall: Hall) -> None:
    """Two endpoints of one user are one person, who has opted out of one of them."""
    file = hall.send(TABLE.encode())

    assert (2, 2, 0, 0) == counts(file)
    person = hall.person("external_id", "ada")
    assert ("+442079460000",) == person.identifiers["phone"]
    assert "Ada" == person.values()["first_name"]
    assert "GBR" == person.values()["country"]
    assert [("email", "pinpoint opt-out")] == _suppressions(hall)


def test_what_must_not_be_written_to_is_suppressed(hall: Hall) -> None:
    """Whoever opted out, and whose endpoint is inactive; nobody gets a consent of it."""
    hall.send(
        _export({"OptOut": "ALL"}, {"EndpointStatus": "INACTIVE", "Address": "b@example.org"})
    )

    assert {("email", "pinpoint opt-out"), ("email", "pinpoint inactive")} == set(
        _suppressions(hall)
    )
    person = hall.person("external_id", "ada")
    handle = hall.sealer.handle("main", "email", "ada@example.org")
    assert () == hall.permissions.look("main", person.id, handle).consents


def test_a_row_that_cannot_be_taken_still_opts_out(hall: Hall) -> None:
    """Its time is wrong, its refusal is not."""
    file = hall.send(_export({"OptOut": "ALL", "EffectiveDate": "2999-01-01T00:00:00Z"}))

    assert (1, 0, 0, 1) == counts(file)
    assert [("email", "pinpoint opt-out")] == _suppressions(hall)


def test_an_old_export_does_not_opt_out_again(hall: Hall) -> None:
    """What was lifted since stays lifted when the same file comes once more."""
    hall.send(_export({"OptOut": "ALL"}))
    hall.permissions.release("main", hall.sealer.handle("main", "email", "ada@example.org"))

    assert (1, 0, 1, 0) == counts(hall.send(_export({"OptOut": "ALL"})))
    assert [] == _suppressions(hall)


def test_a_device_without_a_user_is_known_by_its_own_id(hall: Hall) -> None:
    """Its token is no address that we write to."""
    hall.send(_export({"ChannelType": "GCM", "Address": "token", "User": {}}))

    person = hall.person("anonymous_id", "endpoint-1")
    assert {"anonymous_id": ("endpoint-1",)} == person.identifiers


def test_a_column_that_is_a_value_and_has_parts_is_refused(hall: Hall) -> None:
    """Which of both is meant, nobody can tell."""
    body = b"ChannelType,Address,User,User.UserId\nEMAIL,a@example.org,x,1\n"

    file = hall.send(body)

    assert (1, 0, 0, 1) == counts(file)
    assert "User.UserId" == hall.faults(file)[0].field


def test_a_number_is_suppressed_in_the_form_its_person_is_known_by(hall: Hall) -> None:
    """Spaces and dashes in an export make no other number to an opt-out."""
    hall.send(_export({"ChannelType": "SMS", "Address": "+44 20 7946-0000", "OptOut": "ALL"}))

    (number,) = hall.person("external_id", "ada").identifiers["phone"]
    handle = hall.sealer.handle("main", "phone", number)
    assert "pinpoint opt-out" == hall.permissions.look("main", "p", handle).suppressions[0].reason


@pytest.mark.parametrize("given", ["csv", "auto", "pinpoint"])
def test_a_table_of_endpoints_opts_out_whatever_its_format_is_called(
    hall: Hall, given: FileFormat
) -> None:
    """Who calls it CSV has said how it is written, and not that nobody has opted out."""
    assert (2, 2, 0, 0) == counts(hall.send(TABLE.encode(), form=given))
    assert [("email", "pinpoint opt-out")] == _suppressions(hall)


@pytest.mark.parametrize("given", ["json_lines", "auto"])
def test_an_endpoint_behind_a_bad_line_opts_out(hall: Hall, given: FileFormat) -> None:
    """Each line says by itself what it is."""
    body = b'{"broken\n' + _export({"OptOut": "ALL"})

    assert (2, 1, 0, 1) == counts(hall.send(body, form=given))
    assert [("email", "pinpoint opt-out")] == _suppressions(hall)


@pytest.mark.parametrize("name", ["optOut", "OPTOUT", "optout"])
def test_an_opt_out_is_heard_in_any_case(hall: Hall, name: str) -> None:
    """Tools between Pinpoint and us write its names in their own way."""
    endpoint = {key: value for key, value in ADA.items() if key != "OptOut"}
    hall.send(json.dumps({**endpoint, name: "all "}).encode())

    assert [("email", "pinpoint opt-out")] == _suppressions(hall)


@pytest.mark.parametrize("said", ["NONE", "none", "", None])
def test_not_opted_out_is_no_opt_in(hall: Hall, said: str | None) -> None:
    """Whoever has not said no has not said yes: no word and no receipt comes of an import."""
    hall.send(_export({"OptOut": said, "EndpointStatus": "ACTIVE"}))
    person = hall.person("external_id", "ada")

    assert () == hall.permissions.look("main", person.id).consents
    assert () == hall.permissions.receipts("main", person.id)
    assert [] == _suppressions(hall)


def test_an_import_does_not_touch_a_withdrawal(hall: Hall) -> None:
    """A person's own no outweighs whatever a file says of them later."""
    hall.send(_export({"OptOut": "NONE"}))
    person = hall.person("external_id", "ada")
    word = Consent(channel="email", topic="news", status="withdrawn", at=hall.clock.now())
    kept = hall.permissions.record_consent("main", person.id, word)
    hall.send(_export({"OptOut": "NONE", "Attributes": {"consent": ["granted"]}}))

    assert (kept,) == hall.permissions.look("main", person.id).consents
    assert ["withdrawn"] == [one.event for one in hall.permissions.receipts("main", person.id)]
