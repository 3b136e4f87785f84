"""What the coded evidence says, alone and beside literature and survey."""
