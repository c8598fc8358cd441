"""How many heartbeats a second a machine takes, and how near that is to what the plain framework could do."""
