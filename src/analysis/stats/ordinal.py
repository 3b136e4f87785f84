"""Two groups compared over all respondents, taking scores for no more than an order.

Respondents come by municipality (`clusters`), and those of one municipality resemble each other;
both the model and the probability count with that. `group` is true for the group that is
compared (officials) with the other (professionals). NaN is a respondent without a score and left
out. What the data cannot bear is NaN, with a `reason`; nothing is raised for it.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.stats import t
from statsmodels.miscmodels.ordinal_model import OrderedModel

from analysis.stats.interval import NO_VARIATION, NOTHING, Interval, check_confidence

Floats = npt.NDArray[np.float64]
Column = Sequence[Any] | npt.NDArray[Any] | pd.Series

ONE_GROUP = "one_group"
ONE_CATEGORY = "one_category"
SEPARATION = "separation"
FEW_CLUSTERS = "few_clusters"
NOT_FITTED = "not_fitted"

# With fewer municipalities in a group a variance between them says too little.
FEWEST_CLUSTERS = 10
# How flat the likelihood must be at the maximum, per respondent.
FLAT = 1e-4
# A robust variance that is this much smaller than the usual one, or a variance of a probability
# below the other number, is the rounding of none.
NO_SHARE = 1e-6
NO_VARIANCE = 1e-20


@dataclass(frozen=True)
class CumulativeLogit:
    """A fitted model: one coefficient and standard error per predictor, and the thresholds."""

    coefficients: tuple[float, ...]
    errors: tuple[float, ...]
    thresholds: tuple[float, ...]
    deviance: float


@dataclass(frozen=True)
class GroupEffect:
    """The log odds ratio of a higher score with its interval; positive where `group` is higher.

    `thresholds` are those of the model; `clusters` is the number of municipalities in all,
    `degrees` the degrees of freedom. Where it could not be estimated, `reason` says why.
    """

    estimate: Interval
    p_value: float
    thresholds: tuple[float, ...]
    clusters: int
    degrees: int
    reason: str = ""

    @property
    def odds_ratio(self) -> Interval:
        """The same as an odds ratio: 1 is no difference."""
        told = self.estimate
        return Interval(math.exp(told.value), math.exp(told.low), math.exp(told.high))


@dataclass(frozen=True)
class Superiority:
    """The probability that one of `group` scores higher (0 to 1), with its interval."""

    estimate: Interval
    degrees: int
    reason: str = ""


@dataclass(frozen=True)
class _Cases:
    """Respondents with a score: scores, whether in the group, and the number of their cluster."""

    scores: Floats
    group: npt.NDArray[np.bool_]
    clusters: npt.NDArray[np.intp]

    @property
    def fewest(self) -> int:
        """In how many clusters the group stands that stands in fewer of them."""
        return min(len(np.unique(self.clusters[self.group == side])) for side in (True, False))

    @property
    def problem(self) -> str:
        """Why the groups cannot be compared at all."""
        if self.group.all() or not self.group.any():
            return ONE_GROUP
        return ONE_CATEGORY if np.ptp(self.scores) == 0 else ""


def group_effect(
    scores: Column,
    group: Column,
    clusters: Column,
    *,
    confidence: float,
    fewest: int = FEWEST_CLUSTERS,
) -> GroupEffect:
    """How the odds of a higher score differ between two groups: the cumulative logit model.

    One log odds ratio for every cut of the scale (McCullagh, 1980), with a covariance that is
    robust to clusters (Liang & Zeger, 1986). The interval and the test use Student's t and not
    the normal distribution, because municipalities are few; its degrees of freedom are the
    number of municipalities of the group that has fewer, minus one, since the contrast cannot
    be known better than that group.

    Not estimated, with the reason: everybody in one group (`one_group`) or with one answer
    (`one_category`); no score of a group below any of the other, so that the ratio is infinite
    (`separation`; Agresti, 2010); a group in fewer municipalities than `fewest`
    (`few_clusters`); no maximum found (`not_fitted`). Raises ValueError when the columns differ
    in length, a score has no cluster, or the confidence is not between 0 and 1.
    """
    check_confidence(confidence)
    cases = _cases(scores, group, clusters)
    reason = cases.problem
    if not reason and _separated(cases):
        reason = SEPARATION
    if not reason and cases.fewest < fewest:
        reason = FEW_CLUSTERS
    if reason:
        return _no_effect(cases, reason)
    model = cumulative_logit(cases.scores, cases.group[:, None].astype(float), cases.clusters)
    if model is None:
        return _no_effect(cases, NOT_FITTED)
    value, error, degrees = model.coefficients[0], model.errors[0], cases.fewest - 1
    reach = float(t.ppf((1 + confidence) / 2, degrees)) * error
    estimate = Interval(value, value - reach, value + reach)
    p_value = 2 * float(t.sf(abs(value) / error, degrees))
    count = len(np.unique(cases.clusters))
    return GroupEffect(estimate, p_value, model.thresholds, count, degrees)


def cumulative_logit(
    scores: Column, predictors: npt.NDArray[Any], clusters: Column
) -> CumulativeLogit | None:
    """The cumulative logit model of `scores` on `predictors` (respondents x predictors).

    A positive coefficient means higher scores. The standard errors are robust to `clusters`
    (CR1: with the usual factor for few clusters). None when no maximum with a usable covariance
    is found.
    """
    codes = np.unique(np.asarray(scores), return_inverse=True)[1]
    model = OrderedModel(codes, np.asarray(predictors, dtype=float), distr="logit")
    groups = pd.factorize(np.asarray(clusters))[0]
    # Warnings are about the covariance and the maximum, and both are looked at below.
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        try:
            fitted = model.fit(
                method="bfgs", disp=0, cov_type="cluster", cov_kwds={"groups": groups}
            )
            slope = np.abs(model.score(fitted.params)).max() / len(codes)
            variances = np.diag(fitted.cov_params())
            least = NO_SHARE * np.diag(fitted.normalized_cov_params)
        except (np.linalg.LinAlgError, ValueError, ZeroDivisionError):  # no more cases than terms
            return None
    wanted = predictors.shape[1]
    finite = np.isfinite(fitted.params).all() and np.isfinite(variances[:wanted]).all()
    if not finite or slope > FLAT or not (variances > least)[:wanted].all():
        return None
    thresholds = model.transform_threshold_params(fitted.params)[1:-1]
    return CumulativeLogit(
        tuple(map(float, fitted.params[:wanted])),
        tuple(map(float, np.sqrt(variances[:wanted]))),
        tuple(map(float, thresholds)),
        -2 * float(fitted.llf),
    )


def probability_of_superiority(
    scores: Column, group: Column, clusters: Column, *, confidence: float
) -> Superiority:
    """The probability that one of the group scores higher than one of the other, ties half.

    P(X > Y) + P(X = Y) / 2 over all pairs of respondents (Vargha & Delaney, 2000): .5 is no
    difference. The variance is that of DeLong, DeLong and Clarke-Pearson (1988) summed by
    municipality (Obuchowski, 1997), which also counts that a municipality can have both groups.
    The interval is made on the scale of log odds, so that it stays between 0 and 1, with
    Student's t and the degrees of freedom of `group_effect`.

    NaN when everybody is in one group (`one_group`). Without an interval when one group stands
    in a single municipality (`few_clusters`), one group is above the other throughout
    (`separation`), or nothing varies between municipalities (`no_variation`). Raises ValueError
    as `group_effect` does.
    """
    check_confidence(confidence)
    cases = _cases(scores, group, clusters)
    if cases.problem == ONE_GROUP:
        return Superiority(NOTHING, 0, ONE_GROUP)
    value, variance = _superiority(cases)
    degrees = cases.fewest - 1
    reason = ""
    if degrees < 1:
        reason = FEW_CLUSTERS
    elif value in (0.0, 1.0):
        reason = SEPARATION
    elif variance < NO_VARIANCE:
        reason = NO_VARIATION
    if reason:
        return Superiority(Interval(value, math.nan, math.nan), degrees, reason)
    odds = math.log(value / (1 - value))
    error = math.sqrt(variance) / (value * (1 - value))
    reach = float(t.ppf((1 + confidence) / 2, degrees)) * error
    low, high = (1 / (1 + math.exp(-limit)) for limit in (odds - reach, odds + reach))
    return Superiority(Interval(value, low, high), degrees)


def _cases(scores: Column, group: Column, clusters: Column) -> _Cases:
    told = np.asarray(scores, dtype=float)
    labels = np.asarray(clusters, dtype=object)
    belongs = np.asarray(group, dtype=bool)
    if not len(told) == len(belongs) == len(labels):
        raise ValueError(f"{len(told)} scores, {len(belongs)} groups and {len(labels)} clusters")
    given = ~np.isnan(told)
    codes, _ = pd.factorize(labels[given])
    if (codes < 0).any():
        raise ValueError("a score has no cluster")
    return _Cases(told[given], belongs[given], codes)


def _separated(cases: _Cases) -> bool:
    one, other = cases.scores[cases.group], cases.scores[~cases.group]
    return bool(one.min() >= other.max() or other.min() >= one.max())


def _no_effect(cases: _Cases, reason: str) -> GroupEffect:
    return GroupEffect(NOTHING, math.nan, (), len(np.unique(cases.clusters)), 0, reason)


def _superiority(cases: _Cases) -> tuple[float, float]:
    """The probability and its variance (Obuchowski, 1997)."""
    one, other = cases.scores[cases.group], cases.scores[~cases.group]
    # Of each score, the share of the other group that it is above.
    above = _share_below(other, one)
    below = 1 - _share_below(one, other)
    value = float(above.mean())
    count = int(cases.clusters.max()) + 1
    own, others = cases.clusters[cases.group], cases.clusters[~cases.group]
    first = np.bincount(own, weights=above - value, minlength=count) / len(one)
    second = np.bincount(others, weights=below - value, minlength=count) / len(other)
    factors = [_factor(len(np.unique(places))) for places in (own, others, cases.clusters)]
    variance = factors[0] * first @ first + factors[1] * second @ second
    return value, float(variance + 2 * factors[2] * first @ second)


def _share_below(scores: Floats, limits: Floats) -> Floats:
    """For each of `limits`, the share of `scores` below it, equal ones half."""
    ordered = np.sort(scores)
    lower = np.searchsorted(ordered, limits, side="left")
    upper = np.searchsorted(ordered, limits, side="right")
    return (lower + upper) / (2 * len(ordered))


def _factor(clusters: int) -> float:
    return clusters / (clusters - 1) if clusters > 1 else math.nan
