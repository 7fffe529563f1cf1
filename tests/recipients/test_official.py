"""Who speaks for a State."""

from __future__ import annotations

import pytest

from recipients.model import Recipient
from recipients.official import is_official


def somebody(**fields: str) -> Recipient:
    return Recipient(key="k", party="k", **fields)  # type: ignore[arg-type]


@pytest.mark.parametrize("role", ["minister", "ministre", "部长", "minister-of-health", "permanent-mission", "посол"])
def test_by_role(role: str) -> None:
    assert is_official(somebody(role=role))


@pytest.mark.parametrize(
    "category", ["government", "Member States", "member_states", "Gouvernement", "ГОСУДАРСТВА-члены"]
)
def test_by_category(category: str) -> None:
    assert is_official(somebody(category=category))


@pytest.mark.parametrize("class_name", ["member-states", "governments", "ministers"])
def test_by_class(class_name: str) -> None:
    assert is_official(somebody(role="individual"), class_name)


@pytest.mark.parametrize(
    "fields", [{}, {"role": "professor"}, {"role": "administer"}, {"category": "academia"}, {"category": "governance"}]
)
def test_others(fields: dict[str, str]) -> None:
    assert not is_official(somebody(**fields), "stakeholders")
