#!/bin/sh
# Prints the one of several words that a mistyped word was most likely meant to be:
#   tools/suggest.sh ROUDN ROUND LANGUAGE   prints ROUND
# Prints nothing when none is near: it must begin one of them, or differ in at most two
# letters, and in less than half of its own.
word=$1
shift
printf '%s\n' "$@" | awk -v word="$word" '
    # Levenshtein distance: the fewest letters to add, drop or replace.
    function distance(a, b,    i, j, d, cost) {
        for (i = 0; i <= length(a); i++) d[i, 0] = i
        for (j = 0; j <= length(b); j++) d[0, j] = j
        for (i = 1; i <= length(a); i++) for (j = 1; j <= length(b); j++) {
            cost = substr(a, i, 1) != substr(b, j, 1)
            d[i, j] = least(d[i-1, j] + 1, d[i, j-1] + 1, d[i-1, j-1] + cost)
        }
        return d[length(a), length(b)]
    }
    function least(x, y, z) { if (y < x) x = y; return z < x ? z : x }
    BEGIN { nearest = 3 }
    {
        far = distance(toupper(word), toupper($0))
        if (length(word) > 2 && index(toupper($0), toupper(word)) == 1) far = 1  # LANG, COMP
        if (far < nearest && far * 2 < length(word)) { nearest = far; found = $0 }
    }
    END { if (found) print found }'
