"""Wrong addresses and strange forms: one clear line, never a defect, nothing stored."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator

import httpx
import openpyxl
import pytest

from review_ui.access import CSRF_FIELD
from store.schema import Candidate
from store.users import create_session, session_user
from tests.review_ui import seed
from tests.review_ui.conftest import Site
from tests.review_ui.test_who_may import taking_forms

LONG = "9" * 5000
WORDS = ("", "x", LONG, "-1", "½", "٣", "\ud83d\ude00".encode("utf-16", "surrogatepass").decode("utf-16"), "' or 1=1 --",
         "<script>", "../../etc/passwd", "%", "{{ 7*7 }}", "Ж" * 3000, "\u202e", "\x1b[0m", "a\nb")  # fmt: skip


OF_SCRIPTS = {f"/item/{{candidate_id}}/{action}" for action in ("draft", "lease", "release")}
"""What the page's scripts send beside it: no such address ever stands in the browser's bar."""


@pytest.fixture
def client(site: Site) -> Iterator[httpx.Client]:
    with site.database.session() as session:
        seed.simple(session, "c1")
        token = create_session(session, "ana")
    with httpx.Client(base_url=site.url, cookies={"avmp_session": token}, timeout=30) as made:
        yield made


@pytest.fixture
def form(site: Site, client: httpx.Client) -> dict[str, str]:
    """What the untouched form of the item sends."""
    with site.database.session() as session:
        account = session_user(session, client.cookies["avmp_session"])
    assert account is not None
    return {
        CSRF_FIELD: account.csrf_token, "version": "1", "incident_type": "public_dispute", "subtype": "",
        "date": "2025-03-03", "date_precision": "day", "time_of_day": "evening", "jurisdiction": "RS",
        "place": "Novi Pazar", "geo_precision": "1", "place_type": "bar_restaurant", "weapons": "handgun",
        "possession": "unreported", "victims.sex": "male", "victims.age": "34", "victims.outcome": "injured",
        "victims.relation": "acquaintance", "seizure_where": "unreported", "comment": "",
    }  # fmt: skip


def line(answer: httpx.Response) -> str:
    """What the page says is wrong."""
    found = re.findall(r'role="alert">([^<]+)<', answer.text)
    assert len(found) >= 1, answer.text[:2000]
    return str(found[0])


@pytest.mark.parametrize(
    ("path", "status", "says"),
    [
        ("/nowhere", 404, "There is no such page."),
        ("/item/", 404, "There is no such page."),
        ("/item/none", 404, "There is no candidate none: go back to the queue."),
        ("/item/a%2Fb%2Fc", 404, "There is no such page."),
        ("/item/%ff%fe", 404, "There is no candidate"),
        (f"/item/{LONG}", 404, "There is no candidate"),
        ("/incident/none", 404, "There is no such page."),
        ("/item/c1/lease", 400, "The address of this page is wrong at action"),
        ("/sign-out", 405, "use the buttons of a page"),
        ("/queue?jurisdiction=ZZ", 400, "jurisdiction: &#39;ZZ&#39;: use one of"),
        ("/queue?incident_type=brawl", 400, "incident_type"),
        ("/queue?order=random", 400, "order: &#39;random&#39;: use one of urgent, newest, oldest"),
        ("/queue?start=-1", 400, "start"),
        (f"/queue?start={LONG}", 400, "start"),
        ("/incidents?date_from=yesterday", 400, "date_from"),
        ("/incidents?date_from=99999-01-01", 400, "date_from"),
        ("/incidents?colour=red", 400, "colour"),
        ("/incidents?place=%00", 400, "This address holds a character that no text of ours does."),
        ("/item/%00", 400, "This address holds a character that no text of ours does."),
        ("/incidents?scope=EU", 400, "scope"),
        ("/incidents?order=random", 400, "order"),
        ("/incidents.csv?order=random", 400, "order"),
        ("/incidents?victim_sex=women", 400, "victim_sex"),
    ],
)
def test_a_wrong_address_has_one_line(client: httpx.Client, path: str, status: int, says: str) -> None:
    answer = client.get(path)
    assert answer.status_code == status
    assert says in line(answer)


def test_an_address_that_a_form_of_the_item_was_sent_to_leads_to_the_item(client: httpx.Client) -> None:
    sent = {path for path in taking_forms() if path.startswith("/item/{candidate_id}/")} - OF_SCRIPTS
    for path in sorted(sent):
        answer = client.get(path.format(candidate_id="c1"))
        assert (answer.status_code, answer.headers.get("location")) == (303, "/item/c1"), path


@pytest.mark.parametrize(
    ("path", "names"),
    [
        ("/queue", ("jurisdiction", "lang", "source", "order", "start")),
        ("/queue/next", ("seen", "approved", "source")),
        ("/item/c1", ("seen", "rejected", "incident_type")),
        ("/incidents", ("place", "date_from", "order", "start")),
        ("/incidents.csv", ("place", "jurisdiction")),
        ("/places", ("q", "jurisdiction")),
        ("/sign-in", ("then",)),
    ],
)
def test_no_word_in_an_address_is_a_defect(client: httpx.Client, path: str, names: tuple[str, ...]) -> None:
    for name in names:
        for word in WORDS:
            assert client.get(path, params={name: word}).status_code in (200, 303, 400), word
        for raw in ("%ed%a0%80", "%00", "%ff", "%", "a&" + name + "=b", "%0d%0aSet-Cookie:x=1"):
            answer = client.get(f"{path}?{name}={raw}")
            assert answer.status_code in (200, 303, 400), raw
            assert "x" not in answer.cookies


def test_no_word_in_a_field_is_a_defect(site: Site, client: httpx.Client, form: dict[str, str]) -> None:
    harmless = {"place", "comment", "subtype", "weapons", "victims.age", "date_precision"}
    for field in form:
        for word in WORDS:
            answer = client.post("/item/c1/form", data=form | {field: word, "edit": "add victims"})
            assert answer.status_code in (200, 400, 403), (field, word)
            if field not in harmless and word:
                answer = client.post("/item/c1/approve", data=form | {field: word, "geo_precision": "x"})
                assert answer.status_code in (403, 422), (field, word)
    with site.database.session() as session:
        found = session.get(Candidate, "c1")
        assert found is not None
        assert (found.state, found.version) == ("open", 1)


@pytest.mark.parametrize(
    ("change", "status", "says"),
    [
        ({"version": LONG}, 409, "Nothing was saved. New reports changed this item"),
        ({"version": ""}, 409, "Nothing was saved."),
        ({"csrf": ""}, 403, "This form is from an earlier sign-in"),
        ({"comment": "x" * 4001}, 422, "Not approved yet: one field needs a look."),
        ({"date": "0202-03-03"}, 422, "Not approved yet"),
        ({"date": "2025-02-30"}, 422, "Not approved yet"),
        ({"victims.sex": ["male"] * 201, "victims.age": ["34"] * 201}, 400, "send at most 200"),
        ({"victims.age": ""}, 303, ""),
        ({"comment": "a\0b"}, 400, "Remove the NUL characters"),
    ],
)
def test_a_strange_form_has_one_line(
    client: httpx.Client, form: dict[str, str], change: dict[str, str | list[str]], status: int, says: str
) -> None:
    answer = client.post("/item/c1/approve", data=form | change)
    assert answer.status_code == status, answer.text
    if says:
        assert says in line(answer)


def test_a_form_that_lacks_everything_but_its_token_says_what_to_choose(
    client: httpx.Client, form: dict[str, str]
) -> None:
    bare = {"csrf": form["csrf"], "version": "1"}
    answer = client.post("/item/c1/approve", data=bare)
    assert answer.status_code == 422
    assert "Choose where the event took place." in answer.text
    answer = client.post("/item/c1/reject", data=bare)
    assert answer.status_code == 422
    assert line(answer) == "Not rejected yet: Choose a reason."


@pytest.mark.parametrize("place", ["=1+1", "+381", "-1", "@SUM(A1)", 'Čačak, "centar"'])
def test_a_typed_value_is_no_formula_in_the_csv(client: httpx.Client, form: dict[str, str], place: str) -> None:
    answer = client.post("/item/c1/approve", data=form | {"place": place, "geo_precision": "2"})
    assert answer.status_code == 303
    content = client.get("/incidents.csv").content
    assert content.startswith(b"\xef\xbb\xbf")
    [row] = csv.DictReader(io.StringIO(content.decode("utf-8-sig")))
    assert row["place"] == (place if place[0] == "Č" else f"'{place}")
    sheet = openpyxl.load_workbook(io.BytesIO(client.get("/incidents.xlsx").content)).active
    assert sheet is not None
    names, *rows = sheet.iter_rows(values_only=True)
    cells = dict(zip(names, *rows, strict=True))
    assert cells["place"] == place  # text, which Excel runs as no formula
    assert cells["id"] == row["id"]


@pytest.mark.parametrize("edit", ["", "add", "remove", "add nothing", "remove victims x", "remove victims 99", LONG])
def test_an_edit_of_no_row_changes_nothing(client: httpx.Client, form: dict[str, str], edit: str) -> None:
    answer = client.post("/item/c1/form", data=form | {"edit": edit})
    assert answer.status_code == 200
    assert answer.text.count('aria-label="Victim"') == 2  # the row and the empty one that scripts copy


@pytest.mark.parametrize("action", ["merge", "not-same", "split"])
@pytest.mark.parametrize("chosen", [{"other": "c1"}, {"other": "found", "find": "c1"}])
def test_an_item_is_not_grouped_with_itself(
    client: httpx.Client, form: dict[str, str], action: str, chosen: dict[str, str]
) -> None:
    answer = client.post(f"/item/c1/{action}", data=form | chosen | {"report": "any"})
    assert answer.status_code == 409
    assert "This is one item already: choose another one." in line(answer)


@pytest.mark.parametrize("action", ["approve", "reject", "skip", "form"])
def test_the_address_of_a_form_opens_its_item(client: httpx.Client, action: str) -> None:
    answer = client.get(f"/item/c1/{action}?jurisdiction=RS")
    assert (answer.status_code, answer.headers["location"]) == (303, "/item/c1?jurisdiction=RS")


def test_files_and_other_content_are_no_form(client: httpx.Client, form: dict[str, str]) -> None:
    assert client.post("/item/c1/approve", data=form, files={"f": b"x"}).status_code == 415
    assert client.post("/item/c1/approve", json=form).status_code == 415
    too_large = client.post("/item/c1/approve", data=form | {"comment": "x" * 1_000_000})
    assert too_large.status_code == 413
    assert line(too_large) == "This is too much to send at once: go back and shorten what you wrote."
    assert 'href="/workplace">ana<' in too_large.text
    told = client.post(
        "/item/c1/draft", data=form | {"comment": "x" * 1_000_000}, headers={"accept": "application/json"}
    )
    assert told.json() == {"line": "This is too much to send at once: go back and shorten what you wrote."}


def test_a_script_is_told_in_json(client: httpx.Client) -> None:
    answer = client.get("/item/none", headers={"accept": "application/json"})
    assert answer.json() == {"line": "There is no candidate none: go back to the queue."}
