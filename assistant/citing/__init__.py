"""Every statement beside the words that it cites: citations, and the checker that judges them."""
