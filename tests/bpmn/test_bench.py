"""The benchmark runs, and what it says about sizes holds on any machine; times are printed, not tested."""

from __future__ import annotations

from engine.bpmn.bench import OwnCase, approval, compare, run_case, send_back, table


def test_the_benchmark_process_ends_after_five_steps_with_a_small_state() -> None:
    _, steps, largest = run_case(OwnCase(approval()))
    assert steps == 5 and largest < 500


def test_the_state_of_round_200_is_as_small_as_that_of_round_5() -> None:
    case = OwnCase(send_back())
    state, sizes = case.begin(), []
    for _ in range(200):
        state, _ended = case.step(state, {"done": False})
        sizes.append(len(state))
    assert sizes[-1] <= sizes[4] + 8


def test_all_figures_are_there() -> None:
    found = compare(cases=2, last_round=20)
    assert found.own.largest_state < found.stock.largest_state and str(found.times_faster) in table(found)
    assert set(found.as_dict()) >= {"own", "stock", "round_ratio"}
