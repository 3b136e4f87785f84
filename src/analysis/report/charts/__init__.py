"""Charts: from a tidy frame and a language to pictures that carry their own words.

Each function returns a `Picture`: one drawing in two sizes, a title and an alternative text
written from the data, and the list of every number that stands in the drawing.
"""

from analysis.report.charts.compare import draw_groups
from analysis.report.charts.likert import draw_positions
from analysis.report.charts.matrix import draw_matrix
from analysis.report.charts.origin import draw_origin
from analysis.report.charts.picture import Picture
from analysis.report.charts.trend import draw_trend

__all__ = ["Picture", "draw_groups", "draw_matrix", "draw_origin", "draw_positions", "draw_trend"]
