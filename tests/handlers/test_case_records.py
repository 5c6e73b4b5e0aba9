"""What a case leaves behind: pushes, messages, papers, evidence, qualifications; as the systems outside received it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import select

from connectors.sandbox import RunningSandbox
from engine import Actor, CaseFilter, InboxFilter, StaleTask, UserFault
from engine.records import issued_document, outgoing_message, publication
from engine.scenarios import Outcome, Scenario, Stage, read_scenarios, run_scenario, settle
from handlers.eligibility.aftermath import tidy
from handlers.eligibility.certificates import certificate, valid_certificates
from handlers.eligibility.records import deleted_case, in_review_slot, qualification, signed_contract
from handlers.eligibility.registers import duplicates, linked_cases, recheck_application
from handlers.messaging.records import save_contact, sent
from tests.flows.stage import ROOT, application

DOMAINS = ("eligibility",)
STORIES: Mapping[str, Scenario] = {
    scenario.id: scenario for file in (ROOT / "processes").rglob("scenarios.yaml") for scenario in read_scenarios(file)
}


def play(stage: Stage, name: str, process: str = "public_rental") -> Outcome:
    return run_scenario(stage, STORIES[f"{process}:{name}"])


def rows(stage: Stage, table: Any, **where: Any) -> list[Mapping[str, Any]]:
    query = select(table).where(*(table.c[name] == value for name, value in where.items()))
    with stage.engine.database.connect() as connection:
        return list(connection.execute(query).mappings())


def repository(sandbox: RunningSandbox, case_no: str) -> dict[str, Any]:
    found = sandbox.ledger.get("case_repository", "case", case_no)
    assert found is not None
    return dict(found)


def clerk(number: int = 1) -> Actor:
    unit = frozenset({"SH-310101-OP01", "SH-OP00"})
    return Actor(f"clerk-{number}", f"经办{number}", "经办人", groups=frozenset({"operator_clerk"}), org_units=unit)


@pytest.mark.requirement("SH-045.R3", "SH-016.R4", "SH-047.R3", "SH-047.R4", "SH-013.R1", "SH-013.R2", "SH-016.R2")
def test_an_approved_case_reaches_every_system_outside(stage: Stage, sandbox: RunningSandbox) -> None:
    case = play(stage, "approve").case
    pushed = repository(sandbox, case.case_no)
    assert [news["state"] for news in pushed["history"]] == ["submitted", "accepted", "approved"]
    thematic = sandbox.ledger.get("thematic_database", "public_rental_admission", case.case_no)
    number = stage.engine.case_file_scope(case.id)["certificate"]["number"]
    assert thematic is not None
    assert thematic["facts"]["certificate"]["number"] == number
    stored = sandbox.ledger.get("licence_library", "licence", number)
    assert stored is not None
    assert stored["licenceType"] == "上海市公共租赁住房准入资格证"
    assert [row["template"] for row in rows(stage, outgoing_message)] == ["pre_review_passed", "approved"]
    prefill = next(iter(sandbox.ledger.all("case_repository", "prefill")))
    assert set(prefill) >= {"basics", "family", "housing", "applicants", "formFile"}
    assert len(prefill["applicants"]) == 3
    assert prefill["formFile"]
    assert stage.engine.case_file_scope(case.id)["licences"]["found"]


@pytest.mark.requirement("SH-015.R1", "SH-024.R1", "SH-032.R1", "SH-032.R3", "SH-045.R4", "SH-045.R5", "SH-046.R2")
def test_an_approved_case_has_its_papers(stage: Stage) -> None:
    case = play(stage, "approve").case
    papers = {row["kind"]: row for row in rows(stage, issued_document, case_id=case.id)}
    assert set(papers) == {
        "application_form",
        "check_report",
        "acceptance_notice",
        "admission_certificate",
        "admission_sheet",
    }
    issued = papers["admission_certificate"]
    assert issued["valid_from"] == stage.clock.today()
    assert issued["valid_to"] == date(
        stage.clock.today().year + 2, stage.clock.today().month, stage.clock.today().day - 1
    )
    assert issued["facts"]["签章编号"]
    assert stage.engine.case_file_scope(case.id)["routing"]["unit_name"] == "黄浦区公共租赁住房运营机构"
    assert len({row["verify_code"] for row in papers.values()}) == 5
    assert all(bytes(row["pdf"]).startswith(b"%PDF") for row in papers.values())


@pytest.mark.requirement("SH-033.R5", "SH-033.R6", "SH-023.R5")
def test_a_failed_case_tells_the_reason_and_frees_the_family(stage: Stage, sandbox: RunningSandbox) -> None:
    case = play(stage, "marriage_failed").case
    last = repository(sandbox, case.case_no)["history"][-1]
    assert last["state"] == "rejected"
    assert last["reason"] == "申报婚姻状况与登记不一致，不符合准入条件"
    assert rows(stage, outgoing_message)[-1]["text"].count("申报婚姻状况与登记不一致") == 1
    with stage.engine.database.connect() as connection:
        found = duplicates(connection, [str(case.applicant_id_no)], "another", stage.clock.today())
    assert [entry["state"] for entry in found["公租房"]] == ["无资格"]


@pytest.mark.requirement("SH-047.R5")
def test_the_clerk_decides_whether_a_failed_applicant_gets_a_message(stage: Stage) -> None:
    play(stage, "not_accepted")
    assert [row["template"] for row in rows(stage, outgoing_message)] == ["pending"]


@pytest.mark.requirement("SH-024.R4")
def test_the_repository_follows_every_supplement_state(stage: Stage, sandbox: RunningSandbox) -> None:
    case = play(stage, "supplement_complete").case
    told = [news["supplement"] for news in repository(sandbox, case.case_no)["history"] if news.get("supplement")]
    assert told == ["requested", "received", "accepted"]
    names = [event.element_id for event in stage.engine.events(case.id) if event.kind == "job.completed"]
    assert {"push_requested", "push_received", "push_checked"} <= set(names)


@pytest.mark.requirement("SH-048.R1", "SH-048.R2")
def test_the_countdown_stands_still_while_the_applicant_supplements(stage: Stage) -> None:
    story = STORIES["public_rental:supplement_complete"]
    until_request = Scenario(story.process, "x", "x", (), story.start, story.steps[:3], {}, story.defaults)
    case = run_scenario(stage, until_request).case
    due_before = case.due_on
    assert case.deadline_working_days == 30
    stage.clock.advance(days=7)
    task = next(task for task in stage.engine.tasks_of(case.id, open_only=True))
    who = Actor(case.started_by, case.started_by_name, groups=frozenset({"applicant"}))
    stage.engine.complete_task(task.id, task.revision, who, "submit", {"materials": {"housing_proof": ["f"]}}, "k-1")
    settle(stage)
    after = stage.engine.case(case.id).due_on
    assert due_before is not None
    assert after is not None
    assert (after - due_before).days >= 7


@pytest.mark.requirement("SH-026.R1", "SH-026.R2", "SH-028.R2")
def test_every_answer_is_kept_raw_with_its_source(stage: Stage) -> None:
    case = play(stage, "reapply").case
    kept = stage.engine.evidence(case.id)
    systems = {proof.system for proof in kept}
    assert systems >= {"real_estate", "public_housing", "resettlement", "social_insurance", "marriage", "violations"}
    assert all(proof.intact and proof.raw and proof.request_id and proof.department for proof in kept)
    checks = stage.engine.case_file_scope(case.id)
    for name in ("real_estate", "social_insurance", "marriage"):
        asked = checks[f"verify_{name}"]["result"]
        wanted = {"verdict", "summary", "system", "department", "request_id", "queried_at", "as_of", "evidence_id"}
        assert wanted <= set(asked)
        assert {one["source"]["request_id"] for one in asked["persons"]} <= {proof.request_id for proof in kept}
        assert checks[f"check_{name}"]["verdict"] == asked["verdict"]
    assert checks["check_social_insurance"]["persons"][0]["facts"]["months_running"] >= 0


@pytest.mark.requirement("SH-028.R2", "SH-031.R3")
def test_a_late_register_is_asked_again_until_it_answers(stage: Stage, sandbox: RunningSandbox) -> None:
    story = STORIES["public_rental:approve"]
    accepted = Scenario(story.process, "x", "x", (), story.start, story.steps[:1], {}, story.defaults)
    case = run_scenario(stage, accepted).case
    sandbox.behaviour.set("real_estate", "late", polls=2)
    task = stage.engine.tasks_of(case.id, open_only=True)[0]
    claimed = stage.engine.claim(task.id, task.revision, clerk())
    stage.engine.complete_task(
        task.id, claimed.revision, clerk(), "accept", {"duplicates_viewed": True}, "k-2", "同意受理"
    )
    settle(stage)
    waiting = [job for job in stage.engine.jobs_of(case.id) if job.topic == "verify.ask" and job.status == "ready"]
    assert len(waiting) == 1
    for _ in range(4):
        stage.clock.advance(minutes=40)
        settle(stage)
    assert [task.element_id for task in stage.engine.tasks_of(case.id, open_only=True)] == ["check_result"]


@pytest.mark.requirement("SH-031.R3")
def test_window_cases_ask_the_registers_in_order_on_the_next_round(stage: Stage) -> None:
    case = play(stage, "window").case
    made = [event for event in stage.engine.events(case.id) if event.kind == "job.created"]
    housing = ("verify_real_estate", "verify_public_housing", "verify_resettlement")
    asked = [event for event in made if event.path in housing]
    order = [str(event.path) for event in asked][:3]
    assert order == ["verify_real_estate", "verify_public_housing", "verify_resettlement"]
    assert all(event.at > case.submitted_at for event in asked)


@pytest.mark.requirement("SH-023.R3", "SH-023.R4", "SH-023.R2")
def test_a_claimed_case_is_seen_and_handled_by_its_holder_only(stage: Stage) -> None:
    case = play(stage, "after_withdrawal").case
    task = stage.engine.tasks_of(case.id, open_only=True)[0]
    assert task.id in {t.id for t in stage.engine.inbox(clerk(2)).items}
    claimed = stage.engine.claim(task.id, task.revision, clerk(1))
    assert task.id not in {t.id for t in stage.engine.inbox(clerk(2)).items}
    assert task.id in {t.id for t in stage.engine.inbox(clerk(1), InboxFilter(scope="mine")).items}
    with pytest.raises(UserFault):
        stage.engine.task(task.id, clerk(2))
    with pytest.raises(StaleTask):
        stage.engine.claim(task.id, claimed.revision, clerk(2))
    logged = [event for event in stage.engine.events(case.id) if event.kind == "task.claimed"]
    assert logged[-1].actor_id == "clerk-1"


@pytest.mark.requirement("SH-043.R3")
def test_the_second_person_is_never_the_first(stage: Stage) -> None:
    story = STORIES["public_rental:approve"]
    decided = Scenario(story.process, "x", "x", (), story.start, story.steps[:4], {}, story.defaults)
    case = run_scenario(stage, decided).case
    task = stage.engine.tasks_of(case.id, open_only=True)[0]
    both = Actor(
        "first_reviewer-1", "同一人", groups=frozenset({"first_review_approver"}), org_units=frozenset({"SH-310101"})
    )
    with pytest.raises(UserFault):
        stage.engine.claim(task.id, task.revision, both)


@pytest.mark.requirement("SH-014.R4", "SH-014.R2", "SH-014.R3")
def test_duplicates_show_contracts_and_exited_qualifications_by_kind(stage: Stage) -> None:
    today = stage.clock.today()
    with stage.engine.database.begin() as connection:
        contract = {
            "kind": "affordable_rental",
            "id_no": "A",
            "project": "安居苑",
            "status": "备案",
            "signed_on": today,
        }
        connection.execute(signed_contract.insert().values(contract_no="HT1", **contract))
        connection.execute(signed_contract.insert().values(contract_no="HT2", **contract, exited_on=today))
        base = {
            "kind": "low_rent",
            "case_id": "c",
            "case_no": "L1",
            "id_no": "A",
            "holder_name": "张三",
            "valid_from": today,
        }
        base |= {"created_at": stage.clock.now()}
        connection.execute(qualification.insert().values(number="Q1", valid_to=today, status="cancelled", **base))
        connection.execute(
            qualification.insert().values(number="Q2", valid_to=date(2020, 1, 1), status="effective", **base)
        )
        found = duplicates(connection, ["A"], "mine", today)
    assert list(found) == ["公租房", "保租房", "廉租房", "共有产权房"]
    assert sorted(entry["state"] for entry in found["保租房"]) == ["已签合同", "已退合同"]
    assert "安居苑" in found["保租房"][0]["detail"]
    assert sorted(entry["state"] for entry in found["廉租房"]) == ["历史资格", "退出资格"]


@pytest.mark.requirement("SH-012.R2", "SH-012.R3", "SH-046.R1")
def test_a_recheck_is_made_from_the_historical_case_and_tied_to_it(stage: Stage, sandbox: RunningSandbox) -> None:
    outcome = play(stage, "recheck")
    earlier, later = stage.given[0], outcome.case
    history = stage.engine.case_file_scope(later.id)["registration"]["history"]
    again = recheck_application(application(sandbox), history, "contract_renewal")
    assert again["history_case_no"] == earlier.case_no
    assert again["applicant"] == application(sandbox)["applicant"]
    assert "consents" not in again
    with stage.engine.database.connect() as connection:
        assert linked_cases(connection, earlier.case_no) == [later.case_no]
        assert linked_cases(connection, later.case_no) == [earlier.case_no]
    states = {row["number"]: row["status"] for row in rows(stage, qualification)}
    assert sorted(states.values()) == ["effective", "renewed"]
    assert len(states) == 2


@pytest.mark.requirement("SH-045.R6", "SH-046.R3")
def test_a_certificate_can_be_asked_for_and_entitles_while_it_is_valid(stage: Stage) -> None:
    case = play(stage, "approve").case
    number = stage.engine.case_file_scope(case.id)["certificate"]["number"]
    today = stage.clock.today()
    with stage.engine.database.connect() as connection:
        found = certificate(connection, number, today)
        assert found is not None
        assert found["entitled_to_sign"]
        assert found["holder"] != case.applicant_name
        expired = certificate(connection, number, today.replace(year=today.year + 2))
        assert expired is not None
        assert (expired["status"], expired["entitled_to_sign"]) == ("expired", False)
        assert certificate(connection, "no such number", today) is None
        assert [c["number"] for c in valid_certificates(connection, str(case.applicant_id_no), today)] == [number]


@pytest.mark.requirement("SH-047.R2", "SH-047.R6")
def test_the_maintained_operator_stands_in_the_message_and_the_log_can_be_asked(stage: Stage) -> None:
    with stage.engine.database.begin() as connection:
        save_contact(connection, "SH-310101-OP01", "黄浦安居运营公司", "021-1", "clerk", stage.clock.now())
        save_contact(connection, "SH-310101-OP01", "黄浦安居运营公司", "021-99", "clerk", stage.clock.now())
    case = play(stage, "after_withdrawal").case
    with stage.engine.database.connect() as connection:
        log = sent(connection, mobile=str(case.mobile), since=case.submitted_at)
        assert sent(connection, mobile="13000000000") == []
    assert "黄浦安居运营公司" in log[0]["text"]
    assert "021-99" in log[0]["text"]
    assert str(case.applicant_id_no) not in log[0]["text"]
    assert str(case.applicant_name) not in log[0]["text"]


@pytest.mark.requirement("SH-043.R5", "SH-044.R4")
def test_a_notice_shows_no_full_name_and_no_full_number(stage: Stage) -> None:
    case = play(stage, "first_objection_upheld").case
    notice = rows(stage, publication, case_id=case.id)[0]
    shown = f"{notice['text']} {notice['details']}"
    assert str(case.applicant_name) not in shown
    assert str(case.applicant_id_no) not in shown
    assert case.case_no in shown
    assert notice["status"] == "ended"
    assert notice["place"] == "区政务服务中心公示栏"


@pytest.mark.requirement("SH-045.R8", "SH-045.R9")
def test_a_deleted_case_is_hidden_here_and_kept_by_the_repository(stage: Stage, sandbox: RunningSandbox) -> None:
    play(stage, "approved", "case_deletion")
    target = stage.given[0]
    assert stage.engine.case(target.id).status == "cancelled"
    assert [row["case_no"] for row in rows(stage, deleted_case)] == [target.case_no]
    assert repository(sandbox, target.case_no)["state"] == "deleted"
    assert not stage.engine.tasks_of(target.id, open_only=True)
    listed = stage.engine.cases(CaseFilter(org_units=frozenset({"SH", "SH-310101", "SH-310101-OP01"}))).items
    assert target.id not in {case.id for case in listed}
    own = stage.engine.cases(CaseFilter(applicant_id=target.applicant_id)).items
    assert [(case.id, case.outcome_name) for case in own] == [(target.id, "已删除")]


@pytest.mark.requirement("SH-033.R6")
def test_a_withdrawn_case_leaves_no_slot_no_notice_and_the_repository_knows(
    stage: Stage, sandbox: RunningSandbox
) -> None:
    story = STORIES["public_rental:first_objection_upheld"]
    steps = (*story.steps[:7], {"withdraw": "家庭情况变化"})
    case = run_scenario(stage, Scenario(story.process, "x", "x", (), story.start, steps, {}, story.defaults)).case
    assert rows(stage, publication, case_id=case.id)[0]["status"] == "published"
    services = SimpleNamespace(
        connectors=stage.engine.services.connectors,  # type: ignore[attr-defined]
        engine=stage.engine,
        database=stage.engine.database,
        clock=stage.clock,
    )
    sandbox.behaviour.set("case_repository", "broken")
    assert tidy(services) == 0
    sandbox.behaviour.set("case_repository", "ok")
    assert [tidy(services), tidy(services)] == [1, 0]
    assert repository(sandbox, case.case_no)["state"] == "withdrawn"
    assert rows(stage, publication, case_id=case.id)[0]["status"] == "revoked"
    assert all(row["released_at"] for row in rows(stage, in_review_slot, case_id=case.id))


def test_a_person_without_identity_card_is_checked_by_hand(stage: Stage, sandbox: RunningSandbox) -> None:
    form = application(sandbox, "clean_single")
    person = {**form["applicant"], "id_type": "passport", "id_no": "E12345678", "name": "Anne Lee"}
    story = STORIES["public_rental:approve"]
    start = {"actor": "applicant", "channel": "一网通办", "form": {**form, "applicant": person}}
    steps = (*story.steps[:2], {"do": "verify_real_estate/decide"})
    case = run_scenario(stage, Scenario(story.process, "x", "x", (), start, steps, {}, story.defaults)).case
    waiting = {task.path for task in stage.engine.tasks_of(case.id, open_only=True)}
    assert waiting == {"verify_public_housing", "verify_social_insurance", "verify_marriage", "verify_violations"}


def test_a_broken_register_becomes_an_incident_and_no_verdict(stage: Stage, sandbox: RunningSandbox) -> None:
    sandbox.behaviour.set("marriage", "wrong_person")
    case = play(stage, "after_withdrawal").case
    task = stage.engine.tasks_of(case.id, open_only=True)[0]
    claimed = stage.engine.claim(task.id, task.revision, clerk())
    stage.engine.complete_task(task.id, claimed.revision, clerk(), "accept", {"duplicates_viewed": True}, "k-3", "同意")
    settle(stage)
    broken = [job for job in stage.engine.jobs_of(case.id) if job.status == "incident"]
    assert [job.item_name for job in broken] == ["verify_marriage.result"]
    assert "check_marriage" not in stage.engine.case_file_scope(case.id)
    sandbox.behaviour.set("marriage", "ok")
    opened = stage.engine.incidents().items[0]
    stage.engine.retry_incident(opened.id, clerk(), "对方已恢复")
    settle(stage)
    assert [task.element_id for task in stage.engine.tasks_of(case.id, open_only=True)] == ["check_result"]


def test_two_taps_start_one_case(stage: Stage, sandbox: RunningSandbox) -> None:
    who = Actor("citizen", "张三", groups=frozenset({"applicant"}))
    form = application(sandbox)
    first, second = (
        stage.engine.start_case("public_rental", actor=who, form=form, channel="一网通办", idempotency_key="tap")
        for _ in range(2)
    )
    assert first.case_no == second.case_no
