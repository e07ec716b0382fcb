"""Find the parameters of a pipeline, by gradient or by trying, against simulated sensors or files. The only door to optax, optimistix, optuna and cmaes."""
