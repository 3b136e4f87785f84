"""From a survey program's export file to the checked, typed answers of a round."""
