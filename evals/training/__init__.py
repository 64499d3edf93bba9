"""Training the reader and the encoder's question side: samples, networks, loops.

python -m evals.training.draw --data ../shared/benchmarks       what the reader is trained on, into HOME/training
python -m evals.training.pretrain --data ../shared/benchmarks   reading as such, before it; worth it on a GPU
python -m evals.training.train                                  its training, which goes on where it stopped
python -m evals.training.export                                 the file that ships
python -m evals.training.questions --data ../shared/benchmarks  the question side, passages and training in one
python -m evals.training.cross_validation --data ../shared/benchmarks  five folds of ncp, each trained and asked
"""
