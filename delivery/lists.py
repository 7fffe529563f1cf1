"""The header fields of a list that one may leave: List-Id and one-click unsubscription (RFC 2919, 2369, 8058).

A letter bears them if its addressee's list was described in office.toml when it was issued, and never to a government:
whoever speaks for a State came from no list (`recipients.official`).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from functools import lru_cache

from delivery import headers
from office.model import MailingList, Office
from store.messages import OutboxRow

SUBJECT = "unsubscribe"  # of the mail that leaves a list


def described_lists(office: Office, names: Iterable[str]) -> dict[str, MailingList]:
    """Return those of some lists that office.toml describes, by their names."""
    return {name: office.lists[name] for name in sorted(set(names)) if name in office.lists}


def freeze_lists(lists: Mapping[str, MailingList]) -> str:
    """Return what a batch keeps of its lists, so that later changes of office.toml change none of its messages."""
    if not lists:
        return "{}"
    terms = {name: {"name": one.name, "id": one.id, "url": one.unsubscribe_url} for name, one in lists.items()}
    return json.dumps({"lists": terms}, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def list_fields(row: OutboxRow) -> bytes:
    """Return the fields of the row's list; none for a government, nor for a list that is not described.

    The https address, or the mail, names the row by its token: the office needs nothing else to know who leaves what
    (RFC 8058 section 3.1).
    """
    terms = _frozen(row.settings).get(row.list_name) if row.list_name else None
    if terms is None:
        return b""
    ways = [f"<mailto:{_leaving_address(row)}>"]
    if terms["url"]:
        ways.insert(0, f"<{terms['url'].replace('{token}', row.token)}>")
    fields = _id_field(terms["name"], terms["id"]) + headers.uri_field("List-Unsubscribe", ways)
    return fields + (b"List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n" if terms["url"] else b"")


def _leaving_address(row: OutboxRow) -> str:
    if row.plus_addressing:
        return f"{headers.with_token(row.reply, row.token)}?subject={SUBJECT}"
    return f"{headers.mailbox(row.reply)}?subject={SUBJECT}%20{row.token}"


@lru_cache(maxsize=64)
def _frozen(settings: str) -> Mapping[str, Mapping[str, str]]:
    lists: Mapping[str, Mapping[str, str]] = json.loads(settings).get("lists", {})
    return lists


@lru_cache(maxsize=64)
def _id_field(name: str, list_id: str) -> bytes:
    return headers.list_id_field(name, list_id)
