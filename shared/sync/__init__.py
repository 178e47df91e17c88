"""Live queries: what happens to sockets, one at a time for each, and what they are sent."""
