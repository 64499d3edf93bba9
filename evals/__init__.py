"""How good the answers are: question sets, metrics, baselines, runs and reports.

Imports ``assistant`` and ``index``; neither imports this package.
"""
