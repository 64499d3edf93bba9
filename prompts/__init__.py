"""The templates of what the assistant says, one Markdown file each, with ``$placeholders``."""
