"""Telling connections what happens: their mailboxes, who depends on what, and the sockets themselves."""
