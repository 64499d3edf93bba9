"""Training the reader and the encoder's question side: samples, networks, loops.

python -m evals.training.samples --data ../shared/benchmarks    what it is trained on, into HOME/training
python -m evals.training.train                                  the training, which goes on where it stopped
python -m evals.training.questions --data ../shared/benchmarks  the question side, passages and training in one
"""
