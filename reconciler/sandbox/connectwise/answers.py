"""The answers of the REST API to a request whose caller is known: lists, single records, counts, and the codebase."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlencode

from reconciler.sandbox.connectwise import conditions
from reconciler.sandbox.connectwise.conditions import WrongConditions, read_field
from reconciler.sandbox.connectwise.records import Company, Record
from reconciler.sandbox.connectwise.switches import Behaviour

FIXED = "v4_6_release/"
API = "apis/3.0/"
DEFAULT_PAGE = 25  # [common knowledge]
_TABLE = re.compile(r"(?P<table>[a-z]+/[a-z]+)(?:/(?P<last>\d+|count))?")
HTML = "text/html; charset=utf-8"


@dataclass
class RestAnswer:
    status: int
    body: bytes
    headers: dict[str, str] = field(default_factory=dict)
    content_type: str = "application/json; charset=utf-8"


@dataclass(frozen=True)
class Query:
    """A list that a caller wants. `url` is the address without its query."""

    table: str
    url: str
    members: Mapping[str, str]
    is_forward_only: bool


def json_answer(status: int, content: Any, **headers: str) -> RestAnswer:
    return RestAnswer(status, json.dumps(content).encode(), headers)


def refusal(status: int, code: str, message: str) -> RestAnswer:
    """Returns an error in the vendor's form [public clients]."""
    return json_answer(status, {"code": code, "message": message, "errors": None})


def page_of_html(status: int) -> RestAnswer:
    return RestAnswer(status, b"<html><body><h1>Sorry</h1></body></html>", content_type=HTML)


def company_info(id: str, companies: Mapping[str, Company], behaviour: Behaviour) -> RestAnswer:
    """Answers /login/companyinfo/ID; null for an unknown company [public clients]."""
    if id not in companies:
        return json_answer(200, None)
    return json_answer(200, {"CompanyName": id, "Codebase": behaviour.codebase, "IsCloud": True})


def table_path(path: str, behaviour: Behaviour) -> str | None:
    """Returns the path behind the codebase, or None if this server has no such codebase."""
    codebases = [behaviour.codebase, *([FIXED] if behaviour.has_fixed_codebase else [])]
    for codebase in codebases:
        prefix = f"/{codebase}{API}"
        if path.startswith(prefix):
            return path.removeprefix(prefix)
    return None


def answer(company: Company, path: str, query: str, host: str, behaviour: Behaviour, *, forward: bool) -> RestAnswer:
    """Answers a GET of a known caller. `path` begins with the slash, `host` has scheme and port."""
    below = table_path(path, behaviour)
    match = _TABLE.fullmatch(below) if below is not None else None
    if match is None:
        return page_of_html(404)
    wanted = {name: values[0] for name, values in parse_qs(query, keep_blank_values=True).items()}
    listed = Query(match["table"], f"{host}{path}", wanted, forward)
    if match["last"] is None:
        return _list(company, listed, behaviour)
    if match["last"] == "count":
        return _count(company, listed, behaviour)
    return _single(company, match["table"], int(match["last"]), wanted.get("fields", ""), behaviour)


def _single(company: Company, table: str, id: int, fields: str, behaviour: Behaviour) -> RestAnswer:
    for row in company.rows(table):
        if row["id"] == id:
            return json_answer(200, _pruned(_shown(row, behaviour), fields))
    return refusal(404, "NotFound", f"The record {id} was not found.")


def _count(company: Company, query: Query, behaviour: Behaviour) -> RestAnswer:
    try:
        return json_answer(200, {"count": len(_matching(company, query, behaviour))})
    except WrongConditions as wrong:
        return refusal(400, "InvalidConditions", str(wrong))


