"""The Prepare workspace: training sessions, asked for, changed and taken along."""
