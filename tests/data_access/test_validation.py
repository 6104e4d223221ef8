"""The rules for what people type, one by one."""

from dataclasses import replace

import pytest
from email_validator import EmailNotValidError, validate_email
from hypothesis import given
from hypothesis import strategies as st

from data_access.base.errors import Invalid
from data_access.base.text.parsing import email_addresses
from data_access.domain.sections import ADDRESS_INFO, CUSTOMER
from data_access.domain.validation import (
    IN_CREDIT,
    LIMITED,
    NO_LIMIT_WARNING,
    UNLIMITED,
    ClassRule,
    CustomerInput,
    judged_customer,
    validated,
    warnings_of,
)
from data_access.fields.kinds import LINES, TEXT

ANY = ClassRule("Standard", None)
SOUND = CustomerInput(
    customer_code="C-1", customer_class_id="1", balance_control="postpaid", currency="EUR", credit_limit="100"
)


def complaints(entered: CustomerInput, of_class: ClassRule | None = ANY) -> dict[str, str]:
    return judged_customer(entered, of_class).complaints


def test_a_sound_customer_has_no_complaint():
    assert complaints(SOUND) == {}


def test_all_complaints_come_at_once_each_at_its_field():
    wrong = replace(SOUND, customer_code=" ", currency="XXX", credit_limit="-1", email="nobody", phone="call me")
    assert set(complaints(wrong)) == {"customer_code", "currency", "credit_limit", "email", "phone"}


@pytest.mark.parametrize("field", ["customer_class_id", "balance_control", "currency", "customer_code"])
def test_a_top_field_is_required(field):
    assert field in complaints(replace(SOUND, **{field: ""}))


def test_a_customer_id_is_trimmed():
    assert validated({"customer_code": "  C-1 "}).values == {"customer_code": "C-1"}


@pytest.mark.parametrize("code", ["x" * 65, "\u0301", "a\x00b", "a\nb", "a\u2028b", "ﷺ" * 10])
def test_a_customer_id_that_cannot_be_kept_is_refused(code):
    assert "customer_code" in validated({"customer_code": code}).complaints


def test_a_class_with_a_currency_asks_for_it():
    assert complaints(SOUND, ClassRule("Dollars", "USD")) == {"currency": "Class Dollars is billed in USD."}


def test_a_class_that_is_gone_is_said_at_the_class():
    assert "customer_class_id" in complaints(SOUND, None)


@pytest.mark.parametrize("limit", ["-0.01", "1.234567", "NaN", "Infinity", "1e5", "1,000", "1.234,56", "٣", "ten"])
def test_a_limit_that_is_no_amount_is_refused(limit):
    assert "credit_limit" in complaints(replace(SOUND, credit_limit=limit))


@pytest.mark.parametrize("limit", ["", "0", "0.00001", " 10.50 ", "999999999999"])
def test_a_limit_may_be_blank_or_from_zero_up(limit):
    assert complaints(replace(SOUND, credit_limit=limit)) == {}


def test_a_prepaid_customer_may_start_with_money_in_advance():
    prepaid = replace(SOUND, credit_limit="", limit_choice="", balance_control="prepaid", opening_balance="5")
    prepaid = replace(prepaid, opening_side=IN_CREDIT)
    assert complaints(prepaid) == {}


def test_a_prepaid_customer_has_no_limit_and_no_opening_debt():
    prepaid = replace(SOUND, balance_control="prepaid", opening_balance="5")
    assert complaints(prepaid)["credit_limit"] == "Prepaid customers have no credit limit."
    assert "opening_balance" in complaints(prepaid)


def test_no_limit_is_warned_of_and_not_refused():
    limitless = replace(SOUND, credit_limit="")
    assert warnings_of(limitless) == [NO_LIMIT_WARNING]
    assert complaints(limitless) == {}


def test_a_prepaid_customer_is_not_warned_about_a_limit():
    assert warnings_of(replace(SOUND, credit_limit="", balance_control="prepaid")) == []


def test_a_limit_that_was_chosen_must_be_given():
    assert "credit_limit" in complaints(replace(SOUND, credit_limit="", limit_choice=LIMITED))


