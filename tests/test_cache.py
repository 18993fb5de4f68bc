"""The bounded memory."""

from chainrule.cache import ByteCache


def test_the_least_recently_used_goes_first() -> None:
    cache: ByteCache[str] = ByteCache(30)
    for name in "abc":
        cache.put(name, name.upper(), 10)
    assert cache.get("a") == "A"
    cache.put("d", "D", 10)
    assert cache.get("b") is None
    assert [cache.get(name) for name in "acd"] == ["A", "C", "D"]


def test_sizes_together_never_pass_the_capacity() -> None:
    cache: ByteCache[int] = ByteCache(100)
    for number in range(50):
        cache.put(number, number, 7 + number % 30)
        assert cache.size_bytes <= 100


def test_a_value_over_the_capacity_is_not_kept_and_drives_nothing_out() -> None:
    cache: ByteCache[str] = ByteCache(10)
    cache.put("small", "s", 5)
    cache.put("large", "l", 11)
    assert cache.get("large") is None
    assert cache.get("small") == "s"


def test_a_value_put_again_counts_once() -> None:
    cache: ByteCache[str] = ByteCache(10)
    cache.put("a", "old", 6)
    cache.put("a", "new", 8)
    assert (cache.get("a"), cache.size_bytes, len(cache)) == ("new", 8, 1)


def test_hits_and_misses_are_counted() -> None:
    cache: ByteCache[str] = ByteCache(10)
    cache.get("a")
    cache.put("a", "A", 1)
    cache.get("a")
    assert (cache.hits, cache.misses) == (1, 1)
