"""A survey round that nobody answered: invented answers, in the files of survey programs."""
