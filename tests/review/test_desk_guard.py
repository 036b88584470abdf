"""Who is answered by the desk, and what every answer says to the browser."""

from __future__ import annotations

import pytest

from .desk_class import FORM, HOST, PORT, TOKEN, Class

EVIL = "http://evil.example"


@pytest.mark.long
@pytest.mark.parametrize(
    ("path", "headers", "status"),
    [
        (f"/{TOKEN}/", {}, 200),
        (f"/{TOKEN}/", {"Host": f"localhost:{PORT}"}, 200),
        (f"/{TOKEN}/", {"Origin": f"http://{HOST}"}, 200),
        (f"/{TOKEN}/", {"Origin": "null", "Sec-Fetch-Site": "same-origin"}, 200),
        (f"/{TOKEN}/", {"Sec-Fetch-Site": "none"}, 200),
        ("/", {}, 403),
        ("//", {}, 403),
        ("/favicon.ico", {}, 403),
        ("/desk.js", {}, 403),
        (f"/{TOKEN[:-1]}/", {}, 403),
        (f"/{TOKEN}x/", {}, 403),
        (f"/{TOKEN.upper()}/", {}, 403),
        (f"/x/{TOKEN}/", {}, 403),
        (f"/x/../{TOKEN}x/", {}, 403),
        (f"/?token={TOKEN}", {}, 403),
        ("/%F0%9F%98%80/", {}, 403),
        (f"/{TOKEN}/", {"Host": "evil.example"}, 403),
        (f"/{TOKEN}/", {"Host": f"evil.example:{PORT}"}, 403),
        (f"/{TOKEN}/", {"Host": "127.0.0.1"}, 403),
        (f"/{TOKEN}/", {"Host": f"127.0.0.1:{PORT + 1}"}, 403),
        (f"/{TOKEN}/", {"Host": f"127.0.0.1:{PORT}.evil.example"}, 403),
        (f"/{TOKEN}/", {"Host": f"[::1]:{PORT}"}, 403),
        (f"/{TOKEN}/", {"Origin": EVIL}, 403),
        (f"/{TOKEN}/", {"Origin": f"https://{HOST}"}, 403),
        (f"/{TOKEN}/", {"Origin": "http://127.0.0.1"}, 403),
        (f"/{TOKEN}/", {"Origin": f"http://127.0.0.1:{PORT + 1}"}, 403),
        (f"/{TOKEN}/", {"Origin": "null"}, 403),
        (f"/{TOKEN}/", {"Origin": "null", "Sec-Fetch-Site": "cross-site"}, 403),
        (f"/{TOKEN}/", {"Sec-Fetch-Site": "cross-site"}, 403),
        (f"/{TOKEN}/", {"Sec-Fetch-Site": "same-site"}, 403),
    ],
)
def test_only_who_has_the_token_and_comes_from_here_is_answered(graded_desk, path, headers, status):
    answer = graded_desk.send("GET", path, headers)
    assert answer.status_code == status
    assert ("One-hot vectors" in answer.text) == (status == 200)


@pytest.fixture(scope="module")
def graded_desk(graded_class):
    """A desk that no test marks at."""
    return Class(graded_class).desk()


@pytest.mark.parametrize(
    "headers", [{"Origin": EVIL}, {"Origin": "null", "Sec-Fetch-Site": "cross-site"}, {"Host": "evil.example"}]
)
def test_a_form_of_another_origin_changes_no_mark(desk_class, headers):
    desk = desk_class.desk()
    assert desk.mark("doris", ("met", "0"), **headers).status_code == 403
    assert not desk_class.marks.exists()
    assert desk.mark("doris", ("met", "0")).status_code == 303
    assert desk_class.marks.exists()


def test_the_browser_is_started_with_an_address_that_leads_to_the_desk_once(desk_class):
    desk = desk_class.desk()
    assert desk.send("GET", "/once", {"Host": "evil.example"}).status_code == 403
    opened = desk.send("GET", "/once")
    assert (opened.status_code, opened.headers["location"]) == (303, f"/{TOKEN}/")
    assert desk.send("GET", "/once").status_code == 403


def test_every_answer_keeps_out_scripts_frames_caches_and_referrers(graded_desk):
    paths = ["/", "/questions/0", graded_desk.address("gerda"), f"{graded_desk.address('gerda')}/files/0", "/desk.js"]
    answers = [*map(graded_desk.get, paths), graded_desk.get("/nowhere"), graded_desk.send("GET", "/")]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 200, 200, 404, 403]
    for answer in answers:
        policy = dict(part.strip().split(" ", 1) for part in answer.headers["content-security-policy"].split(";"))
        assert policy["default-src"] == "'none'"
        assert policy["script-src"] == policy["connect-src"] == policy["form-action"] == "'self'"
        assert policy["base-uri"] == policy["frame-ancestors"] == "'none'"
        assert not any("unsafe" in part or "*" in part for part in policy.values())
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["cross-origin-resource-policy"] == "same-origin"
        assert "set-cookie" not in answer.headers


@pytest.mark.parametrize(
    ("content", "kind", "status", "said"),
    [
        (b"note=" + b"x" * (256 << 10), FORM["Content-Type"], 413, "larger than 262144 bytes"),
        (b"&".join([b"met=0"] * 501), FORM["Content-Type"], 422, "cannot be read"),
        (b"note=\xff\xfe", FORM["Content-Type"], 422, "cannot be read"),
        (b"note=%ff", FORM["Content-Type"], 422, "cannot be read"),
        (b'{"met": [0]}', "application/json", 422, "wanted is a form"),
        (b"met=0", "text/plain", 422, "wanted is a form"),
        (b"", "", 422, "wanted is a form"),
    ],
)
def test_a_body_that_no_form_of_the_desk_sends_is_refused(desk_class, content, kind, status, said):
    desk = desk_class.desk()
    answer = desk.send("POST", desk.address("doris"), {**FORM, "Content-Type": kind}, content=content)
    assert answer.status_code == status
    assert said in answer.text
    assert not desk_class.marks.exists()


def test_other_methods_change_nothing(graded_desk):
    for method in ("PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"):
        assert graded_desk.send(method, graded_desk.address("doris"), FORM).status_code == 405
