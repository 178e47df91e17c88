"""Rules of the app that several functions share."""
