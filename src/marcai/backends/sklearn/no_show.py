"""scikit-learn behind `no_show_training.Learner`: only for training. What it finds is kept as plain numbers: serving needs none of it."""

from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from typing import Any

from marcai.kit.errors import MarcaiError
from marcai.scheduling.no_show_training import Fitted

STRENGTHS = (0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0)
"""Of regularisation; the best on later folds of the teaching part is taken."""
FOLDS = 4


class ExtraMissing(MarcaiError):
    """scikit-learn is not installed."""


class SklearnLearner:
    """Fits ridge-like logistic regressions, and calibrates by Platt's method."""

    def __init__(self) -> None:
        if find_spec("sklearn") is None:
            raise ExtraMissing("training needs scikit-learn: install marcai[no-show]")

    def fit(self, cases: Sequence[Mapping[str, float]], was_missed: Sequence[bool]) -> Fitted:
        # A second and more to import, and an optional extra: paid by who trains, never by who serves.
        import numpy as np  # noqa: PLC0415
        from sklearn.feature_extraction import DictVectorizer  # noqa: PLC0415
        from sklearn.linear_model import LogisticRegression  # noqa: PLC0415
        from sklearn.metrics import log_loss  # noqa: PLC0415
        from sklearn.model_selection import TimeSeriesSplit  # noqa: PLC0415

        names = DictVectorizer(sparse=False)
        table = names.fit_transform([dict(case) for case in cases])
        outcomes = np.asarray(was_missed, dtype=int)

        def loss(strength: float) -> float:
            lost: list[Any] = []
            for before, after in TimeSeriesSplit(FOLDS).split(table):
                if outcomes[before].min() == outcomes[before].max():
                    continue
                guess = LogisticRegression(C=strength, max_iter=2000).fit(table[before], outcomes[before])
                lost.append(log_loss(outcomes[after], guess.predict_proba(table[after])[:, 1], labels=[0, 1]))
            return float(np.mean(lost)) if lost else 0.0

        fitted = LogisticRegression(C=min(STRENGTHS, key=loss), max_iter=2000).fit(table, outcomes)
        weights = dict(zip((str(name) for name in names.get_feature_names_out()), (float(w) for w in fitted.coef_[0]), strict=True))
        return Fitted(float(fitted.intercept_[0]), weights)

    def calibrate(self, log_odds: Sequence[float], was_missed: Sequence[bool]) -> tuple[float, float]:
        # As above.
        import numpy as np  # noqa: PLC0415
        from sklearn.linear_model import LogisticRegression  # noqa: PLC0415

        # Platt's method: two numbers, hardly penalised.
        column = np.asarray(log_odds, dtype=float).reshape(-1, 1)
        scale = LogisticRegression(C=10.0, max_iter=2000).fit(column, np.asarray(was_missed, dtype=int))
        return float(scale.coef_[0][0]), float(scale.intercept_[0])
