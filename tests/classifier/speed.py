"""How long a message takes, and what the classifier costs to have: `python -m tests.classifier.speed`."""

import re
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Final

from bot.classifier import classify
from tests.classifier.report import SETS, messages

ROUNDS: Final = 7
KEYWORDS: Final = re.compile(
    "broken|error|not working|crash|down|坏|报错|打不开|登不上|故障"
    "|(?P<request>please|need|install|reset|申请|开通|安装|重置)"
    "|(?P<question>how|what|where|怎么|请问|吗)|(?P<complaint>complain|nobody|投诉|没人)"
)
COST: Final = """
import resource, sys, time
def rss_kb():
    return int(open("/proc/self/statm").read().split()[1]) * resource.getpagesize() // 1024
before, start, cpu = rss_kb(), time.perf_counter(), time.process_time()
from bot.classifier import classify
classify("the printer is broken")
print(time.perf_counter() - start, time.process_time() - cpu, (rss_kb() - before) / 1024)
"""


def keyword_matcher(text: str) -> str:
    """The plain neighbour: the first keyword decides."""
    found = KEYWORDS.search(text.lower())
    return (found.lastgroup or "incident") if found else "chitchat"


def timed_ms(read: Callable[[str], object], texts: list[str]) -> list[float]:
    """Milliseconds of this thread's processor time for each text, so that neighbours on the machine do not count."""
    took = []
    for text in texts:
        start = time.thread_time()
        read(text)
        took.append((time.thread_time() - start) * 1_000)
    return took


def percentile(took: list[float], share: float) -> float:
    return sorted(took)[min(len(took) - 1, int(share * len(took)))]


def cost_of_having_it() -> tuple[float, float, float]:
    """Seconds from nothing to the first answer, of them on the processor, and megabytes of growth (Linux)."""
    run = subprocess.run([sys.executable, "-c", COST], capture_output=True, text=True, check=True)
    load_s, cpu_s, grown_mb = run.stdout.split()
    return float(load_s), float(cpu_s), float(grown_mb)


def main() -> None:
    """Times the classifier and the keyword matcher in turns, on the development messages; prints medians of rounds."""
    texts = [message.text for name in SETS for message in messages(name)]
    timed_ms(classify, texts)
    rounds = [(timed_ms(classify, texts), timed_ms(keyword_matcher, texts)) for _ in range(ROUNDS)]
    for title, place in (("classify", 0), ("keyword matcher", 1)):
        p50, p99 = (statistics.median(percentile(each[place], share) for each in rounds) for share in (0.5, 0.99))
        print(f"{title:16} p50 {p50:.3f} ms  p99 {p99:.3f} ms  (n = {len(texts)}, median of {ROUNDS} rounds)")
    costs = [cost_of_having_it() for _ in range(ROUNDS)]
    load_s, cpu_s, grown_mb = (statistics.median(cost[place] for cost in costs) for place in (0, 1, 2))
    print(f"first answer after {load_s:.3f} s ({cpu_s:.3f} s of processor), memory grown by {grown_mb:.1f} MB")


if __name__ == "__main__":
    main()
