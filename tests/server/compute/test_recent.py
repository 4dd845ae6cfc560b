"""Recent results: the budget holds, and the least recently used leaves first."""

from server.compute.recent import Recent


def test_the_least_recently_used_leaves_first() -> None:
    recent: Recent[str, int] = Recent(100)
    recent.put("a", 1, 40)
    recent.put("b", 2, 40)
    assert recent.get("a") == 1
    recent.put("c", 3, 40)
    assert (recent.get("a"), recent.get("b"), recent.get("c")) == (1, None, 3)
    assert recent.kept == ["a", "c"]
    assert recent.bytes == 80


def test_the_newest_stays_even_where_it_is_larger_than_the_budget() -> None:
    recent: Recent[str, int] = Recent(100)
    recent.put("a", 1, 40)
    recent.put("b", 2, 400)
    assert recent.kept == ["b"]
    recent.put("b", 3, 10)
    assert (recent.get("b"), recent.bytes) == (3, 10)
