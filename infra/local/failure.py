"""What ends or interrupts the local cloud."""


class LocalCloudFailure(Exception):
    """Something did not work; the message says what, and what to do, to whoever sits at the terminal."""
