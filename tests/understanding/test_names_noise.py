import random
import statistics
import time
from collections import Counter

import pytest

from marcai.understanding.meaning import Language
from marcai.understanding.names import find_names
from tests.scale import rounds
from tests.understanding.names_noise import clinic, noisy

FIXED_SEED = 20261123
"""The claim is about these names; other seeds give one wrong name in some ten thousand."""


@pytest.mark.prove
def test_a_mangled_name_among_two_hundred_is_right_or_asked_about() -> None:
    rng = random.Random(FIXED_SEED)
    known = clinic(rng, 200)
    outcomes: Counter[str] = Counter()
    # Quick enough to run in full: a fiftieth could not show one in a thousand.
    for _ in range(2000):
        provider = rng.choice(known.providers)
        text, is_asked = noisy(rng, provider.names[0])
        mention = find_names(text, known, Language.PT, asked_provider=is_asked).provider
        ids = [candidate.id for candidate in mention.candidates] if mention else []
        outcomes["right" if ids == [provider.id] else "wrong" if len(ids) == 1 else "asked" if provider.id in ids else "missed"] += 1
    print(dict(outcomes))
    assert outcomes["right"] + outcomes["asked"] >= 0.99 * 2000
    assert outcomes["wrong"] <= 0.001 * 2000
    assert outcomes["right"] >= 0.7 * 2000


@pytest.mark.prove
def test_names_are_found_in_microseconds() -> None:
    rng = random.Random(FIXED_SEED)
    for size, bound in ((20, 150e-6), (200, 400e-6)):
        known = clinic(rng, size)
        texts = [noisy(rng, rng.choice(known.providers).names[0])[0] for _ in range(rounds(20_000))]
        find_names(texts[0], known, Language.PT)
        taken = []
        for text in texts:
            started = time.process_time()
            find_names(text, known, Language.PT)
            taken.append(time.process_time() - started)
        median = statistics.median(taken)
        print(f"{size} providers: median {median * 1e6:.0f} microseconds")
        # Thrice the figure, since other tests share the machine; what was measured is printed.
        assert median <= 3 * bound
