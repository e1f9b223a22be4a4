"""The Evaluate workspace: runs, cases, comparisons, what users reported."""
