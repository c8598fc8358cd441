"""What changed in the guide."""

from __future__ import annotations

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.permissions import MaybeProfileView, OwnsProfileIfGiven
from common.api.queries import read_query
from epg.api.queries import ChangesQuery
from epg.api.serializers import ChangesSerializer
from epg.changes import Scope, changes_since, nothing_yet


class ChangesView(MaybeProfileView):
    """For clients that keep the guide."""

    forgives_bad_tokens = True
    permission_classes = (OwnsProfileIfGiven,)

    @extend_schema(operation_id="epg_changes", parameters=[ChangesQuery], responses=ChangesSerializer, tags=["guide"])
    def get(self, request: Request) -> Response:
        """What to change in a guide that was loaded before: first take away `removed`, then put in `changed`.

        What is `removed` is meant by `id` and `channel_id` together: a programme that moved to another channel is gone
        from one and there on the other, and only the old entry is taken away.
        Channels in `reload_channels` came into view or went out of it: load them anew, and forget those that are not
        found. Go on with `next`, at once while there is `more`. The same change may be told twice, none is left out.
        Of a period, only what is or was in it is told. 410 when `since` is too long ago, or the profile's limit is not
        what it was: load the guide anew. Only a `next` knows the limit; after a time as `since`, what has become
        visible or invisible with another limit is not told. So go by `next` wherever there is a profile.
        """
        query = read_query(ChangesQuery, request)
        scope = Scope(self.profile, query.get("channel_ids"), query.get("from"), query.get("to"))
        since = query.get("since")
        changes = changes_since(since, scope, most=query["limit"]) if since else nothing_yet(scope)
        return Response(ChangesSerializer(changes, context={"now": timezone.now()}).data)
