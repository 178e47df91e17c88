"""Faults by seed, from one place: whatever may go wrong between functions and AWS, and to the functions themselves.

`weather.py` names all faults. A test chooses a weather, or one of `presets.PRESETS`, and a seed:

    with FaultyServer(folder) as server:      # `make dev`, its functions behind `server.proxy`
        server.set(PRESETS["lost answers"], seed=7)
        …                                     # drive it: server.url, server.token("ada"), server.internal_key
        server.set(CALM)
        assert server.proxy.struck["database", "unheard"]

    with ministack() as endpoint, proxied(endpoint) as proxy:      # without `make dev`: clients of the test's own
        client = boto3.client("dynamodb", endpoint_url=proxy.endpoint, …)
        proxy.set(Weather(database=Faults(conflict=0.2), lag_s=3.0), seed=7)

A server also freezes and kills its functions' processes, sets their clocks wrong, and delivers records of streams and
messages of queues again, disordered and with garbage; what functions raised then is in `server.raised`.

`proxy.struck` counts what happened, by door ("database", "objects", "queues", "executions", "sockets") and fault;
old answers of indexes are `struck["database", "lag"]`; then there are "stream", "queue" and "processes".
`proxy.settle()` waits for late copies. With the same seed the nth call of each operation meets the same fault.
"""