def test_no_limit_that_was_chosen_outweighs_what_stands_in_the_field():
    chosen = judged_customer(replace(SOUND, limit_choice=UNLIMITED), ANY)
    assert (chosen.values["credit_limit"], chosen.complaints) == (None, {})


@pytest.mark.parametrize("email", ["", "ann@example.com", "ann@example.com, bob@example.org", "møller@exämple.com"])
def test_addresses_that_can_be_written_to_are_taken(email):
    assert validated({"email": email, "bcc": email}).complaints == {}


@pytest.mark.parametrize("email", ["ann", "ann@", "@example.com", "a b@example.com", "ann@example..com", "<script>"])
def test_what_is_no_address_is_refused(email):
    assert set(validated({"email": email, "bcc": email}).complaints) == {"email", "bcc"}


@pytest.mark.parametrize("phone", ["", "+49 30 123456", "030 / 123-45", "(0)30 12345", "0123456 ext. 12"])
def test_phone_numbers_are_read_leniently(phone):
    assert validated({"phone": phone}).complaints == {}


@pytest.mark.parametrize("phone", ["12", "+999 123", "+49", "call me", "٠١٢٣٤٥", "123;drop", "+" + "1" * 41])
def test_what_cannot_be_called_is_refused(phone):
    assert "phone" in validated({"phone": phone}).complaints


@pytest.mark.parametrize(("field", "good", "bad"), [
    ("country", "de", "Germany"),
    ("country", "", "ZZ"),
    ("billing_zone", "Europe/Berlin", "Mars/Olympus"),
    ("billing_zone", "UTC", "../../etc/passwd"),
    ("billing_period", "monthly", "never"),
])  # fmt: skip
def test_a_choice_is_one_of_its_list(field, good, bad):
    assert validated({field: good}).complaints == {}
    assert field in validated({field: bad}).complaints


FREE_TEXT = [field.name for field in ADDRESS_INFO if field.kind in (TEXT, LINES)]


@pytest.mark.parametrize("field", FREE_TEXT)
@pytest.mark.parametrize("text", ["😀", "שלום", "O'x", "--", "<b>"])
def test_any_writing_is_taken_as_it_is(field, text):
    assert validated({field: text}).values == {field: text}


@pytest.mark.parametrize("field", ADDRESS_INFO.names)
def test_ten_thousand_characters_are_refused_with_a_sentence(field):
    said = validated({field: "x" * 10_000}).complaints[field]
    assert said.endswith(".")


@pytest.mark.parametrize("field", [name for name in CUSTOMER.names if name != "reseller_id"])
@pytest.mark.parametrize("text", ["a\x00b", "\ud800", "a\x1bb"])
def test_control_characters_and_broken_text_are_refused_everywhere(field, text):
    assert field in validated({field: text}).complaints


def test_a_description_keeps_its_lines():
    assert validated({"description": "one\r\ntwo"}).values == {"description": "one\ntwo"}


def test_a_name_that_grows_when_written_out_is_refused():
    assert "company_name" in validated({"company_name": "ﷺ" * 100}).complaints


def test_sound_values_are_given_and_others_raise_with_every_complaint():
    assert validated({"city": " Oslo "}).sound() == {"city": "Oslo"}
    with pytest.raises(Invalid) as refusal:
        validated({"country": "?", "phone": "?"}).sound()
    assert set(refusal.value.complaints) == {"country", "phone"}


_LABEL = st.text("abc019.-_", min_size=1, max_size=12)


@given(st.builds("{}@{}.{}".format, _LABEL, _LABEL, st.sampled_from(["com", "example", "c", "xn--p1ai", "test", "1"])))
def test_an_address_is_judged_as_a_whole_or_by_its_domain_alone(address: str) -> None:
    try:
        wanted = validate_email(address, check_deliverability=False).normalized
    except EmailNotValidError:
        with pytest.raises(ValueError, match="is not an e-mail address"):
            email_addresses(address)
    else:
        assert email_addresses(address) == wanted
