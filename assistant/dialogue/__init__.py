"""Conversation: follow-ups made standalone, comparisons, small talk, and questions about the library itself."""
