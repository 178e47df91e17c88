"""The whole app under faults: 16 clients over HTTP and WebSockets, real Lambdas, and the invariants I1-I9.

driver   a process of Node with the clients: `tests/e2e/clients/isolation`
effects  from what it printed and what is in the tables in the end, what was done once, twice or not
run      one run, judged
"""
