"""Vectors: where titles stand by what they are about, computed by the provider that the settings name.

`providers` compute (words of this catalogue, a model in a local folder, an endpoint), `texts` says what of,
`embedding` stores, `search` finds by a query. A content vector stands for a whole title (similar titles, taste);
sentence vectors are what a search compares a query with, and only a provider that understands queries makes them.
"""

from catalog.vectors.embedding import embed_catalogue
from catalog.vectors.stamps import of_current_model, stamp

__all__ = ["embed_catalogue", "of_current_model", "stamp"]
