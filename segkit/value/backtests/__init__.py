"""What was foretold on past quarters beside what came: origins, scores, leaks, model cards."""
