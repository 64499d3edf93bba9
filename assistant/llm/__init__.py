"""A chat model may write the answer: it rephrases the quoted evidence, and every sentence is checked against it."""
