"""A step is one transaction: done wholly, done once, by the right person, on the state that person saw."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import text

from engine import (
    IllegalTransition,
    InboxFilter,
    NotPermitted,
    StaleTask,
    ValidationFailed,
)
from tests.engine.house import ADMIN, CITIZEN, CLERK, CLERK_2, STRANGER, SUPERVISOR, House, drawing, one_task


def test_a_case_starts_is_claimed_completed_and_ends(any_house: House) -> None:
    any_house.deploy(one_task())
    case_id = any_house.start()
    case = any_house.engine.case(case_id)
    assert (case.case_no, case.applicant_name, case.status) == ("T2026-0001", "王五", "running")
    assert case.due_on == date(2026, 12, 7) and "10 个工作日" in (case.due_proof or "")
    (task,) = any_house.engine.inbox(CLERK).items
    assert (task.name, task.due_on, task.outcomes) == ("decide", date(2026, 11, 30), ("approve", "reject"))
    claimed = any_house.engine.claim(task.id, task.revision, CLERK)
    receipt = any_house.engine.complete_task(
        claimed.id, claimed.revision, CLERK, "approve", {"note": "好"}, "k", "同意"
    )
    assert (receipt.ended, receipt.outcome, receipt.open_tasks) == (True, "通过", ())
    closed = any_house.engine.case(case.case_no)
    assert (closed.status, closed.outcome, closed.outcome_name) == ("closed", "通过", "审核通过")
    item = any_house.engine.case_file(case_id)["decide"].value
    assert (item["outcome"], item["note"], item["actor_name"], item["opinion"]) == ("approve", "好", CLERK.name, "同意")
    assert any_house.engine.verify_chain(case_id).intact
    assert any_house.engine.replay(case_id).same
    assert any_house.engine.done(CLERK).total == 1


def test_second_completion_is_refused_as_stale_with_who_and_when(house: House) -> None:
    house.deploy(one_task())
    case_id = house.start()
    (task,) = house.open(case_id)
    house.do(case_id, outcome="approve")
    with pytest.raises(StaleTask) as caught:
        house.engine.complete_task(task.id, task.revision, CLERK_2, "reject", {}, "other")
    assert caught.value.details["by"] == CLERK.name
    assert caught.value.details["what"] == "approve"
    assert caught.value.details["at"].startswith("2026-11-23")


def test_a_second_claimer_reads_who_was_first(house: House) -> None:
    house.deploy(one_task())
    case_id = house.start()
    (task,) = house.open(case_id)
    house.engine.claim(task.id, task.revision, CLERK)
    with pytest.raises(StaleTask) as caught:
        house.engine.claim(task.id, task.revision, CLERK_2)
    assert CLERK.name in caught.value.message and "签收" in caught.value.message
    with pytest.raises(StaleTask):
        house.engine.task(task.id, CLERK_2)
    assert house.engine.inbox(CLERK_2).total == 0
    assert house.engine.inbox(CLERK, InboxFilter(scope="mine")).total == 1


def test_claiming_ones_own_task_again_is_no_error(house: House) -> None:
    house.deploy(one_task())
    (task,) = house.open(house.start())
    first = house.engine.claim(task.id, task.revision, CLERK)
    assert house.engine.claim(task.id, task.revision, CLERK).revision == first.revision


def test_an_unclaimed_task_cannot_be_completed(house: House) -> None:
    house.deploy(one_task())
    (task,) = house.open(house.start())
    with pytest.raises(IllegalTransition):
        house.engine.complete_task(task.id, task.revision, CLERK, "approve", {}, "k")


def test_an_old_revision_is_refused(house: House) -> None:
    house.deploy(one_task())
    (task,) = house.open(house.start())
    house.engine.claim(task.id, task.revision, CLERK)
    with pytest.raises(StaleTask):
        house.engine.complete_task(task.id, task.revision, CLERK, "approve", {}, "k")


def test_an_unknown_outcome_is_refused_with_the_known_ones(house: House) -> None:
    house.deploy(one_task())
    case_id = house.start()
    with pytest.raises(ValidationFailed) as caught:
        house.do(case_id, outcome="maybe")
    assert "approve" in caught.value.message


@pytest.mark.parametrize("actor", [STRANGER, ADMIN, CITIZEN])
def test_a_person_of_another_unit_or_post_may_not_claim(house: House, actor) -> None:
    house.deploy(one_task())
    (task,) = house.open(house.start())
    with pytest.raises(NotPermitted):
        house.engine.claim(task.id, task.revision, actor)
    assert house.engine.inbox(actor).total == 0


def test_only_the_start_groups_may_start(house: House) -> None:
    house.deploy(one_task(**{"start.groups": "operator_clerk", "start.channels": "窗口"}))
    with pytest.raises(NotPermitted):
        house.start(actor=CITIZEN)
    with pytest.raises(ValidationFailed):
        house.engine.start_case("p", actor=CLERK, form={"name": "a"}, channel="电报", idempotency_key="k")
    assert house.start()


def test_who_did_the_first_step_can_never_do_the_second(house: House) -> None:
    found = drawing().start().user("one").user("two", properties={"exclude_actors_of": "one"}).end()
    house.deploy(found.chain("start_1", "one", "two", "end_1"))
    case_id = house.start()
    house.do(case_id, CLERK)
    (task,) = house.open(case_id)
    assert house.engine.inbox(CLERK).total == 0
    with pytest.raises(NotPermitted):
        house.engine.claim(task.id, task.revision, CLERK)
    claimed = house.engine.claim(task.id, task.revision, CLERK_2)
    with pytest.raises(NotPermitted):
        house.engine.transfer(claimed.id, CLERK, CLERK_2, "忙")
    with pytest.raises(NotPermitted):
        house.engine.delegate(claimed.id, CLERK, CLERK_2, "忙")
    assert house.do(case_id, CLERK_2).ended


def test_same_key_same_body_gives_the_same_answer_once(any_house: House) -> None:
    any_house.deploy(one_task())
    answers = {
        any_house.engine.start_case("p", actor=CLERK, form={"name": "王"}, channel="窗口", idempotency_key="one")
        for _ in range(5)
    }
    assert len(answers) == 1
    assert any_house.engine.cases().total == 1
    (task,) = any_house.open(answers.pop().case_id)
    task = any_house.engine.claim(task.id, task.revision, CLERK)
    done = [any_house.engine.complete_task(task.id, task.revision, CLERK, "approve", {}, "two") for _ in range(3)]
    assert done[0] == done[1] == done[2] and done[0].ended


def test_same_key_with_another_body_is_refused(house: House) -> None:
    house.deploy(one_task())
    house.engine.start_case("p", actor=CLERK, form={"name": "王"}, channel="窗口", idempotency_key="one")
    with pytest.raises(ValidationFailed):
        house.engine.start_case("p", actor=CLERK, form={"name": "李"}, channel="窗口", idempotency_key="one")
    assert house.engine.cases().total == 1


def test_a_refused_form_stores_nothing(house: House) -> None:
    schema = (
        b'{"$schema":"https://json-schema.org/draft/2020-12/schema","title":"t","type":"object","required":["name"],'
    )
    schema += b'"properties":{"name":{"type":"string","title":"\xe5\xa7\x93\xe5\x90\x8d","minLength":2}}}'
    found = drawing(**{"start.form": "x/p/apply"}).start().user("decide").end().chain("start_1", "decide", "end_1")
    house.deploy(found, **{"forms/x/p/apply.schema.json": schema})
    with pytest.raises(ValidationFailed) as caught:
        house.start(form={"other": 1, "name": ""})
    assert any(error["path"] == "/name" for error in caught.value.details["errors"])
    assert house.engine.cases().total == 0
    case_id = house.start(form={"name": "欧阳"})
    item = house.engine.case_file(case_id)["application"]
    assert (item.form_key, item.form_version) == ("x/p/apply", 1)
    with house.database.connect() as connection:
        assert connection.execute(text("SELECT value FROM number_sequence WHERE rule LIKE 'T%'")).scalar_one() == 1


def test_release_transfer_and_recall_ask_a_reason_and_stand_in_history(house: House) -> None:
    house.deploy(one_task())
    case_id = house.start()
    (task,) = house.open(case_id)
    house.engine.claim(task.id, task.revision, CLERK)
    with pytest.raises(ValidationFailed):
        house.engine.release(task.id, CLERK, " ")
    assert house.engine.release(task.id, CLERK, "误签").status == "open"
    claimed = house.engine.claim(task.id, house.engine.task(task.id).revision, CLERK)
    assert house.engine.transfer(claimed.id, CLERK_2, CLERK, "请假").assignee_id == CLERK_2.user_id
    assert house.engine.release(task.id, SUPERVISOR, "超期未办").status == "open"
    kinds = [event.kind for event in house.engine.events(case_id)]
    assert kinds[-5:] == ["task.claimed", "task.released", "task.claimed", "task.transferred", "task.released"]
    assert house.engine.verify_chain(case_id).intact


def test_a_case_withdrawn_by_its_applicant_leaves_nothing_open(any_house: House) -> None:
    any_house.deploy(one_task(**{"public": "true", "start.groups": "operator_clerk,applicant"}))
    case_id = any_house.start(actor=CITIZEN)
    with pytest.raises(NotPermitted):
        any_house.engine.withdraw_case(case_id, CLERK, "不要了", "w0")
    receipt = any_house.engine.withdraw_case(case_id, CITIZEN, "不要了", "w")
    assert (receipt.ended, receipt.outcome) == (True, "withdrawn")
    assert any_house.open(case_id) == []
    assert any_house.engine.case(case_id).status == "withdrawn"
    with pytest.raises(IllegalTransition):
        any_house.engine.withdraw_case(case_id, CITIZEN, "不要了", "w2")
    assert any_house.engine.replay(case_id).same


def test_the_applicant_does_the_tasks_of_the_applicant_only(house: House) -> None:
    found = drawing(public="true").start()
    found.user("supplement", properties={"applicant": "true"}, groups="applicant").end()
    house.deploy(found.chain("start_1", "supplement", "end_1"))
    case_id = house.start(actor=CITIZEN)
    other = type(CITIZEN)("other", "赵六", groups=frozenset({"applicant"}))
    assert house.engine.inbox(CITIZEN).total == 1 and house.engine.inbox(other).total == 0
    (task,) = house.open(case_id)
    with pytest.raises(NotPermitted):
        house.engine.complete_task(task.id, task.revision, other, "submit", {}, "k")
    assert house.engine.complete_task(task.id, task.revision, CITIZEN, "submit", {}, "k2").ended


def test_signers_copies_and_reminders(house: House) -> None:
    house.deploy(one_task())
    case_id = house.start()
    (task,) = house.open(case_id)
    house.engine.claim(task.id, task.revision, CLERK)
    house.engine.add_signer(task.id, STRANGER, CLERK, "请核实")
    assert house.engine.to_sign(STRANGER).total == 1
    house.engine.sign(task.id, STRANGER, "agree", "属实")
    assert house.engine.signers(task.id)[0]["verdict"] == "agree"
    house.engine.copy_task(task.id, SUPERVISOR, CLERK, "阅知")
    assert house.engine.copies(SUPERVISOR).total == 1
    assert house.engine.remind(case_id, CITIZEN, "请尽快") == 1
    assert house.engine.task(task.id).reminded_at is not None
    assert house.engine.verify_chain(case_id).intact


def test_a_substitute_takes_over_only_while_it_lasts(house: House) -> None:
    house.deploy(one_task())
    (task,) = house.open(house.start())
    house.engine.claim(task.id, task.revision, CLERK)
    with pytest.raises(NotPermitted):
        house.engine.take_over(task.id, CLERK_2)
    house.engine.set_substitute(CLERK, CLERK_2, date(2026, 11, 23), date(2026, 11, 27), "出差")
    taken = house.engine.take_over(task.id, CLERK_2)
    assert (taken.assignee_id, taken.delegated_by_name) == (CLERK_2.user_id, CLERK.name)


def test_running_cases_keep_their_version_and_new_ones_take_the_next(house: House) -> None:
    house.deploy(one_task())
    old = house.start()
    changed = drawing().start().user("renamed").end().chain("start_1", "renamed", "end_1")
    house.deploy(changed)
    new = house.start()
    assert [t.element_id for t in house.open(old)] == ["decide"]
    assert [t.element_id for t in house.open(new)] == ["renamed"]
    assert house.do(old, outcome="approve").outcome == "通过"
    assert [d.version for d in house.engine.definitions(all_versions=True)] == [1, 2]
    assert house.engine.definition_of(old)["p"].version == 1


def test_unchanged_content_keeps_its_version(house: House) -> None:
    house.deploy(one_task())
    house.deploy(one_task())
    assert house.engine.definition("p").version == 1


def test_another_process_sees_a_new_version_at_once(house: House) -> None:
    other = house.fresh()
    house.deploy(one_task())
    receipt = other.start_case("p", actor=CLERK, form={"name": "a"}, channel="窗口", idempotency_key="x")
    house.deploy(drawing().start().user("renamed").end().chain("start_1", "renamed", "end_1"))
    second = other.start_case("p", actor=CLERK, form={"name": "a"}, channel="窗口", idempotency_key="y")
    assert [receipt.open_tasks[0].element_id, second.open_tasks[0].element_id] == ["decide", "renamed"]
