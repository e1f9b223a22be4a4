"""What pages and programs share: who answers, what is recorded, what goes on meanwhile."""
