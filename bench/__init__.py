"""How fast and how large Kontor is, alone (`make bench`) or side by side with stock Rasa (`make bench-stock`)."""
