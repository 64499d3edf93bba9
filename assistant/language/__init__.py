"""What the words of a question and of a document mean, told without any model: kinds, times, people, places, forms."""
