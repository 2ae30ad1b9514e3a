"""When to try again."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflows.engine.retry import MAX_BACKOFF, backoff, is_poison, may_retry


@pytest.mark.parametrize(("attempt", "wanted"), [(1, 1), (2, 2), (3, 4), (4, 8), (9, 15)])
def test_the_wait_doubles_up_to_the_bound(attempt: int, wanted: float):
    assert backoff(attempt, base=2, chance=0.5) == wanted


def test_chance_spreads_agents_over_the_whole_step():
    assert backoff(3, base=2, chance=0) == 0
    assert backoff(3, base=2, chance=0.999) == pytest.approx(8, abs=0.01)


def test_a_services_own_wait_is_the_least():
    assert backoff(1, base=2, chance=0, retry_after=7) == 7
    assert backoff(3, base=2, chance=0.75, retry_after=1) == 7


def test_a_service_that_asks_for_hours_is_not_called_before():
    assert backoff(1, base=2, chance=0.5, retry_after=3600) == 3601


@given(
    attempt=st.integers(1, 10),
    base=st.floats(0, 30),
    chance=st.floats(0, 1, exclude_max=True),
    retry_after=st.none() | st.floats(0, 1e9),
)
def test_no_wait_is_below_what_is_asked_or_over_the_bound(attempt, base, chance, retry_after):
    asked = retry_after or 0.0
    wait = backoff(attempt, base=base, chance=chance, retry_after=retry_after)
    assert asked <= wait <= asked + MAX_BACKOFF


def test_only_errors_that_pass_are_tried_again_and_only_so_often():
    assert may_retry(1, max_attempts=3, retryable=True)
    assert may_retry(2, max_attempts=3, retryable=True)
    assert not may_retry(3, max_attempts=3, retryable=True)
    assert not may_retry(1, max_attempts=3, retryable=False)
    assert not may_retry(1, max_attempts=1, retryable=True)


def test_the_second_lost_worker_makes_a_step_poison():
    assert [is_poison(losses) for losses in (0, 1, 2, 3)] == [False, False, True, True]
