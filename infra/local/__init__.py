"""The local cloud: MiniStack as the embedded AWS, the same template deployed to it, and the one origin in front."""
