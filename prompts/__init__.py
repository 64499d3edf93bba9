"""The wording of what the assistant says that is not quoted: one Markdown template a file."""
