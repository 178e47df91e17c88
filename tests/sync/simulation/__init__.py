"""A simulation of live queries: the real code between clients, queues, sockets and a database that all misbehave.

    weather    what a seed decides: delays, faults, crashes, how much happens
    world      the deployment: the database, the queue, the gateway, the stream of commits, processes
    process    a warm Lambda, which may die between any two calls of a door
    door       a process's way to the database
    queue      an SQS FIFO queue, and what invokes a function for its messages
    gateway    the WebSocket API
    stream     the stream of commits
    schedule   the sweep of every minute
    notes      the app: queries and mutations
    calls      mutations to make, queries to watch, and what must be seen of them
    client     what the released clients have in common; javascript and python: how they differ
    view       what a client shows, checked at each message
    program    what users do, and when; others write over HTTP
    verdict    what must hold in the end
    breakages  the same system without one of its rules

`python -m tests.sync.simulation --seed 7` runs one history and tells what happened.
"""
