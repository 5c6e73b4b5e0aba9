"""An administrator changes a threshold: draft, checks, tests, impact, two people, in force, and the past stays."""

from __future__ import annotations

from collections.abc import Callable

from engine.clock import day_of
from engine.standing import working_days
from tests.desks.conftest import Desk, House, words

KEY = "public_rental_eligibility"


def _draft(desk: Desk, old: str = "&gt; 15<", new: str = "&gt; 1<", revision: int = 0) -> str:
    content = desk.get(f"/rules/{KEY}/xml?of=latest").get_data(as_text=True)
    assert old in content
    changed = content.replace(old, new, 1)
    answer = desk.put(f"/rules/{KEY}/draft", {"xml": changed, "revision": revision})
    assert answer.status_code == 200
    return changed


def _submit(desk: Desk, **fields: str) -> str:
    answer = desk.post(f"/rules/{KEY}/submit", note="调整面积标准", **fields)
    assert answer.status_code == 302, words(answer)
    return answer.headers["Location"]


def test_a_changed_threshold_takes_effect_after_a_second_person_approves(house: House) -> None:
    admin, approver = house.person("ruleadmin"), house.person("ruleapprover")
    _draft(admin)
    assert "&gt; 15 → &gt; 1" in admin.text(f"/rules/{KEY}/compare?from=live&to=draft")
    review = _submit(admin, legal_basis="沪府规〔2026〕1 号")
    assert "需要另一位同事复核" in admin.text(review)
    assert admin.post(f"{review}/approve").status_code == 403
    assert approver.post(f"{review}/approve", note="同意").status_code == 302
    with house.services.database.connect() as connection:
        entry = house.services.engine.library.decision(connection, KEY, house.clock.today())
    assert entry.version == 2
    assert "第 2 版" in approver.text(f"/rules/{KEY}/history")


def test_the_past_decision_keeps_its_version(house: House, numbers: dict[str, str]) -> None:
    admin, approver = house.person("ruleadmin"), house.person("ruleapprover")
    _draft(admin)
    approver.post(f"{_submit(admin)}/approve")
    case = house.services.engine.case(numbers["approve"])
    records = [one for one in house.services.engine.decision_records(case.id) if one.decision_key == KEY]
    assert {one.version for one in records} == {1}
    assert house.services.engine.replay(case.id).same


def test_an_effective_day_in_the_future_leaves_the_present_version_in_force(house: House) -> None:
    admin, approver = house.person("ruleadmin"), house.person("ruleapprover")
    _draft(admin)
    approver.post(f"{_submit(admin, effective_on='2028-01-01')}/approve")
    with house.services.database.connect() as connection:
        library = house.services.engine.library
        assert library.decision(connection, KEY, house.clock.today()).version == 1
        assert library.decision(connection, KEY, house.clock.today().replace(year=2028, month=1, day=1)).version == 2
    assert "2028-01-01" in admin.text("/rules/")


def test_an_effective_day_in_the_past_is_refused(house: House) -> None:
    admin = house.person("ruleadmin")
    _draft(admin)
    answer = admin.post(f"/rules/{KEY}/submit", note="x", effective_on="2020-01-01")
    assert answer.status_code == 422
    assert "不能早于今天" in words(answer)


def test_a_stale_draft_answers_409_with_who_and_when(house: House) -> None:
    one = house.person("ruleadmin")
    content = _draft(one)
    answer = one.put(f"/rules/{KEY}/draft", {"xml": content + " ", "revision": 0})
    assert answer.status_code == 409
    assert answer.json["details"]["by"] == "韩雪"
    assert answer.json["details"]["at"]


def test_a_red_test_blocks_the_submission(house: House) -> None:
    admin = house.person("ruleadmin")
    assert "全部通过" in words(admin.post(f"/rules/{KEY}/tests/generate"))
    _draft(admin)
    assert "不通过" in admin.text(f"/rules/{KEY}/tests")
    answer = admin.post(f"/rules/{KEY}/submit", note="x")
    assert answer.status_code == 422
    assert "测试不通过" in words(answer)


def test_generated_boundary_tests_notice_at_least_95_percent_of_wrong_cells(house: House) -> None:
    from web.rules.panels import generate
    from web.rules.shelf import RuleShelf

    with house.app.app_context():
        made = generate(RuleShelf(house.services, KEY), house.services.engine.draft and _actor())
    assert made["count"] > 10
    assert made["killed"] / made["total"] >= 0.95


def _actor() -> object:
    from engine import SYSTEM

    return SYSTEM


