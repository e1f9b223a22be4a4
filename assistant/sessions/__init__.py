"""Training sessions: agenda, key messages, situations and quiz, each checked against the corpus."""
