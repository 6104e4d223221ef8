"""Who may do what: one table of roles, and the actor who carries one."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from data_access.base.errors import NotPermitted
from data_access.base.labelled import Labelled


class Permission(Labelled):
    """`area:action`; the label is what a refusal calls it."""

    CUSTOMER_READ = "customer:read", "see customers"
    CUSTOMER_EXPORT = "customer:export", "export customers"
    CUSTOMER_CREATE = "customer:create", "add customers"
    CUSTOMER_EDIT = "customer:edit", "edit customers"
    CUSTOMER_BLOCK = "customer:block", "block and unblock customers"
    CUSTOMER_LIFT = "customer:lift", "lift suspensions and limitations until a date and record promises"
    CUSTOMER_TERMINATE = "customer:terminate", "terminate provisionally and reactivate"
    CUSTOMER_CLOSE = "customer:close", "terminate permanently"
    CUSTOMER_PORT = "customer:port", "mark customers as exported and bring them back"
    CUSTOMER_BULK = "customer:bulk", "act on many customers at once"
    MONEY_CHARGE = "money:charge", "book charges"
    MONEY_PAYMENT = "money:payment", "book payments"
    MONEY_CREDIT = "money:credit", "book credits"
    MONEY_REFUND = "money:refund", "book refunds"
    MONEY_CORRECT = "money:correct", "reverse bookings and write debts off"
    LIMIT_EDIT = "limit:edit", "set permanent credit limits and opening balances"
    LIMIT_TEMPORARY = "limit:temporary", "raise credit limits temporarily"
    INVOICE_ISSUE = "invoice:issue", "issue invoices on demand"
    INVOICE_VOID = "invoice:void", "void and reissue invoices"
    SERVICE_EDIT = "service:edit", "change accounts, subscriptions, DIDs and quotas"
    SERVICE_INTERCEPT = "service:intercept", "order legal intercepts"
    PERSONAL_READ = "personal:read", "see personal data"
    PERSONAL_EXPORT = "personal:export", "export personal data"
    PERSONAL_HOLD = "personal:hold", "put customers under a legal hold"
    NOTE_WRITE = "note:write", "write notes"
    VIEW_SHARE = "view:share", "share saved views with everyone"
    REPORT_READ = "report:read", "see reports"
    CLASS_READ = "class:read", "see customer classes"
    CLASS_EDIT = "class:edit", "change customer classes, plans and collection policies"
    AUDIT_CUSTOMER = "audit:customer", "see what was changed on a customer"
    AUDIT_READ = "audit:read", "see the audit log"
    IMPORT_RUN = "import:run", "import files"
    JOB_READ = "job:read", "see jobs"
    JOB_RUN = "job:run", "run jobs"
    ARCHIVE_RUN = "archive:run", "archive and delete the details of the permanently terminated"
    HOOK_MANAGE = "hook:manage", "manage webhooks"
    PEOPLE_MANAGE = "people:manage", "manage people and roles"
    SYSTEM_RUN = "system:run", "run automatic jobs"


class Role(StrEnum):
    """SYSTEM is no person: the actor of what happens by itself."""

    SUPPORT = "support"
    ANALYST = "analyst"
    MANAGER = "manager"
    ADMIN = "admin"
    SYSTEM = "system"


PEOPLE_ROLES = tuple(role for role in Role if role is not Role.SYSTEM)

P = Permission
_EVERYONE = frozenset({P.CUSTOMER_READ, P.CUSTOMER_EXPORT, P.AUDIT_CUSTOMER, P.REPORT_READ})
_SUPPORT = _EVERYONE | {
    P.CUSTOMER_CREATE, P.CUSTOMER_EDIT, P.CUSTOMER_BLOCK, P.CUSTOMER_LIFT, P.MONEY_CHARGE, P.MONEY_PAYMENT,
    P.MONEY_CREDIT, P.MONEY_REFUND, P.PERSONAL_READ, P.NOTE_WRITE, P.LIMIT_TEMPORARY, P.INVOICE_ISSUE, P.SERVICE_EDIT,
}  # fmt: skip
_ANALYST = _EVERYONE | {P.CLASS_READ, P.AUDIT_READ}
_MANAGER = _SUPPORT | _ANALYST | {
    P.CUSTOMER_TERMINATE, P.CUSTOMER_CLOSE, P.CUSTOMER_BULK, P.LIMIT_EDIT, P.PERSONAL_EXPORT, P.MONEY_CORRECT,
    P.INVOICE_VOID, P.JOB_READ, P.PERSONAL_HOLD, P.VIEW_SHARE,
}  # fmt: skip
_ADMIN = frozenset(P) - {P.SYSTEM_RUN}

GRANTS: dict[Role, frozenset[Permission]] = {
    Role.SUPPORT: _SUPPORT,
    Role.ANALYST: _ANALYST,
    Role.MANAGER: _MANAGER,
    Role.ADMIN: _ADMIN,
    Role.SYSTEM: frozenset(P),
}

LIFT_HORIZON_DAYS: dict[Role, int] = {Role.SUPPORT: 3, Role.MANAGER: 30, Role.ADMIN: 30, Role.SYSTEM: 30}


@dataclass(frozen=True, slots=True)
class TemporaryCap:
    """How much a role may raise a credit limit for a time: a share of the permanent limit, and for how many days."""

    percent: int
    days: int


TEMPORARY_CAPS: dict[Role, TemporaryCap] = {
    Role.SUPPORT: TemporaryCap(25, 7),
    Role.MANAGER: TemporaryCap(100, 30),
    Role.ADMIN: TemporaryCap(1000, 90),
    Role.SYSTEM: TemporaryCap(1000, 90),
}

_NOTHING = TemporaryCap(0, 0)


def temporary_cap(role: Role) -> TemporaryCap:
    """How far a role may raise a credit limit for a time."""
    return TEMPORARY_CAPS.get(role, _NOTHING)


CONCERNS_ALL = frozenset({P.VIEW_SHARE, P.CLASS_EDIT, P.HOOK_MANAGE, P.JOB_RUN, P.ARCHIVE_RUN})

OWN_LIMITS_HOLD_FOR = frozenset({Role.SUPPORT, Role.ANALYST, Role.MANAGER})


def someone_of(role: Role) -> str:
    """A person of a role, in words: `"a manager"`; support is a team."""
    return role.value if role is Role.SUPPORT else f"{'an' if role[0] in 'aeiou' else 'a'} {role}"


def who_can(permission: Permission) -> str:
    """The roles that hold a permission, in words: `"a manager or an admin"`."""
    return either(role for role in PEOPLE_ROLES if permission in GRANTS[role])


def without_limits(permission: Permission) -> list[Role]:
    """The roles that hold a permission and are held by no limits of their own."""
    return [role for role in PEOPLE_ROLES if permission in GRANTS[role] and role not in OWN_LIMITS_HOLD_FOR]


def who_has_any(permissions: Iterable[Permission]) -> str:
    """The roles that hold at least one of these permissions, in words."""
    wanted = frozenset(permissions)
    return either(role for role in PEOPLE_ROLES if wanted & GRANTS[role])


def either(roles: Iterable[Role]) -> str:
    """Someone of these roles, in words."""
    holders = [someone_of(role) for role in roles]
    return " or ".join([", ".join(holders[:-1]), holders[-1]] if len(holders) > 1 else holders) or "nobody"


def can_raise_more(role: Role) -> str:
    """Who may raise a credit limit further than a role, as a sentence."""
    own = temporary_cap(role).percent
    return f"{either(other for other in PEOPLE_ROLES if temporary_cap(other).percent > own).capitalize()} can do more."


def can_lift_longer(role: Role) -> str:
    """Who may lift a suspension for longer than a role may, as a sentence."""
    own = LIFT_HORIZON_DAYS.get(role, 0)
    others = [other for other in PEOPLE_ROLES if LIFT_HORIZON_DAYS.get(other, 0) > own]
    if not others:
        return "Nobody can lift for longer."
    days = max(LIFT_HORIZON_DAYS[other] for other in others)
    return f"{either(others).capitalize()} can lift for longer, up to {days} days."


_ONE_RESELLER = "You see one reseller's customers only"


@dataclass(frozen=True, slots=True)
class Actor:
    """A person as the rules see them. `reseller_id` None: sees every reseller's customers."""

    person_id: int | None
    login: str
    name: str
    role: Role
    extra_grants: frozenset[Permission] = frozenset()
    reseller_id: int | None = None

    @property
    def grants(self) -> frozenset[Permission]:
        """What the role and the person's own grants allow; what concerns all customers only to who sees them all."""
        granted = GRANTS[self.role] | self.extra_grants
        return granted if self.reseller_id is None else granted - CONCERNS_ALL

    def may(self, permission: Permission) -> bool:
        return permission in self.grants

    def who_can(self, permission: Permission) -> str:
        """As the function; to people confined to one reseller it says of what concerns all that it takes who sees all.

        Their own admin has no right to it.
        """
        holders = who_can(permission)
        return holders if self.reseller_id is None or permission not in CONCERNS_ALL else f"{holders} who sees all"

    def whom_else(self) -> str:
        """Said where no customer is found: why people confined to one reseller may miss one, and who may not."""
        return "" if self.reseller_id is None else f"{_ONE_RESELLER}: somebody who sees all may find more."

    def require(self, permission: Permission) -> None:
        """NotPermitted unless the actor holds it."""
        if self.may(permission):
            return
        if self.reseller_id is not None and permission in CONCERNS_ALL:
            raise NotPermitted(
                f"{_ONE_RESELLER}, and to {permission.label} concerns all of them: {self.who_can(permission)} can."
            )
        raise NotPermitted(
            f"Your role, {self.role}, has no right to {permission.label}. {who_can(permission).capitalize()} can."
        )


SYSTEM = Actor(None, "system", "System", Role.SYSTEM)
