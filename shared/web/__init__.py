"""Reading public pages of the web, and nothing else that can be reached from here."""
