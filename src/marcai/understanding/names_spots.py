"""Where an utterance names a provider: spots in the text, each with whom it may mean.

A spot is `negative` when the words before or after it say that this one is not wanted.
"""

from dataclasses import dataclass

from marcai.understanding.meaning import Candidate, NameMention


@dataclass(frozen=True, slots=True)
class Spot:
    """Words from `start` to `end` that name a provider; first and last are places in the list of tokens."""

    start: int
    end: int
    first: int
    last: int
    candidates: tuple[Candidate, ...]
    negative: bool = False

    def mention(self, text: str) -> NameMention:
        """Return the spot as a meaning bears it."""
        return NameMention(text[self.start : self.end], self.candidates)
