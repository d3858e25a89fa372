"""A person with a web browser, without the browser: cookies, forms, tickets."""

from __future__ import annotations

import html
import http.client
import re
import socket
from collections.abc import Iterator, Mapping, Sequence
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import requests

TIMEOUT_SECONDS = 30.0


class WebUser:
    """One browser with its cookies. Forms are filled in as they came, so a field that the page lacks is not sent."""

    def __init__(self, url: str, *, door: str = "", headers: Mapping[str, str] | None = None) -> None:
        """`url` is the address in the browser; requests really go to `door`, with these `headers`."""
        self.url = url
        self.door = door or url
        self.http = requests.Session()
        self.http.trust_env = False
        self.http.headers.update(headers or {})

    def get(self, path: str, **options: Any) -> requests.Response:
        """GET; redirects are followed."""
        return self.http.get(self.door + path, **{"timeout": TIMEOUT_SECONDS, **options})

    def post(self, path: str, data: Any = None, **options: Any) -> requests.Response:
        """POST as a page of this hub does: with its CSRF token and Origin."""
        headers = {"X-CSRFToken": self.http.cookies.get("csrftoken") or "", "Origin": self.url, "Referer": self.url + path}
        headers |= options.pop("headers", {})
        return self.http.post(self.door + path, data=data, headers=headers, **{"timeout": TIMEOUT_SECONDS, **options})

    def log_in(self, username: str, password: str) -> WebUser:
        """Through the form. AssertionError if it does not lead to the dashboard."""
        answer = self.submit(self.get("/login/"), username=username, password=password)
        assert answer.status_code == 200, answer.text[:2000]
        assert answer.url.rstrip("/") == self.door, f"{username} was not let in: {answer.url}"
        return self

    def log_out(self) -> None:
        """Through the form on the dashboard."""
        assert self.post("/logout/").status_code == 200

    def ticket(self) -> dict[str, Any]:
        """A ticket for one WAMP session."""
        answer = self.post("/ticket/")
        assert answer.status_code == 200, answer.text[:2000]
        ticket: dict[str, Any] = answer.json()
        return ticket

    def submit(self, page: requests.Response, *, form: int | str = "", **changes: Any) -> requests.Response:
        """Send the page's form with these changes. `form` is its id; otherwise it is the one with a password, or the most fields. None and
        False untick, or leave out.
        """
        fields = parse_form(page.text, str(form))
        for name, value in changes.items():
            if value is None or value is False:
                fields.pop(name, None)
            else:
                fields[name] = "on" if value is True else value
        path = page.url.removeprefix(self.door)
        return self.post(path, fields)

    # --- the admin ------------------------------------------------------------------------------------------------------------------

    def save_host(self, host_id: str, **settings: Any) -> requests.Response:
        """Change settings in the admin's form of this host and press Save. AssertionError if the form comes back."""
        path = f"/admin/django_app/host/{host_id}/change/"
        page = self.get(path)
        assert page.status_code == 200, page.text[:2000]
        answer = self.submit(page, _save="Save", **settings)
        assert answer.status_code == 200, answer.text[:2000]
        assert not answer.url.endswith(path), f"the admin did not take {settings}: {errors_of(answer.text)}"
        return answer

    def host_action(self, action: str, host_ids: Sequence[str], *, all_pages: bool = False) -> requests.Response:
        """A bulk action on the list of hosts: on these, or on every host there is."""
        page = self.get("/admin/django_app/host/")
        chosen = {"_selected_action": list(host_ids), "select_across": str(int(all_pages))}
        answer = self.submit(page, form="changelist-form", action=action, index="0", **chosen)
        assert answer.status_code == 200, answer.text[:2000]
        return answer

    def host_cell(self, host_id: str, field: str) -> str:
        """What the list of hosts says of one, from the database, without JavaScript."""
        page = self.get(f"/admin/django_app/host/?q={host_id}").text
        match = re.search(rf'<span data-host="{host_id}" data-field="{field}"[^>]*>([^<]*)</span>', page)
        assert match, f"the list has no cell {field} for {host_id}:\n{page[:3000]}"
        return html.unescape(match[1])


class _Forms(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[tuple[str, dict[str, Any]]] = []
        self._select = ""
        self._textarea = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        name = given.get("name") or ""
        if tag == "form":
            self.forms.append((given.get("id") or "", {}))
        if not self.forms:
            return
        fields = self.forms[-1][1]
        if tag == "input" and name:
            kind = given.get("type", "text")
            if kind in ("submit", "button", "image", "file"):
                return
            if kind not in ("checkbox", "radio") or "checked" in given:
                fields[name] = given.get("value") or ("on" if kind == "checkbox" else "")
        elif tag == "select":
            self._select = name
        elif tag == "option" and self._select and "selected" in given:
            fields.setdefault(self._select, []).append(given.get("value") or "")
        elif tag == "textarea" and name:
            self._textarea, fields[name] = name, ""

    def handle_endtag(self, tag: str) -> None:
        if tag == "select":
            self._select = ""
        elif tag == "textarea":
            self._textarea = ""

    def handle_data(self, data: str) -> None:
        if self._textarea:
            self.forms[-1][1][self._textarea] += data


def parse_form(html: str, form_id: str = "") -> dict[str, Any]:
    """The fields of one form as a browser would send them untouched. AssertionError if there is none."""
    parser = _Forms()
    parser.feed(html)
    found = [fields for ident, fields in parser.forms if not form_id or ident == form_id]
    assert found, f"no form {form_id!r} in the page:\n{html[:2000]}"
    return max(found, key=lambda fields: ("password" in fields, len(fields)))


def errors_of(html: str) -> list[str]:
    """What the admin complains of."""
    return list(_error_texts(html))


def _error_texts(html: str) -> Iterator[str]:
    for part in html.split("errorlist")[1:]:
        yield part.partition("<li>")[2].partition("</li>")[0]


class UnixConnection(http.client.HTTPConnection):
    """HTTP over a unix socket."""

    def __init__(self, path: Path) -> None:
        super().__init__("bridge", timeout=TIMEOUT_SECONDS)
        self._path = path

    def connect(self) -> None:
        """The path in place of host and port."""
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(str(self._path))
