"""Dates as 2026年11月23日, as Django writes them; a day without its year has no zeros before it either."""

MONTH_DAY_FORMAT = "n月j日"
