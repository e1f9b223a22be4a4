"""Training sessions: agenda, key messages, exercises and quiz, each checked against the corpus."""