def _list(company: Company, query: Query, behaviour: Behaviour) -> RestAnswer:
    if query.members.get("orderBy") and behaviour.refuses_order and not query.is_forward_only:
        return refusal(400, "InvalidOrderBy", "orderBy is not supported here.")
    try:
        rows = _matching(company, query, behaviour)
    except WrongConditions as wrong:
        return refusal(400, "InvalidConditions", str(wrong))
    size = _page_size(query.members, behaviour)
    if query.is_forward_only:
        return _forward(rows, query, size, behaviour)
    rows = _ordered(rows, query.members.get("orderBy", ""))
    page = max(1, int(query.members.get("page") or 1))
    part = rows[(page - 1) * size : page * size]
    links = {"next": page + 1} if page * size < len(rows) else {}
    header = ", ".join(
        f'<{query.url}?{urlencode({**query.members, "page": number})}>; rel="{name}"' for name, number in links.items()
    )
    return _page(part, query, behaviour, {"Link": header} if header else {})


def _forward(rows: list[Record], query: Query, size: int, behaviour: Behaviour) -> RestAnswer:
    """Answers a forward-only page: pageId means "id above it", and the last page has an empty Link [guide].

    An endpoint without forward-only paging answers its first page, and no Link header.
    """
    last = int(query.members.get("pageId") or 0) if behaviour.has_forward_only else -1
    rows = sorted((row for row in rows if row["id"] > last or last == 0), key=lambda row: row["id"])
    part = rows[:size]
    if not behaviour.has_forward_only:
        return _page(part, query, behaviour, {})
    following = {**query.members, "pageSize": size, "pageId": part[-1]["id"] if part else 0}
    link = f'<{query.url}?{urlencode(following)}>; rel="next"' if len(rows) > size else ""
    return _page(part, query, behaviour, {"Link": link})


def _page(rows: list[Record], query: Query, behaviour: Behaviour, headers: Mapping[str, str]) -> RestAnswer:
    fields = query.members.get("fields", "")
    return json_answer(200, [_pruned(_shown(row, behaviour), fields) for row in rows], **headers)


def _matching(company: Company, query: Query, behaviour: Behaviour) -> list[Record]:
    text = query.members.get("conditions", "")
    for name in conditions.names(text):
        if behaviour.filters.get(name) == "refused":
            raise WrongConditions(f"{name} is not a field of this entity")
    ignored = frozenset(name for name, how in behaviour.filters.items() if how == "ignored")
    predicate = conditions.parse(text, ignored)
    rows = [row for row in company.rows(query.table) if predicate(_with_stamp_names(row))]
    last = re.search(r"id > (\d+)", text)
    return company.rows(query.table) if behaviour.loops and last and int(last[1]) else rows


def _with_stamp_names(row: Record) -> Record:
    return {**row, "lastUpdated": row["_info"]["lastUpdated"]}


def _ordered(rows: list[Record], order: str) -> list[Record]:
    """Sorts by several fields, the first one first; without an order, the newest ids come first [inferred]."""
    rows = sorted(rows, key=lambda row: row["id"], reverse=not order)
    for part in reversed([part.strip() for part in order.split(",") if part.strip()]):
        path, _, direction = part.partition(" ")
        rows.sort(key=lambda row: _sortable(row, path), reverse=direction.strip().lower() == "desc")
    return rows


def _sortable(row: Record, path: str) -> tuple[bool, Any]:
    value = read_field(_with_stamp_names(row), path)
    return value is not None, value


def _page_size(query: Mapping[str, str], behaviour: Behaviour) -> int:
    return max(1, min(int(query.get("pageSize") or DEFAULT_PAGE), behaviour.largest_page))


def _shown(row: Record, behaviour: Behaviour) -> Record:
    if behaviour.has_stamps:
        return row
    return {**row, "_info": {name: value for name, value in row["_info"].items() if name != "lastUpdated"}}


def _pruned(row: Record, fields: str) -> Record:
    """Returns only the named fields; nested ones are named with `/` [guide]."""
    if not fields:
        return row
    pruned: Record = {}
    for path in fields.split(","):
        parts = path.strip().split("/")
        value = read_field(row, path.strip())
        if value is not None or parts[0] in row:
            inner = pruned
            for part in parts[:-1]:
                inner = inner.setdefault(part, {})
            inner[parts[-1]] = value
    return pruned
