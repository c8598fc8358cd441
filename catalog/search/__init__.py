"""Finding titles: by words, by titles that are nearly right, and by meaning.

`words` reads texts, `documents` stores what search needs of each title, `terms` knows how common each word is,
`keyword` ranks, `hybrid` joins in what the vectors find, `find` is what views call.
"""
