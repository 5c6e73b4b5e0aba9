"""公租房准入资格 (SH-011 to SH-048): who applies, in which situation, and what people do that pages do not decide for them."""

from __future__ import annotations

from web.demo.story import Act, Story, Telling

_APPLY = "eligibility/public_rental"
_NOTICE = "blocks/public_notice"
_REVIEW = "blocks/review"

# Situations whose checks all pass, or pass after a person has looked; several are boundary values.
_FINE = (
    "clean_family", "clean_single", "clean_couple", "newlywed", "large_family", "single_parent", "remarried", "widowed",
    "per_capita_at_threshold", "per_capita_just_below", "per_capita_at_threshold_by_shares", "owns_shop", "owns_parking",
    "sold_flat_six_years_ago", "divorced_two_years_ago", "divorced_five_years_ago", "rare_character_name",
    "rare_character_member", "middle_dot_name", "long_name", "wrong_person_trap", "non_local", "insurance_exactly_a_year",
    "violation_expired", "violation_ends_yesterday", "violation_lifted", "licence_missing", "student_child",
    "elderly_single", "no_social_insurance", "case_in_progress", "sms_undeliverable", "public_housing_member",
)  # fmt: skip
_CLEAN = ("clean_family", "clean_couple", "clean_single", "newlywed", "non_local", "large_family")
# Situations in which a check or the decision table forces a failure.
_FAILING = (
    "owns_flat", "married_declared_single", "violation_record", "owns_two_flats", "spouse_owns_flat", "spouses_co_own",
    "per_capita_just_above", "sold_flat_one_year_ago", "public_housing_and_flat", "resettlement_flat", "on_death_list",
    "member_on_death_list", "divorced_declared_married", "member_violation", "violation_several", "short_residence_permit",
    "too_few_insurance_months", "insurance_one_short_of_a_year", "insurance_interrupted", "insurance_gap", "minor_head",
    "everything_wrong", "co_owns", "resettlement_shared",
)  # fmt: skip
_BY_HAND = ("name_differs", "no_data_found", "co_owns_a_third", "resettlement_partial_match")

_REASON = "经核实，申请材料与实际情况不一致，不符合规定的条件。"

