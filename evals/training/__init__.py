"""Training the reader: samples from the public sets and our own cases, the network, the loop.

python -m evals.training.samples --data ../shared/benchmarks    what it is trained on, into HOME/training
python -m evals.training.train                                  the training, which goes on where it stopped
"""
