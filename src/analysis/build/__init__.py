"""Building: what is stale, running notebooks, replacing a report whole.

`stale` decides what is out of date, `parameters` what may be passed to notebooks, `notebooks`
runs them, `products` makes the files, `publish` replaces a report and `report` is the recipe.
Nothing here is imported before it is needed: a build with nothing to do must cost nothing.
"""
