"""What the integration and browser tests stand on: a real hub, real agents, people at browsers, and a WAMP peer that can misbehave.

eventually      the one place that polls
process         a started process, its output, and its certain end
reaper          what ends all that was started, should the tests be killed
ports           free ones, also for several runs at once
hub             a whole hub in a temporary node directory on free ports
django          the hub's database, through Django, from outside the node
wamp            a synchronous WAMP peer with control over every frame, over WebSocket or a unix socket
wheel           the agent as its users install it
web             a person with a web browser, without the browser
agents          agents: by themselves, in a container, and played ones
floods          one client that takes all it can get
live            what the live page knows, kept up to date
network         namespaces for a hub and its agents, whose cables can be cut
"""