STORIES = (
    Story("approved", 52, _FINE, title="各项核查通过，审核通过"),
    Story("check_failed", 34, _FAILING, title="核查不通过，强制不通过"),
    Story("first_rejected", 6, _CLEAN, {f"first_reviewer {_REVIEW}/decide": [Act("reject")]}, title="初审不符合"),
    Story("second_rejected", 6, _CLEAN, {f"second_reviewer {_REVIEW}/decide": [Act("reject")]}, title="复审不符合"),
    Story("admission_rejected", 4, _CLEAN, {f"{_APPLY}/admission": [Act("reject")]}, title="准入审核不通过"),
    Story("pre_review_refused", 6, _CLEAN, {f"{_APPLY}/pre_review": [Act("not_accepted")]}, title="预审不予受理"),
    Story("withdrawn", 6, _CLEAN, {f"{_APPLY}/accept": [Act(do="withdraw")]}, title="受理前撤回"),
    Story("deleted", 3, _CLEAN, {f"first_reviewer {_REVIEW}/decide": [Act(do="delete")]}, title="初审中删除办件"),
    Story("window", 14, _FINE[:12], channel="窗口", title="窗口登记，审核通过"),
    Story("supplemented", 8, _CLEAN, forgets=("housing_proof",), title="一次补正后审核通过"),
    Story("first_upheld", 4, _CLEAN, {
        f"first_reviewer {_NOTICE}/setup": [Act(then="object")],
        f"first_reviewer {_NOTICE}/result": [Act("upheld")],
    }, title="初审公示异议成立"),
    Story("duplicate", 3, _CLEAN, follows="approved", when="submitted", title="同一家庭另有在审办件"),
    Story("online_upheld", 4, _CLEAN, {
        f"second_reviewer {_NOTICE}/setup": [Act(then="object")],
        f"second_reviewer {_NOTICE}/result": [Act("upheld")],
    }, title="网上公示异议成立"),
    Story("accept_refused", 4, _CLEAN, {f"{_APPLY}/accept": [Act("not_accepted")]}, title="受理时不予受理"),
    Story("lapsed", 3, _CLEAN, {"blocks/supplement/submit": [Act(do="leave")]}, forgets=("id_card",), title="逾期未补正"),
    Story("by_hand", 8, _BY_HAND, title="核查结果由人工判定"),
    Story("by_hand_failed", 4, ("resettlement_partial_match", "name_differs"),
          {"blocks/verify/decide": [Act("fail"), Act("fail"), Act("fail")]}, title="人工判定不通过"),
    Story("reapplied", 4, _CLEAN, follows="first_rejected", when="ended", title="不通过后再次申请"),
    Story("rechecked", 3, _CLEAN, follows="supplemented", when="ended", kind="recheck", title="到期复核，换发新证"),
    Story("recheck_unknown", 2, _CLEAN, kind="recheck", title="没有历史资格的复核"),
    Story("returned_once", 6, _CLEAN, {f"first_reviewer {_REVIEW}/decide": [Act("return")]}, title="初审退回核查一次"),
    Story("confirm_returned", 5, _CLEAN, {
        f"first_review_approver {_REVIEW}/confirm": [Act("return")],
        f"publicity_approver {_NOTICE}/confirm": [Act("return")],
    }, title="核定退回经办一次"),
    Story("second_returned", 4, _CLEAN, {f"second_reviewer {_REVIEW}/decide": [Act("return")]}, title="复审退回初审一次"),
    Story("dismissed", 5, _CLEAN, {f"first_reviewer {_NOTICE}/setup": [Act(then="object")]}, title="异议不成立"),
    Story("late", 4, _CLEAN, {f"{_APPLY}/pre_review": [Act(do="wait", days=9)]}, title="预审超时后办理"),
    Story("window_supplement", 3, _CLEAN, channel="窗口", forgets=("household_register", "residence_permit"),
          title="窗口补正"),
    Story("not_released", 3, _CLEAN, {f"{_APPLY}/release_result": [Act("not_confirmed")]}, channel="窗口",
          title="核查结果退回重查一次"),
)  # fmt: skip

TELLING = Telling(
    process="public_rental",
    title="公共租赁住房准入资格",
    stories=STORIES,
    # What people enter at a form, whatever the story: by form, or by group and form.
    answers={
        f"{_NOTICE}/setup": {"ends_on": "today+6", "place": "区政务服务中心公示栏"},
        "blocks/supplement/request": {"items": [
            {"code": "materials", "name": "申请材料", "detail": "请按材料清单上传缺少的材料，扫描件应清晰完整。"}]},
        f"{_APPLY}/admission": {"conditions": "local_difficulty", "priority_group": "none"},
        "*": {"reason": _REASON, "verification_result": _REASON},
    },
    # Words on the page that say why something fails: the first that fits wins.
    readings=(
        ("婚姻", {"fail_type": "marriage"}), ("违规", {"fail_type": "violations"}), ("住房|不动产|安置", {"fail_type": "housing"}),
        ("社会保险|social_insurance", {"fail_type": "social_insurance"}), ("居住证|residence", {"fail_type": "residence"}),
        ("未满十八|applicant", {"fail_type": "applicant"}), (".", {"fail_type": "other"}),
    ),
    staff={
        "clerk": "operator_clerk", "clerk_city": "operator_clerk", "clerk_*": "operator_clerk",
        "reviewer1": "first_reviewer", "approver1": "first_review_approver", "reviewer2": "second_reviewer",
        "approver2": "second_review_approver", "publicity": "publicity_approver", "admission": "admission_examiner",
        "verifier": "verification_authority", "city": "city_examiner",
    },
    citizen_forms=("blocks/supplement/submit", f"{_APPLY}/apply"),
    citizen_called_by=("blocks/supplement/request",),
    deletion="case_deletion",
    ends=("审核通过办结", "审核不通过办结", "初审不通过办结", "复审不通过办结", "不予受理办结", "已撤回", "已删除"),
)  # fmt: skip
