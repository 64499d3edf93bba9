"""The trained reader: where in a window of text the answer to a question stands, and whether it stands there."""
