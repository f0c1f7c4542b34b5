"""Me too: the texts that say the same come first."""

import random

from bot.classifier.similar import rank

OPEN = [
    "打印机一直卡纸，三楼那台",
    "Outlook asks for my password every five minutes",
    "VPN error 809 when I connect from home",
    "三楼无线网连不上",
    "Teams has no sound in meetings",
    "srv-fin-02 is not reachable",
    "需要一台新笔记本给新同事",
    "SAP shows dump RABAX_STATE when posting",
]


def test_the_same_trouble_in_other_words_is_found() -> None:
    assert rank("outlook keeps asking for the password", OPEN, 1) == [1]
    assert rank("三楼的打印机又卡纸了", OPEN, 1) == [0]
    assert rank("無線網在三樓連不上", OPEN, 1) == [3]


def test_an_error_code_or_a_host_name_outweighs_common_words() -> None:
    assert rank("cannot work from home today, 809", OPEN, 1) == [2]
    assert rank("SRV-FIN-02 down?", OPEN, 1) == [5]
    assert rank("posting gives rabax_state", OPEN, 1) == [7]


def test_no_more_than_asked_for_and_each_once() -> None:
    assert rank("printer", OPEN, 0) == []
    assert rank("printer", [], 3) == []
    assert sorted(rank("打印机", OPEN, 99)) == list(range(len(OPEN)))


def test_equals_keep_their_order() -> None:
    assert rank("x", ["same", "same", "same"], 3) == [0, 1, 2]


def test_the_order_of_the_candidates_does_not_matter() -> None:
    shuffled = OPEN.copy()
    random.Random(7).shuffle(shuffled)

    best = rank("no sound in teams meeting", OPEN, 1)[0]
    best_shuffled = rank("no sound in teams meeting", shuffled, 1)[0]

    assert OPEN[best] == shuffled[best_shuffled]


def test_bad_texts_are_ranked_too() -> None:
    assert len(rank("\ud800\x00", ["\udfff", "", "a" * 50_000, "急" * 50_000], 4)) == 4
