"""A scanned Portuguese text while its ambiguous words are being settled."""

from marcai.understanding.dates.constituents import Piece

NUMBERS = "1234"
TIMES = frozenset("1234kyzcbKQUahqpwmruedDoOJ")
"""Kinds that speak of time."""
CLOCKS = frozenset("12kcbQz")
"""Kinds that may be a time of day."""
_MEASURED = ("valor", "preco", "custa", "nota", "idade", "escala", "r$", "reais", "peso", "numero")


class Row:
    """The pieces of one text, and the letters of their kinds."""

    __slots__ = ("_lone", "_measured", "pieces", "text")

    def __init__(self, text: str, pieces: list[Piece]) -> None:
        self.text = text
        self.pieces = pieces
        self._measured: bool | None = None
        self._lone: bool | None = None

    @property
    def measured(self) -> bool:
        """Say whether the text speaks of a value, a price or an age."""
        if self._measured is None:
            self._measured = any(word in self.text for word in _MEASURED)
        return self._measured

    @property
    def lone(self) -> bool:
        """Say whether no more than one word of the text could speak of time."""
        if self._lone is None:
            self._lone = sum(piece.kind in TIMES for piece in self.pieces) < 2
        return self._lone

    def kind(self, index: int) -> str:
        """Return the letter at an index, empty outside the text."""
        return self.pieces[index].kind if 0 <= index < len(self.pieces) else ""

    def said(self, index: int) -> str:
        """Return the words of a piece."""
        piece = self.pieces[index]
        return self.text[piece.start : piece.end]
