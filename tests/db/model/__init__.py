"""A randomised model of the data layer: the real code over an adversarial database, judged by a tiny specification.

    weather        what a seed decides: lag, clocks, faults
    world          the database, processes with clocks of their own, the first documents
    steps          mutations, written against the data layer
    specification  the same mutations, on plain dictionaries, one at a time
    client         sends mutations, again and again, from several processes, some of which crash
    looks          queries, and what an observer may have seen
    checker        finds a serial order that explains everything told and the final state, or shows that none does
    invariants     what must hold of the tables and of every transaction
    breakages      the same system without one of its rules

`python -m tests.db.model --seed 7` runs one history and tells what happened.
"""