def test_what_if_equals_brute_force(house: House) -> None:
    from engine import canonical
    from web.rules import queries
    from web.rules.tables import Rule

    admin = house.person("ruleadmin")
    content = _draft(admin)
    page = words(admin.post(f"/rules/{KEY}/impact"))
    with house.app.app_context():
        pasts = list(queries.pasts(house.services.database, KEY))
    rule = Rule(content.encode(), KEY)
    brute = sum(
        canonical.dumps(rule.trial(past.inputs, past.decision_id, past.decided_at).value)
        != canonical.dumps(past.verdict.outputs)
        for past in pasts
    )
    assert len(pasts) >= 2
    assert (f"{len(pasts)} 次判断中，{brute} 次结果会变" if brute else f"{len(pasts)} 次判断，结果都不变") in page


def test_the_same_inputs_on_the_same_version_come_out_the_same(house: House) -> None:
    """The recorded inputs are enough to decide again: a draft without a change flips nothing."""
    admin = house.person("ruleadmin")
    content = admin.get(f"/rules/{KEY}/xml?of=latest").get_data(as_text=True)
    admin.put(f"/rules/{KEY}/draft", {"xml": content.replace("</definitions>", "<!-- same -->\n</definitions>"), "revision": 0})
    assert "结果都不变" in words(admin.post(f"/rules/{KEY}/impact"))


def test_a_gap_is_shown_with_a_witness(house: House) -> None:
    admin = house.person("ruleadmin")
    key = "public_rental_periods"
    content = admin.get(f"/rules/{key}/xml?of=latest").get_data(as_text=True)
    start, end = content.index("<rule"), content.index("</rule>") + len("</rule>")
    admin.put(f"/rules/{key}/draft", {"xml": content[:start] + content[end:], "revision": 0})
    page = admin.text(f"/rules/{key}/checks")
    assert "空缺" in page
    assert "例如这样一个人" in page


def test_a_cell_that_does_not_parse_blocks_and_is_named(house: House) -> None:
    admin = house.person("ruleadmin")
    _draft(admin, new="&gt; &gt; 15<")
    assert "读不懂" in admin.text(f"/rules/{KEY}/checks")
    answer = admin.post(f"/rules/{KEY}/submit", note="x")
    assert answer.status_code == 422
    assert admin.text(f"/rules/{KEY}/try")


def test_two_changes_at_once_become_one(house: House) -> None:
    admin = house.person("ruleadmin")
    _draft(admin)
    review = _submit(admin)
    second = admin.post(f"/rules/{KEY}/submit", note="再来一次")
    assert second.status_code == 409
    assert "正在等待复核" in words(second)
    approver = house.person("ruleapprover")
    assert approver.post(f"{review}/approve").status_code == 302
    assert approver.post(f"{review}/approve").status_code == 409
    with house.services.database.connect() as connection:
        assert house.services.engine.library.decision(connection, KEY, house.clock.today()).version == 2


def test_rollback_is_a_new_version(house: House) -> None:
    admin, approver = house.person("ruleadmin"), house.person("ruleapprover")
    _draft(admin)
    approver.post(f"{_submit(admin)}/approve")
    answer = admin.post(f"/rules/{KEY}/rollback", version="1")
    approver.post(f"{answer.headers['Location']}/approve")
    first, third = (admin.get(f"/rules/{KEY}/xml?of={number}").data for number in (1, 3))
    assert first == third


def test_a_trial_names_the_rows_that_fired(house: House) -> None:
    admin = house.person("ruleadmin")
    fields = {
        "in:assessment.per_capita_area_m2": "15.01",
        "in:assessment.months_since_transfer": "null",
        "in:application.applicant.hukou": "local",
        "in:assessment.insurance_months_running": "24",
        "in:assessment.residence_months": "null",
        "in:assessment.applicant_age": "30",
    }
    page = words(admin.post(f"/rules/{KEY}/try", **fields))
    assert "第 1 行命中" in page
    fields["in:assessment.per_capita_area_m2"] = "15"
    assert "没有行命中" in words(admin.post(f"/rules/{KEY}/try", **fields))


def test_only_rule_posts_may_change_rules(person: Callable[[str], Desk]) -> None:
    assert person("analyst").put(f"/rules/{KEY}/draft", {"xml": "<x/>", "revision": 0}).status_code == 403
    assert person("clerk").get("/rules/").status_code == 403


def test_a_restart_does_not_undo_what_administrators_changed(house: House) -> None:
    """The shipped files are deployed at every start; what was put into force since stays in force."""
    from web import bootstrap

    admin, approver = house.person("ruleadmin"), house.person("ruleapprover")
    _draft(admin)
    approver.post(f"{_submit(admin)}/approve")
    receipt = bootstrap.deploy(house.services)
    assert KEY not in {model.key for model in receipt.models}
    assert house.services.engine.decision(KEY).version == 2


