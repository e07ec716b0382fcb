"""The site of the documentation, `make site`: the pages of the repository, and a reference that is drawn from what the stages declare.

__main__    gathers the pages and lets Sphinx build them
pages       what GitHub shows and what the site shows differ in a few links
reference   one page for each family of stages
tuning      losses, priors, optimisers and metrics
api         the public names of `isp`
pictures    a stage before and after, on the embedded raw file
"""
