"""The desk's own catalogue decides which service a text is about."""

from bot.classifier import Context, ServiceEntry, classify

DESK = Context(
    services=(
        ServiceEntry("vpn", ("VPN", "远程接入"), ("anyconnect", "global protect"), ("remote", "from home", "在家办公")),
        ServiceEntry("mail", ("Email", "邮箱"), ("outlook", "exchange"), ("mailbox", "邮件", "收信")),
        ServiceEntry("print", ("Printing", "打印"), ("printer", "打印机"), ("toner", "paper", "硒鼓", "卡纸")),
        ServiceEntry("erp", ("ERP",), ("sap", "用友"), ("invoice", "purchase order", "过账")),
    )
)


def test_a_service_named_in_the_text_is_found_in_both_languages() -> None:
    assert classify("AnyConnect keeps dropping", context=DESK).service == "vpn"
    assert classify("打印機卡紙了", context=DESK).service == "print"
    assert classify("outlook 收不到邮件", context=DESK).service == "mail"


def test_a_misspelt_service_is_still_a_candidate() -> None:
    candidates = classify("outlok keeps crashing", context=DESK).service_candidates

    assert [service for service, _ in candidates][:1] == ["mail"]


def test_two_services_in_one_text_leave_the_choice_open() -> None:
    proposal = classify("SAP invoice is not coming out of the printer, no paper", context=DESK)

    assert {service for service, _ in proposal.service_candidates} >= {"erp", "print"}
    assert len(proposal.service_candidates) <= 3


def test_a_text_without_a_service_names_none() -> None:
    assert classify("急急急", context=DESK).service is None
    assert classify("打印机坏了").service_candidates == ()


def test_the_words_of_the_service_are_evidence() -> None:
    evidence = classify("VPN 连不上", context=DESK).evidence

    assert ("service", "VPN", "vpn") in {(item.about, item.words, item.says) for item in evidence}


def test_past_tickets_lead_to_a_service_without_its_name() -> None:
    learned = Context(
        services=(*DESK.services, ServiceEntry("badge", ("Badge",), examples=("turnstile rejects my card",)))
    )

    candidates = classify("the turnstile at the gate rejects every card", context=learned).service_candidates

    assert candidates[0][0] == "badge"
