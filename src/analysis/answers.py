"""The answers of a round in their one typed form: a frame with one row per respondent.

`answers_by_respondent` has the columns `respondent` (whole number from 1, unique in its group),
`municipality`, `group`, `team_type` (text) and one column per item, or per box of a
multiple-choice item (`item.option`). An item column is categorical over `ANSWERS`; it is empty
(NaN) where the item was not put to the respondent.
"""

from __future__ import annotations

import pandas as pd

ANSWERS = (
    "1", "2", "3", "4", "5", "dont_know", "missing", "selected", "not_selected",
)  # fmt: skip
# On which side of the scale an answer stands.
POSITION_OF = {
    "1": "disagree",
    "2": "disagree",
    "3": "neutral",
    "4": "agree",
    "5": "agree",
    "dont_know": "dont_know",
    "missing": "missing",
    "selected": "selected",
    "not_selected": "not_selected",
}
WHO = ["respondent", "municipality", "group", "team_type"]
ANSWER_TYPE = pd.CategoricalDtype(list(ANSWERS))


def items_of(answers: pd.DataFrame) -> list[str]:
    """The items and boxes that have a column in `answers_by_respondent`."""
    return [name for name in answers.columns if name not in WHO]


def by_respondent(long: pd.DataFrame) -> pd.DataFrame:
    """`answers_by_respondent` from a frame with one row per respondent and item.

    `long` has the columns `respondent, municipality, group, team_type, item, answer`; items keep
    the order in which they first appear, respondents that of group and number.
    """
    people = long.drop_duplicates(["group", "respondent"])[WHO]
    people = people.sort_values(["group", "respondent"], kind="stable")
    keys = pd.MultiIndex.from_frame(people[["group", "respondent"]])
    columns = {}
    for item, part in long.groupby("item", sort=False, observed=True):
        told = part.set_index(["group", "respondent"])["answer"].astype(ANSWER_TYPE)
        columns[str(item)] = told.reindex(keys).array
    return people.reset_index(drop=True).assign(**columns)
