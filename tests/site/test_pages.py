"""The board and its lists: every number equals an independent count and leads to the cases behind it."""

from __future__ import annotations

import io
import re

import pytest
from openpyxl import load_workbook

from handlers.site.records import AREAS
from tests.flows.stage import ROOT
from tests.site.air import Gateway, alerts, blow, device, row, silence
from tests.web.house import House, words
from web import i18n
from web.site import routes


@pytest.fixture(scope="module")
def busy(house: House) -> House:
    """Two exceedances and one silent device in 黄浦, one quiet device."""
    gateway = Gateway(house)
    for number, value in (("P-001", 260), ("P-002", 500), ("P-003", 20)):
        device(house, number)
        blow(house, gateway, number, value)
    device(house, "P-004")
    gateway.send([row("P-004", house.clock.now())])
    house.clock.advance(minutes=31)
    gateway.send([row(number, house.clock.now()) for number in ("P-001", "P-002", "P-003")])
    silence(house)
    gateway.send([row("UNKNOWN", house.clock.now())])
    return house


@pytest.mark.requirement("CD-18.D1")
def test_the_board_counts_devices_and_alerts(busy: House) -> None:
    page = busy.browser("site_supervisor").get("/site/board")
    assert page.status_code == 200 and page.text.count("data-gs-chart") == 3
    told = dict(re.findall(r'gs-figure__label">([^<]+)</div><div class="gs-figure__value">([\d,]+)', page.text))
    assert told == {"在线设备": "3", "离线设备": "1", "在办超标告警": "2", "在办离线告警": "1", "已升级督办": "0"}
    assert busy.browser("site_supervisor").get("/site/board/figures").status_code == 200


@pytest.mark.requirement("CD-18.D1")
def test_a_number_leads_to_its_cases(busy: House) -> None:
    browser = busy.browser("site_supervisor")
    listed = browser.get("/site/alerts?state=open&kind=exceedance&level=serious").text
    assert set(re.findall(r"/cases/(YCGJ-[\d-]+)\"", listed)) == {alerts(busy, "P-002")[0]["case_no"]}
    page = browser.get("/site/devices/P-002")
    assert alerts(busy, "P-002")[0]["case_no"] in page.text and "500.0" in page.text
    assert "P-004" in browser.get("/site/devices?state=silent").text
    one = browser.get(f"/site/alerts/{alerts(busy, 'P-002')[0]['case_no']}")
    assert "500.0" in one.text and browser.get("/site/alerts/YCGJ-0").status_code == 404
    assert browser.get("/site/devices/NOPE").status_code == 404


@pytest.mark.requirement("CD-18.D1")
def test_the_statistics_equal_the_alerts_and_are_exported(busy: House) -> None:
    browser = busy.browser("supervisor")
    page = browser.get("/site/statistics")
    total = re.search(r'合计</th><td class="gs-num"><a href="([^"]+)">(\d+)</a>', page.text)
    assert total and total[2] == "3"
    assert words(browser.get(total[1].replace("&amp;", "&"))).count("YCGJ-") == 3
    book = load_workbook(io.BytesIO(browser.get("/site/statistics.xlsx").data))
    rows = [list(line) for line in book.active.iter_rows(values_only=True)]
    assert ["合计", 3, 2, 1, 3, 0, 0, 0, None] in rows


def test_the_reader_sees_own_units_only(busy: House) -> None:
    other = busy.browser("contractor_310104")
    assert "P-001" not in other.get("/site/alerts").text and "P-001" not in other.get("/site/board").text
    assert other.get("/site/devices/P-001").status_code == 404
    assert busy.browser("contractor_310101").get("/site/devices/P-001").status_code == 200
    assert busy.browser("clerk").get("/site/board").status_code == 403


def test_refused_rows_are_shown_with_their_sheet(busy: House) -> None:
    browser = busy.browser("device_installer")
    page = browser.get("/site/refusals")
    assert "设备未登记或已停用" in page.text and "UNKNOWN" in page.text
    sheet = re.search(r"/site/refusals/\w+\.csv", page.text)
    assert sheet and "UNKNOWN" in browser.get(sheet[0]).text


def test_the_pages_speak_english(busy: House) -> None:
    browser = busy.browser("site_supervisor")
    browser.get("/lang/en?next=/site/board")
    for path in ("/site/board", "/site/alerts", "/site/devices", "/site/devices/P-001", "/site/statistics"):
        told = re.sub(r"<script.*?</script>", "", browser.get(path).text, flags=re.S)
        shown = set(re.findall(r"[一-鿿]+", re.sub(r"<[^>]+>", " ", told[told.index("<main") :])))
        assert not shown & {"告警", "设备", "在办", "状态", "合计", "均值", "处置时限"}, path


def test_every_text_of_the_pages_has_an_english_one() -> None:
    folder = ROOT / "web/site"
    calls = re.compile(r"""_\((?:"([^"]+)"|'([^']+)')""")
    files = [*folder.rglob("*.py"), *folder.rglob("*.html")]
    texts = {a or b for path in files for a, b in calls.findall(path.read_text("utf-8"))}
    named = (routes.KINDS, routes.LEVELS, routes.STATES, routes.DEVICE_STATES, AREAS)
    texts |= {word for words_ in named for word in words_.values()} | set(routes.HEADS)
    assert sorted(texts - set(i18n.dictionary())) == []
