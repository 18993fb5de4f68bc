"""Token buckets."""

import pytest
from chainrule.errors import RateLimitedError
from chainrule.web.http.rate_limits import CLIENT, Buckets, name_client


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def admitted(buckets: Buckets, client: str, most: int = 1_000) -> int:
    CLIENT.set(client)
    for number in range(most):
        try:
            buckets.admit()
        except RateLimitedError:
            return number
    return most


def test_a_client_may_use_a_minute_at_once_and_no_more() -> None:
    assert admitted(Buckets(60, clock=Clock()), "a") == 60


def test_one_client_takes_nothing_from_another() -> None:
    buckets = Buckets(10, clock=Clock())
    assert [admitted(buckets, client) for client in "aab"] == [10, 0, 10]


def test_it_refills_evenly() -> None:
    clock = Clock()
    buckets = Buckets(60, clock=clock)
    admitted(buckets, "a")
    clock.now = 5.0
    assert admitted(buckets, "a") == 5
    clock.now = 1_000.0
    assert admitted(buckets, "a") == 60


def test_the_refusal_says_when_to_come_back() -> None:
    buckets = Buckets(6, clock=Clock())
    admitted(buckets, "a")
    with pytest.raises(RateLimitedError, match="6 programs a minute") as refusal:
        buckets.admit()
    assert refusal.value.retry_after_seconds == 10


def test_what_costs_more_takes_more_and_at_most_a_minute() -> None:
    clock = Clock()
    buckets = Buckets(60, clock=clock)
    CLIENT.set("a")
    buckets.admit(40)
    with pytest.raises(RateLimitedError, match="try again in 20 s"):
        buckets.admit(40)
    clock.now = 60.0
    buckets.admit(1_000)
    assert admitted(buckets, "a") == 0


def test_zero_is_no_limit() -> None:
    assert admitted(Buckets(0, clock=Clock()), "a") == 1_000


def test_a_network_of_one_household_counts_as_one_client() -> None:
    assert name_client("2001:db8::1") == name_client("2001:db8::2") != name_client("2001:db8:0:1::1")
    assert name_client("::ffff:192.0.2.1") == name_client("192.0.2.1") == "192.0.2.1"
    assert name_client(None) == ""
    assert name_client("testclient") == "testclient"
