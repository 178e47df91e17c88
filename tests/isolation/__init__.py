"""Whether what real clients saw of the real data layer is isolated: recorded, checked, and made short.

    history        operations: what each read and wrote, and when
    dependencies   what must have preceded what; graph and cycles
    anomalies      what no serial order explains
    minimise       the few operations that show it
    workloads      registers, lists, a bank, names, counters, write skew, phantoms
    worker         a process of clients, each of which is to the database what a Lambda is
    recorder       starts the processes, and puts together what they noted
    app            the same for a whole deployment: HTTP and live clients, and the invariants I1-I9

`python -m tests.isolation --seed 7 --workload bank --faults lost_answers --seconds 30` runs one;
`make isolation` runs all and writes the table in `docs/guarantees.md`.
"""
