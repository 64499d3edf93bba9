"""Documents and search: load, structure, split, embed, store, search. Imports nothing of ours."""
