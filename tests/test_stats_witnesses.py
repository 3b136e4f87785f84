"""Every statistic that a report tells is held against a known answer from outside the package.

The register names the test. A statistic that is new in the facts, and in neither table below,
fails here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache

import numpy as np
import pytest

import test_inference as inference
import test_rounds_compared as compared
import test_stats_agreement as agreement
import test_stats_concordance as concordance
import test_stats_means as means
import test_stats_multiplicity as multiplicity
import test_stats_ordinal as ordinal
import test_stats_paired as paired
import test_stats_proportions as proportions
import test_stats_response as response
from analysis.survey.compare import compare_answers
from analysis.survey.inference import inference_facts
from analysis.survey.results import SurveyData, survey_facts
from answered import draw, instrument, settings_of, study_of
from helpers import real_project

# The beginning of a statistic's name, and the tests that know its answer from elsewhere.
WITNESSES: dict[str, tuple[Callable[..., None], ...]] = {
    # Newcombe (1998), table I; Wilson's formula; the correction by hand.
    "wilson": (proportions.test_the_interval_is_that_of_wilson,),
    "wilson_fpc": (
        proportions.test_a_sample_of_31_of_49_counts_as_31_over_one_minus_31_of_49,
        proportions.test_the_correction_narrows_the_usual_half_width_by_its_factor,
    ),
    # Newcombe (1998), table I; R: samplingbook, ExactCIone (Wang, 2015).
    "clopper": (proportions.test_the_exact_interval_is_that_of_clopper_and_pearson,),
    "clopper_fpc": (
        proportions.test_the_exact_interval_ends_just_before_what_r_prints_as_first_excluded,
        proportions.test_the_exact_interval_holds_the_shortest_exact_one_and_is_little_wider,
    ),
    # R: t.test of Student's sleep data; the correction by hand.
    "mean": (means.test_the_mean_of_municipalities_has_the_t_interval,),
    "mean_fpc": (means.test_of_a_population_of_49_the_interval_is_narrower_by_the_known_factor,),
    # A printed table of ranks and their confidence.
    "median": (means.test_the_median_lies_between_two_of_the_ordered_scores,),
    # Scheaffer, Mendenhall & Ott, chapter 8.
    "pooled_mean": (means.test_the_mean_over_respondents_takes_municipalities_as_units,),
    # R: t.test of Student's sleep data.
    "paired.mean": (paired.test_the_mean_difference_of_the_sleep_data_has_students_t,),
    "paired.p_t": (paired.test_the_mean_difference_of_the_sleep_data_has_students_t,),
    # Hollander & Wolfe (1973), R: wilcox.exact.
    "paired.hodges_lehmann": (
        paired.test_the_pseudo_median_of_the_depression_data_is_that_of_the_book,
    ),
    "paired.p_wilcoxon": (
        paired.test_the_signed_rank_test_is_that_of_the_book,
        paired.test_the_signed_rank_test_is_exact_with_ties,
    ),
    # All sign patterns; R: exactRankTests.
    "paired.p_sign_flip": (
        paired.test_the_sign_flip_of_the_sleep_data_is_exact,
        paired.test_zero_differences_do_not_change_a_sign_flip,
    ),
    # Kerby's (2014) formula, by hand.
    "paired.rank_biserial": (
        paired.test_the_rank_biserial_correlation_is_the_share_of_ranks_for_minus_against,
    ),
    # Benjamini & Hochberg (1995), section 4.1; R: p.adjust.
    **dict.fromkeys(
        ("paired.p_bh", "ordinal.p_bh", "compared.p_bh"),
        (multiplicity.test_benjamini_and_hochberg_reject_four_of_the_published_fifteen,),
    ),
    **dict.fromkeys(
        ("paired.p_holm", "ordinal.p_holm"),
        (multiplicity.test_holm_rejects_three_of_the_published_fifteen,),
    ),
    # R: MASS::polr; the clustered variance by hand.
    "ordinal.log_odds": (
        ordinal.test_the_cumulative_logit_of_the_housing_data_is_that_of_polr,
        ordinal.test_with_two_answers_the_effect_is_the_log_odds_ratio_with_the_variance_between_places,
    ),
    "ordinal.p": (
        ordinal.test_with_two_answers_the_effect_is_the_log_odds_ratio_with_the_variance_between_places,
    ),
    # R: lawstat (Brunner & Munzel, 2000); the clustered variance by hand.
    "superiority": (
        ordinal.test_the_probability_of_superiority_of_the_pain_data_is_that_of_brunner_and_munzel,
        ordinal.test_the_variance_counts_municipalities_and_not_respondents,
    ),
    # Shrout & Fleiss (1979); R: psych::ICC.
    "icc1": (agreement.test_the_intraclass_correlations_are_those_of_shrout_and_fleiss,),
    "icc2": (agreement.test_the_intraclass_correlations_are_those_of_shrout_and_fleiss,),
    "icc_a1": (
        concordance.test_absolute_agreement_is_that_of_shrout_and_fleiss,
        concordance.test_the_interval_of_agreement_is_a_jackknife_on_the_scale_of_z,
    ),
    # James, Demaree & Wolf (1984), by hand.
    "rwg": (
        agreement.test_rwg_compares_the_variance_with_that_of_even_answers,
        agreement.test_the_mean_of_rwg_counts_every_group_of_three_once,
    ),
    # Manski (1995), by hand.
    "worst_case": (response.test_the_worst_case_lets_nobody_or_everybody_else_have_it,),
    # By hand, and Fisher's tea tasting.
    "compared.difference": (
        response.test_numbers_are_compared_by_their_means_in_standard_deviations,
    ),
    "compared.p": (response.test_shares_are_compared_with_fishers_exact_test,),
    # Bishop, Fienberg & Holland (1975); Kish (1965), by hand.
    "raked.agree": (
        response.test_raking_gives_the_margins_and_keeps_the_odds_ratio,
        inference.test_weights_give_those_who_answered_the_make_up_of_the_frame,
    ),
    "raked.kish": (response.test_the_effect_of_weighting_is_one_plus_the_squared_variation,),
    # R: t.test of the sleep data, paired and Welch's.
    "change.mean": (compared.test_paired_means_have_the_interval_of_the_paired_t_test,),
    # R: contingencytables (Fagerland, Lydersen & Laake, 2017); Newcombe (1998), table II.
    "change.agree": (
        compared.test_paired_shares_have_newcombes_interval,
        proportions.test_the_interval_of_a_difference_is_newcombes,
    ),
}
# Counts, shares of counts, levels and directions: arithmetic that tests/test_survey.py,
# test_inference.py and test_rounds_compared.py work by hand.
COUNTED = (
    *("absent", "count", "share", "level", "difference", "direction", "majority", "stable"),
    *("paired.level_officials", "paired.level_professionals", "paired.differs"),
    *("paired.differing", "paired.tests", "ordinal.differs", "ordinal.differing", "ordinal.tests"),
    *("compared.answered", "compared.silent"),
)


def a_round() -> SurveyData:
    """Random answers, families of tests, and a frame that says more of its municipalities."""
    questions = instrument()
    asked = settings_of(families={"help": ["support_needed"]})
    study = study_of("en", "measured", draw(questions, 200), questions, settings=asked)
    frame = study.survey.data.frame
    more = {
        "municipality": [f"m{number:04d}" for number in range(len(frame))],
        "aux_size": np.arange(len(frame), dtype=float),
    }
    return replace(study.survey.data, frame=frame.assign(**more))


@cache
def told() -> frozenset[str]:
    """The statistics that a round and a comparison of rounds have."""
    data = a_round()
    a, b, c, d, e = compared.A, compared.B, compared.C, compared.D, compared.E
    then = compared.side("2027", {a: [2, 2], b: [3], c: [2, 3], d: [5, 5, 5]}, least=1)
    now = compared.side("2028", {a: [3], b: [4, 4], c: [4, 5], e: [1, 1, 1]}, least=1)
    changes = compare_answers(real_project(), now, then).facts["statistic"]
    inferred = (row["statistic"] for row in inference_facts(data))
    return frozenset([*survey_facts(data)["statistic"], *inferred, *changes])


def begins(statistic: str, name: str) -> bool:
    return statistic == name or statistic.startswith(f"{name}.")


def test_every_statistic_is_counted_by_hand_or_has_a_witness():
    known = (*WITNESSES, *COUNTED)
    unknown = [one for one in told() if not any(begins(one, name) for name in known)]
    assert sorted(unknown) == []


@pytest.mark.parametrize("name", WITNESSES)
def test_no_entry_of_the_register_is_for_a_statistic_that_is_no_more(name: str):
    assert any(begins(one, name) for one in told())
