"""What the tests of the charts share: sample frames, and what stands on a drawn sheet."""

import math
from itertools import combinations

import pandas as pd
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.patches import Rectangle
from matplotlib.text import Text
from matplotlib.transforms import Affine2D

from analysis.language.words import load_language
from analysis.report.charts import draw_groups, draw_matrix, draw_origin, draw_positions
from analysis.report.charts.style import PAGE

NL, EN = load_language("nl"), load_language("en")
LONG = (
    "Onze gemeente hecht eraan dat kwetsbare bewoners met een migratieachtergrond bij het "
    "wijkteam terechtkunnen."
)
SHARES = {
    "other_non_western": (3, 8.35),
    "antillean": (3, 15.49),
    "surinamese": (3, 11.30),
    "turkish": (3, 5.70),
    "moroccan": (3, 7.18),
    "non_western": (2, 8.47),
    "western": (2, 8.74),
    "migration_background": (1, 8.55),
    "dutch_background": (1, 9.56),
    "total": (0, 9.32),
}


def origin_frame(provenance="published", **shares):
    """The ten origins of the original figure; `shares` replace some."""
    rows = []
    for origin, (level, share) in SHARES.items():
        value = shares.get(origin, share)
        rows.append(
            {
                "fact": f"literature/{origin}/-/-/youth/share_percent",
                "origin": origin,
                "label": origin.replace("_", " ").capitalize(),
                "level": level,
                "share_percent": value,
                "ratio_to_total": value / shares.get("total", 9.32),
                "year": 2015,
                "provenance": provenance,
            }
        )
    return pd.DataFrame(rows)


def statement(item, base="municipalities", n=31, label=None, provenance="published", **counts):
    """The rows of one statement: a count per position."""
    return [
        {
            "fact": f"survey/{item}/professionals/all/{base}/count.{position}",
            "item": item,
            "label": label or f"De stelling over {item}.",
            "position": position,
            "count": count,
            "base_count": n,
            "base": base,
            "share_percent": 100 * count / n,
            "provenance": provenance,
        }
        for position, count in counts.items()
    ]


def positions_frame():
    rows = statement("attention", agree=26, neutral=4, disagree=1)
    rows += statement("referral", label=LONG, agree=3, neutral=9, disagree=17, dont_know=2)
    rows += statement("known", agree=7, disagree=7, dont_know=10, not_printed=7)
    return pd.DataFrame(rows)


def within(frame, item, position, low, high):
    """`frame` with one count known only to lie between `low` and `high`."""
    frame = frame.assign(**{edge: frame.get(edge, math.nan) for edge in ("low", "high")})
    row = frame["item"].eq(item) & frame["position"].eq(position)
    assert row.sum() == 1
    frame.loc[row, ["low", "high"]] = [low, high]
    return frame


def ranges_frame():
    """Counts within a range, one up to the whole, one down from nothing; `exact` has none."""
    rows = statement("exact", agree=9, disagree=15, neutral=7)
    rows += statement("about", disagree=16, not_printed=15)
    rows += statement("mixed", agree=7, disagree=7, dont_know=10, not_printed=7)
    rows += statement("most", agree=16, not_printed=15)
    rows += statement("none", agree=0, not_printed=31)
    rows += statement("share", base="respondents", n=147, agree=59, not_printed=88)
    frame = pd.DataFrame(rows)
    for row in (
        ("about", "disagree", 14, 17),
        ("mixed", "agree", 6, 8),
        ("mixed", "dont_know", 9, 12),
        ("most", "agree", 16, 31),
        ("none", "agree", 0, 4),
        ("share", "agree", 54, 63),
    ):
        frame = within(frame, *row)
    return frame


def groups_frame(pairs=None, interval=math.nan, provenance="measured"):
    """Per item the shares of professionals and officials."""
    pairs = pairs or {"equipped": (19, 67), "policy": (23, 26), "network": (29, 52)}
    rows = []
    for item, shares in pairs.items():
        for group, share, n in zip(("professionals", "officials"), shares, (31, 27), strict=True):
            base = "municipalities" if group == "professionals" else "respondents"
            rows.append(
                {
                    "fact": f"survey/{item}/{group}/all/{base}/share.agree",
                    "item": item,
                    "label": f"{LONG} ({item})" if item == "equipped" else item,
                    "short": item,
                    "group": group,
                    "share_percent": share,
                    "low": max(share - interval, 0),
                    "high": min(share + interval, 100),
                    "base": base,
                    "count": share * n / 100,
                    "base_count": n,
                    "provenance": provenance,
                }
            )
    return pd.DataFrame(rows)


def matrix_frame(counts=None):
    counts = counts or {
        ("access", "bottleneck"): 11,
        ("vision", "fact"): 3,
        ("vision", "advice"): 0,
    }
    return pd.DataFrame(
        {
            "fact": f"cases/{row}.{column}/-/-/fragments/count",
            "row": row,
            "row_label": row.capitalize(),
            "column": column,
            "column_label": column.capitalize(),
            "count": count,
        }
        for (row, column), count in counts.items()
    )


CHARTS = {
    "origin": (draw_origin, origin_frame),
    "likert": (draw_positions, positions_frame),
    "likert ranges": (draw_positions, ranges_frame),
    "compare": (draw_groups, groups_frame),
    "compare ranges": (draw_groups, lambda: groups_frame(interval=4, provenance="reconstructed")),
    "whiskers": (draw_groups, lambda: groups_frame(interval=12)),
    "matrix": (draw_matrix, matrix_frame),
}


def title(picture):
    return "".join(span["v"] for span in picture.title)


def drawn_texts(sheet):
    found = [text for text in sheet.figure.findobj(Text) if text.get_text() and text.get_visible()]
    hidden = {id(text) for axes, _ in sheet._panels for text in axes.findobj(Text)}
    return [text for text in found if id(text) not in hidden]


def strings(picture, medium=PAGE):
    return [text.get_text() for text in drawn_texts(picture.draw(medium))]


def assert_clear(sheet):
    """No two texts overlap, and none leaves the sheet (measured finely, in points)."""
    sheet.figure.set_dpi(720)
    renderer = FigureCanvasAgg(sheet.figure).get_renderer()
    boxes = [
        (text, text.get_window_extent(renderer).transformed(Affine2D().scale(0.1)))
        for text in drawn_texts(sheet)
    ]
    width, height = sheet.figure.get_size_inches() * 72
    for text, box in boxes:
        assert box.x0 > -1 and box.y0 > -1, f"{text.get_text()!r} leaves the sheet"
        assert box.x1 < width + 1 and box.y1 < height + 1, f"{text.get_text()!r} leaves the sheet"
    for (one, first), (other, second) in combinations(boxes, 2):
        if one.get_rotation() and other.get_rotation():
            continue
        across = min(first.x1, second.x1) - max(first.x0, second.x0)
        down = min(first.y1, second.y1) - max(first.y0, second.y0)
        assert across < 0.5 or down < 1.5, f"{one.get_text()!r} overlaps {other.get_text()!r}"


def segments(picture, medium=PAGE):
    """Fill and width of the rectangles below the legend."""
    sheet = picture.draw(medium)
    bars = [patch for patch in sheet._paper.patches if isinstance(patch, Rectangle)]
    tall = [patch for patch in bars if patch.get_height() > medium.text]
    return [(patch.get_facecolor()[:3], patch.get_x(), patch.get_width()) for patch in tall]
