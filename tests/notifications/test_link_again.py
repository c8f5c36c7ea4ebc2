"""The organisation's own link, sent again to who asks for it."""

from frist_contracts import MessageWithheld
from tests.notifications.builders import a_closing, a_contact, a_link_request


def test_whoever_asks_for_the_link_gets_the_link_and_no_receipt(known, catcher):
    known.tell(a_closing("withdrawn"), a_link_request(sequence=10, state="withdrawn")).send(catcher.outlets)

    (caught,) = catcher.caught
    assert (caught["purpose"], caught["subject"]) == ("link_sent_again", "Her er jeres link")
    assert caught["links"] == [
        f"https://frist.example/registration/case/{catcher.outlets.links.token('case', 'case-1')}"
    ]
    with known.database.begin() as uow:
        assert uow.recipients.get("case-1").state == "withdrawn"


def test_of_the_links_that_have_not_gone_yet_one_goes(known, catcher, letters_folder):
    known.tell(a_contact(sequence=4, email=None), *(a_link_request(sequence=5 + day) for day in range(3)))

    known.send(catcher.outlets)

    assert [(row.state, row.reason) for row in known.messages(purpose="link_sent_again")] == [
        ("withheld", "superseded"),
        ("withheld", "superseded"),
        ("planned", None),
    ]
    assert [told["reason"] for told in known.told(MessageWithheld)] == ["superseded"] * 2
