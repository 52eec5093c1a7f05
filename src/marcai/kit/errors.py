"""The root of every error that Marcaí raises on purpose."""


class MarcaiError(Exception):
    """Something that a caller of Marcaí may meet. Its text bears ids and rules, never a patient's words or name."""
