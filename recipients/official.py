"""Who speaks for a State: a letter to a government is official correspondence, never mail of a list that one may leave.

Roles and categories are matched as lists have them in six languages; a class of a letter by its key.
"""

from __future__ import annotations

from functools import lru_cache

from locales.roles import ALIASES
from office.folding import folded
from recipients.model import Recipient

ROLES = frozenset(
    {
        "head-of-state", "head-of-government", "minister", "vice-minister", "ambassador", "charge-d-affaires",
        "permanent-mission",
    }
)  # fmt: skip
CLASSES = frozenset(
    {"member-states", "states", "governments", "ministers", "ambassadors", "missions", "permanent-missions"}
)
_CATEGORY_NAMES = (
    "government|governments|member state|member states|state|states|state party|states parties|permanent mission"
    "|permanent missions|ministry|ministries|gouvernement|gouvernements|état|états|état membre|états membres"
    "|mission permanente|missions permanentes|ministère|ministères|gobierno|gobiernos|estado|estados|estado miembro"
    "|estados miembros|misión permanente|misiones permanentes|ministerio|ministerios|правительство|правительства"
    "|государство|государства|государство член|государства члены|постоянное представительство"
    "|постоянные представительства|министерство|министерства|政府|国家|会员国|成员国|缔约国|常驻代表团|部委"
    "|حكومة|حكومات|الحكومات|دولة|دول|دولة عضو|الدول الأعضاء|بعثة دائمة|البعثات الدائمة|وزارة|وزارات"
)
_CATEGORIES = frozenset(map(folded, _CATEGORY_NAMES.split("|")))


def is_official(recipient: Recipient, class_name: str = "") -> bool:
    """Tell whether a letter of that class to an addressee is one to a government."""
    return class_name in CLASSES or _is_official_role(recipient.role) or _is_official_category(recipient.category)


@lru_cache(maxsize=1024)
def _is_official_role(role: str) -> bool:
    """Tell whether a role is one of `ROLES`, by another name too, or has one in it (minister-of-health)."""
    key = ALIASES.get(role, role)
    return key in ROLES or any(f"-{official}-" in f"-{key}-" for official in ROLES)


@lru_cache(maxsize=1024)
def _is_official_category(category: str) -> bool:
    return " ".join(folded(category).replace("-", " ").replace("_", " ").split()) in _CATEGORIES
