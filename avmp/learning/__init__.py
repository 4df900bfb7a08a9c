"""Learning from people's decisions: the nightly job that trains a model on them, measures it and offers it."""