def test_a_changed_message_text_is_what_is_sent(house: House) -> None:
    from sqlalchemy import select

    from engine.records import outgoing_message

    admin, approver, key = house.person("ruleadmin"), house.person("ruleapprover"), "message_texts"
    content = admin.get(f"/rules/{key}/xml?of=latest").get_data(as_text=True)
    changed = content.replace("预审已通过", "预审通过了{who.__class__}", 1)
    assert admin.put(f"/rules/{key}/draft", {"xml": changed, "revision": 0}).status_code == 200
    review = admin.post(f"/rules/{key}/submit", note="改用语").headers["Location"]
    approver.post(f"{review}/approve")
    assert "预审通过了" in admin.text("/rules/texts")
    house.play("approve", index=3)
    with house.services.database.connect() as connection:
        texts = connection.execute(select(outgoing_message.c.text)).scalars().all()
    assert any("预审通过了{who.__class__}" in text for text in texts)
    assert not any("<class" in text for text in texts)


def test_the_sheet_of_a_rollback_stays_readable_after_it_was_approved(house: House) -> None:
    """Approved without anyone having opened the sheet before: no what-if was ever run for it."""
    admin, approver = house.person("ruleadmin"), house.person("ruleapprover")
    _draft(admin)
    approver.post(f"{_submit(admin)}/approve")
    sheet = admin.post(f"/rules/{KEY}/rollback", version="1").headers["Location"]
    assert approver.post(f"{sheet}/approve").status_code == 302
    assert "恢复为第 1 版的内容" in approver.text(sheet)


def _in_force(house: House, key: str, old: str, new: str) -> None:
    """One change of a table by two people."""
    admin, approver = house.person("ruleadmin"), house.person("ruleapprover")
    content = admin.get(f"/rules/{key}/xml?of=latest").get_data(as_text=True)
    assert old in content
    admin.put(f"/rules/{key}/draft", {"xml": content.replace(old, new, 1), "revision": 0})
    answer = admin.post(f"/rules/{key}/submit", note="x")
    assert answer.status_code == 302, words(answer)
    assert approver.post(f"{answer.headers['Location']}/approve").status_code == 302


def test_numbering_limits_and_the_day_of_the_version_are_tables_of_the_desk(house: House) -> None:
    _in_force(house, "case_numbering", "GZF-{district}", "GZ-{district}")
    _in_force(house, "working_day_limits", "<text>5</text>", "<text>4</text>")
    _in_force(house, "decision_dates", '<text>"application"</text></outputEntry>', '<text>"decision"</text></outputEntry>')
    case = house.services.engine.case(house.play("approve", index=3))
    assert case.case_no.startswith("GZ-310101-")
    with house.services.database.connect() as connection:
        assert working_days(house.services.engine.library, connection, house.clock.today(), "case_deletion") == 4
    records = house.services.engine.decision_records(case.id)
    assert {one.decided_on == day_of(one.decided_at) for one in records if one.decision_key == KEY} == {True}
    assert house.services.engine.replay(case.id).same


def test_a_numbering_rule_without_a_number_is_refused(house: House) -> None:
    admin, key = house.person("ruleadmin"), "case_numbering"
    content = admin.get(f"/rules/{key}/xml?of=latest").get_data(as_text=True)
    admin.put(f"/rules/{key}/draft", {"xml": content.replace("-{seq:5}", "-{serial}", 1), "revision": 0})
    answer = admin.post(f"/rules/{key}/submit", note="x")
    assert answer.status_code == 422
    assert "没有流水号" in words(answer)


def test_a_cell_that_never_ends_is_told_in_words(house: House) -> None:
    admin = house.person("ruleadmin")
    _draft(admin, new="&gt; count(for a in 1..100000, b in 1..100000 return a)<")
    answer = admin.post(f"/rules/{KEY}/tests/generate")
    assert answer.status_code == 422
    assert "算不完" in words(answer)


def test_what_cannot_be_read_is_told_in_chinese(house: House) -> None:
    admin = house.person("ruleadmin")
    _draft(admin, new="&gt;&gt; 15<")
    assert "第 1 行第 2 个字符处，应当是一个值" in admin.text(f"/rules/{KEY}/checks")
    answer = words(admin.post(f"/rules/{KEY}/submit", note="x"))
    assert "应当是一个值" in answer
    assert "expected" not in answer
