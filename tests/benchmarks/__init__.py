"""Measurements, each a command that prints a table and writes JSON under tests/output/benchmarks/.

    python -m tests.benchmarks.push        Save → outcome, and a bulk change
    python -m tests.benchmarks.footprint   ready time, memory of each process, CPU of the agent
    python -m tests.benchmarks.rejoin      500 agents come back after the hub was gone

Ratios and side-by-side figures of one run travel between machines; single milliseconds do not.
"""
