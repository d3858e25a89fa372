"""The agent of one host: samples, publishes, obeys its settings, and comes back by itself.

    environment     what it is told at start: hub, data directory, name, enrolment code, lock file
    identity        its Ed25519 key and its proof of an enrolment code
    lock            what this machine's owner has pinned and forbidden
    obedience       settings checked, locked, applied; the last good ones kept
    sampler         the one guarded place where collectors run
    beat            a steady rhythm of samples
    watch           further samples for those who look just now
    processes       the busiest processes, while somebody asks for them
    queries         what the hub may ask, and the answers
    agent           one sample every interval, while there is a session
    session         the WAMP conversation with the hub
    connection      one session after another, whatever ends them
    run             puts these together
    __main__        the agent by itself: `vedette-agent`, `python -m components.agent`

As a managed worker of a Crossbar.io node it is held by components/agent_container.py.
Needs autobahn, twisted and psutil only; never Django or Crossbar.io.
"""
