import resource
import signal
from collections.abc import Iterator

import pytest
from chainrule.run.deadline import LimitReached, run_within, use_time_reserve


@pytest.fixture(autouse=True)
def _the_timers_are_off_afterwards() -> Iterator[None]:
    handlers = [signal.getsignal(number) for number in (signal.SIGALRM, signal.SIGPROF)]
    yield
    assert [signal.getsignal(number) for number in (signal.SIGALRM, signal.SIGPROF)] == handlers
    assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)
    assert signal.getitimer(signal.ITIMER_PROF) == (0.0, 0.0)


def forever() -> None:
    while True:
        pass


def test_what_the_function_returns_comes_back() -> None:
    assert run_within(60.0, 60.0, lambda: 7) == 7


def test_what_the_function_raises_comes_out() -> None:
    with pytest.raises(ZeroDivisionError):
        run_within(60.0, 60.0, lambda: 1 // 0)


@pytest.mark.parametrize(("wall", "cpu", "name"), [(0.05, 60.0, "wall_seconds"), (60.0, 0.05, "cpu_seconds")])
def test_the_limit_that_was_reached_is_named(wall: float, cpu: float, name: str) -> None:
    with pytest.raises(LimitReached) as reached:
        run_within(wall, cpu, forever)
    assert reached.value.name == name


def test_a_function_that_catches_everything_meets_the_limit_again() -> None:
    met = []

    def stubborn() -> None:
        for _ in range(5):
            try:
                forever()
            except BaseException as error:
                met.append(error)
        forever()

    with pytest.raises(LimitReached):
        run_within(0.01, 60.0, stubborn)
    assert len(met) == 5


def test_what_comes_of_the_interruption_is_the_limit() -> None:
    def breaks() -> None:
        try:
            signal.raise_signal(signal.SIGALRM)
        finally:
            [].pop()

    with pytest.raises(LimitReached) as reached:
        run_within(60.0, 60.0, breaks)
    assert isinstance(reached.value.__cause__, IndexError)
    assert "breaks" in [entry.name for entry in reached.traceback]


def test_code_that_would_leave_things_half_done_is_not_interrupted() -> None:
    done = []

    def whole() -> None:
        signal.raise_signal(signal.SIGALRM)
        done.append("whole")

    def body() -> None:
        whole()
        signal.raise_signal(signal.SIGALRM)
        done.append("never")

    with pytest.raises(LimitReached):
        run_within(60.0, 60.0, body, {whole.__code__})
    assert done == ["whole"]


def test_nothing_is_interrupted_once_the_function_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    set_timer, fired = signal.setitimer, []

    def fires_when_switched_off(which: int, seconds: float, interval: float = 0.0) -> None:
        set_timer(which, seconds, interval)
        if not seconds:
            fired.append(which)
            signal.raise_signal(signal.SIGALRM)

    monkeypatch.setattr(signal, "setitimer", fires_when_switched_off)
    assert run_within(60.0, 60.0, lambda: 7) == 7
    assert fired == [signal.ITIMER_REAL, signal.ITIMER_PROF]


def test_a_timer_that_fires_at_any_moment_is_met_in_the_function_or_not_at_all() -> None:
    reached = 0
    for microseconds in range(20, 1_020):
        try:
            run_within(microseconds / 1e6, 60.0, lambda: sum(range(5_000)))
        except LimitReached:
            reached += 1
        assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)
    assert reached


def test_the_answer_may_use_the_processor_time_up_to_the_hard_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    given: list[tuple[int, tuple[int, int]]] = []
    monkeypatch.setattr(resource, "getrlimit", lambda which: (6, 16))
    monkeypatch.setattr(resource, "setrlimit", lambda which, pair: given.append((which, pair)))
    use_time_reserve()
    assert given == [(resource.RLIMIT_CPU, (16, 16))]
