"""The bench's arithmetic; its figures themselves are for people to judge."""

from __future__ import annotations

from bench import report


def test_a_promise_says_whether_it_is_kept_and_by_how_much() -> None:
    stock = {"submit_p50_ms": 100.0, "rss_mb": 1200.0, "start_s": 60.0}
    kontor = {"submit_p50_ms": 25.0, "rss_mb": 960.0, "start_s": 12.0, "growth": 1.05}
    assert report.promises({"side_by_side": {"kontor": kontor, "stock": stock}}) == [
        "kept: a turn that files a leave request, p50: 0.25 (at most 0.25 of stock Rasa's)",
        "NOT KEPT: resident memory of all processes: 0.80 (at most 0.75 of stock Rasa's)",
        "kept: start to first correct answer: 0.20 (at most 0.33 of stock Rasa's)",
        "kept: 200th turn : third turn: 1.05 (at most 1.3 times)",
    ]
