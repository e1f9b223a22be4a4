"""Two runs case by case, the gate against a baseline, and what a report holds."""
