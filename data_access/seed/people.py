"""The people of the demo: one a role, with the published sign-in words of the demo."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from data_access.folding import fold
from data_access.passwords import DEMO_SIGN_INS, hash_password
from data_access.permissions import Role

_CREDIT_LIMITS = {Role.SUPPORT: (50, 200), Role.MANAGER: (500, 2000)}  # per booking, per day


def demo_people(now: datetime) -> list[dict[str, Any]]:
    """Their rows. The passwords let nobody in outside the demo."""
    return [
        {
            "login": demo.login, "login_key": fold(demo.login), "name": f"Demo {demo.role.value}", "role": demo.role,
            "password_hash": hash_password(demo.password), "created_at": now,
            "credit_per_booking": Decimal(_CREDIT_LIMITS.get(demo.role, (0, 0))[0]),
            "credit_per_day": Decimal(_CREDIT_LIMITS.get(demo.role, (0, 0))[1]),
        }
        for demo in DEMO_SIGN_INS
    ]  # fmt: skip
