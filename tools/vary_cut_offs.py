"""How much do the cut-offs matter? Simulated answers with real variation within municipalities.

Run: .venv/bin/python tools/vary_cut_offs.py
Prints the table in docs/assumptions.md (seed fixed, so the same every time).
"""

import numpy as np
import pandas as pd

from analysis.answers import ANSWER_TYPE
from analysis.raw.settings import Thresholds
from analysis.survey.positions import count_answers, municipality_positions

MUNICIPALITIES, RESPONDENTS, ICC, ROUNDS, SEED = 31, 147, 0.17, 500, 20261122
CUT_OFFS = [(3.25, 2.75), (3.5, 2.5), (3.75, 2.25), (4.0, 2.0)]


def simulate(random: np.random.Generator) -> pd.DataFrame:
    """One item answered by 147 professionals in 31 municipalities (1 to 28 each)."""
    sizes = 1 + random.multinomial(
        RESPONDENTS - MUNICIPALITIES, random.dirichlet(np.full(MUNICIPALITIES, 1.0))
    )
    place = np.repeat(np.arange(MUNICIPALITIES), sizes)
    between = random.normal(0, np.sqrt(ICC), MUNICIPALITIES)[place]
    score = 3.2 + between + random.normal(0, np.sqrt(1 - ICC), len(place))
    answer = np.clip(np.round(score), 1, 5).astype(int).astype(str)
    return pd.DataFrame(
        {
            "respondent": np.arange(len(place)) + 1,
            "municipality": [f"g{p:02d}" for p in place],
            "group": "professionals",
            "team_type": "unknown",
            "item": pd.Categorical(answer, dtype=ANSWER_TYPE),
        }
    )


def main() -> None:
    """Print the mean number of municipalities per position and cut-off."""
    random = np.random.default_rng(SEED)
    found = []
    for _ in range(ROUNDS):
        cube = count_answers(simulate(random))
        for agree, disagree in CUT_OFFS:
            cut = Thresholds(agree_from=agree, disagree_to=disagree)
            positions = municipality_positions(cube, cut)["position"].value_counts()
            found.append({"agree_from": agree, "disagree_to": disagree} | positions.to_dict())
    table = pd.DataFrame(found).fillna(0).groupby(["agree_from", "disagree_to"]).mean()
    print(table[["agree", "neutral", "disagree"]].round(1).to_string())


if __name__ == "__main__":
    main()
