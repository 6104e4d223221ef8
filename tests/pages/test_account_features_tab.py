"""Features of one account on the page of its customer: given, refused, changed, and left to the customer again."""

from data_access.models.card.service_configuration import AccountFeatures
from tests.data_access.test_account_features import an_account
from tests.support.builders import a_customer
from tests.support.forms import fill, labels, press, said
from tests.support.tables import only
from tests.support.tabs import cells, choose, open_tab


def test_an_account_gets_features_of_its_own_and_returns_to_those_of_its_customer(desk_app):
    customer = a_customer(desk_app.engine)
    account = an_account(desk_app.engine, customer, "A-1")
    app = press(open_tab(desk_app, customer, "Service configuration"), "Add a set of features")
    assert "What is left to the customer is as its service configuration says" in said(app)
    app = press(fill(app, Account=str(account)), "Add the set of features")
    assert "one feature of its own at least" in said(app)
    app = press(fill(app, **{"Call parking": "yes"}), "Add the set of features")
    assert "Call parking: Yes" in cells(app)
    app = choose(app, f"account-features-{customer}")
    assert "As customer" in cells(app)
    app = press(app, "Change")
    assert "Account" not in labels(app)
    app = press(fill(app, **{"Call parking": "no"}), "Save")
    assert only(desk_app.engine, AccountFeatures).call_parking is False
    app = press(press(choose(app, f"account-features-{customer}"), "Remove"), "Remove the set of features")
    assert only(desk_app.engine, AccountFeatures).removed_at is not None
