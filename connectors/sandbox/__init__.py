"""The outside world for the default run and for tests: every system as a real HTTP server on loopback, over seeded,
invented people in every interesting situation, with switches for bad days. It is never asked for real cases.

    python -m connectors.sandbox --port 0 --seed 1 --data DIR [--nasty]
    with start_sandbox(seed=1) as sandbox: build_connectors(sandbox.url)
"""

from connectors.sandbox.population import SITUATIONS, Household, Person, Population, population
from connectors.sandbox.server import RunningSandbox, start_sandbox

__all__ = ["SITUATIONS", "Household", "Person", "Population", "RunningSandbox", "population", "start_sandbox"]
