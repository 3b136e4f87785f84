"""The survey: from answers to municipality answers to facts."""
