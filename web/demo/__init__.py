"""Drives the product through many cases by its pages alone, as applicants, clerks and reviewers, on seeded people."""

from web.demo.result import Result
from web.demo.show import NAMES, run

__all__ = ["NAMES", "Result", "run"]
