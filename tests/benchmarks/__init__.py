"""Measurements, each a command that prints a table and writes JSON under tests/output/benchmarks/. See `docs/benchmarks.md`.

    python -m tests.benchmarks.push        Save → outcome: alone, among 500 hosts, of 500 hosts at once
    python -m tests.benchmarks.footprint   ready time, memory of each process, CPU of the agent
    python -m tests.benchmarks.start       what a start of the hub costs
    python -m tests.benchmarks.floods      what one flood costs everybody else
    python -m tests.benchmarks.rejoin      500 agents come back after the hub was gone
    python -m tests.benchmarks.fleet_load  many hosts and viewers, beside the tutorial's shape
    python -m tests.benchmarks.dashboard   the live page with 1,000 hosts, in a real Chromium
    python -m tests.benchmarks.load        hosts and viewers by the hundred, for whatever you want to look at

What they have in common:

made_up    machines that do not exist, with numbers that move
swarm      agents: a process full of them
peer       a WAMP peer that spends little on what it receives; `heard` counts it
audience   viewers: a process full of them
crowd      those processes, as seen by who has started them
tutorial   the shape of the tutorial, for comparison
cost       CPU and memory of processes
table      tables, and their JSON

Ratios and side-by-side figures of one run travel between machines; single milliseconds do not.
"""
