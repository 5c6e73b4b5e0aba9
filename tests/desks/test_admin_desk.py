"""The operator sees incidents by cause, retries one or all, skips with a reason, and turns the sandbox's switches."""

from __future__ import annotations

import pytest

from tests.desks.conftest import House, words


def _incident(house: House) -> str:
    house.sandbox.behaviour.set("marriage", "refused")
    try:
        with pytest.raises(Exception, match="没有待办"):
            house.play("approve", index=4)
    finally:
        house.sandbox.behaviour.set("marriage", "ok")
    return house.services.engine.incidents().items[0].number


def test_incidents_are_grouped_and_retried(house: House) -> None:
    number = _incident(house)
    admin = house.person("admin")
    page = admin.text("/admin/incidents")
    assert number in page
    assert "接口拒绝" in page
    assert admin.text(f"/admin/incidents/{number}")
    cause = next(iter(house.services.engine.incident_causes()))
    assert admin.post("/admin/incidents/retry-all", cause=cause).status_code == 302
    house.services.engine.run_jobs()
    assert house.services.engine.incident_causes() == {}


def test_a_skip_needs_a_reason_and_keeps_it(house: House) -> None:
    incident = house.services.engine.incident(_incident(house))
    admin = house.person("admin")
    admin.post(f"/admin/incidents/{incident.id}/skip", reason="短")
    assert house.services.engine.incident(incident.id).status == "open"
    admin.post(f"/admin/incidents/{incident.id}/skip", reason="民政接口停用，已电话核实")
    assert house.services.engine.incident(incident.id).status == "skipped"
    assert "已电话核实" in admin.text(f"/admin/incidents/{incident.id}")


def test_a_second_operator_is_told_that_it_is_done(house: House) -> None:
    incident = house.services.engine.incident(_incident(house))
    one, two = house.person("admin"), house.person("admin")
    one.post(f"/admin/incidents/{incident.id}/retry")
    two.post(f"/admin/incidents/{incident.id}/retry")
    assert "已处理" in two.text("/admin/incidents")


@pytest.mark.parametrize(
    "path", ["", "jobs", "jobs?status=done", "timers", "timers?status=all", "connectors", "messages", "accounts", "deployments"]
)
def test_every_page_opens(house: House, path: str) -> None:
    assert house.person("admin").text(f"/admin/{path}")


def test_a_switch_changes_the_sandbox(house: House) -> None:
    admin = house.person("admin")
    admin.post("/admin/connectors/sms/switch", mode="slow")
    assert house.sandbox.behaviour.switches()["systems"]["sms"]["mode"] == "slow"
    admin.post("/admin/connectors/sms/switch", mode="auto")
    assert "正常" in words(admin.get("/admin/connectors/sms/health"))


def test_the_auditor_reads_but_does_not_act(house: House) -> None:
    auditor = house.person("auditor")
    assert auditor.text("/admin/incidents")
    assert auditor.post("/admin/incidents/retry-all", cause="x").status_code == 403


def test_style_and_help_open_in_both_languages(house: House) -> None:
    admin = house.person("admin")
    for language, word in (("zh", "颜色只排第三"), ("en", "colour comes third")):
        admin.get(f"/lang/{language}?next=/style/")
        assert word in admin.text("/style/")
        for topic in ("start", "portal", "inbox", "studio", "rules", "audit", "admin", "new-flow"):
            assert admin.text(f"/help/{topic}")
    admin.text("/help/none", 404)
