"""From the hits of a search to an answer: evidence, what is picked of it, how it is said, or why it is refused."""
