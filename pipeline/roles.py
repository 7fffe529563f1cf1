"""Who may plan, approve and send: roles that office.toml gives to accounts of the operating system."""

from __future__ import annotations

from enum import StrEnum

from office.errors import RefusedError
from pipeline.desk import Desk


class Role(StrEnum):
    """A key of [roles] in office.toml."""

    AUTHOR = "author"  # plans
    APPROVER = "approver"  # approves, and rejects
    SENDER = "sender"  # issues, sends and reminds, also by `tick`; holds, resumes, withdraws


_MAY = {Role.AUTHOR: "plan", Role.APPROVER: "approve", Role.SENDER: "issue, send, remind, hold or withdraw"}


def has_role(desk: Desk, role: Role) -> bool:
    """Tell whether the account at the desk has a role; one that names no account is anybody's."""
    accounts: tuple[str, ...] = getattr(desk.office.roles, role)
    return not accounts or desk.account in accounts


def require_role(desk: Desk, role: Role) -> None:
    """Raise RefusedError, naming the accounts that have it, unless the account at the desk has a role."""
    if has_role(desk, role):
        return
    accounts = ", ".join(getattr(desk.office.roles, role))
    raise RefusedError(
        f"The account «{desk.account}» may not {_MAY[role]} circulars of this office; these may: {accounts}.",
        hint=f"Ask one of them. Who may is said in office.toml: [roles] {role} = [ … ]",
    )
